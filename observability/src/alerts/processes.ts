// Alerts about the processes: what the supervisor starts again is still an interruption, and a Gateway that is started
// again wants a login.

import type { AlertGroup } from '../alert.ts';
import { sidecarJob, supervisorJob } from '../jobs.ts';

const loop = (process: string): string =>
  `round(sum without (reason) (increase(bezant_process_restarts_total{process="${process}"}[30m]))) >= 3`;

export const processes: AlertGroup = {
  name: 'bezant-processes',
  alerts: [
    {
      name: 'BezantTargetDown',
      expr: `up{job=~"${sidecarJob}|${supervisorJob}"} == 0`,
      for: '3m',
      severity: 'critical',
      summary: 'Prometheus cannot read {{ $labels.instance }} ({{ $labels.job }}).',
      description:
        'Either the process is gone or its port is closed to Prometheus. Until it is back, no other alert about it can fire. ' +
        'Ask its /livez from where Prometheus runs.',
    },
    {
      name: 'BezantNotScraped',
      expr: `absent(up{job="${sidecarJob}"})`,
      for: '10m',
      severity: 'critical',
      summary: `Prometheus knows no target of the job ${sidecarJob}.`,
      description:
        'No alert about bezant can fire. Is it running at all, and does the scrape configuration or the ServiceMonitor ' +
        'select it? docs/observability.md has both.',
    },
    {
      name: 'BezantProcessDown',
      expr: 'bezant_process_up == 0',
      for: '2m',
      severity: 'critical',
      summary: 'The {{ $labels.process }} of {{ $labels.instance }} does not answer.',
      description:
        'The supervisor starts it again by itself, and has not succeeded for 2 minutes. Its last lines of log say why.',
    },
    {
      name: 'BezantGatewayRestarting',
      expr: loop('gateway'),
      for: '0m',
      severity: 'critical',
      summary:
        'The Gateway of {{ $labels.instance }} was started again {{ $value | humanize }} times in 30 minutes.',
      description:
        'Each start costs the login. See the last lines before each end: memory (raise the limit or ' +
        'BEZANT_GATEWAY_HEAP_MB), a broken download, a port that is taken.',
    },
    {
      name: 'BezantSidecarRestarting',
      expr: loop('sidecar'),
      for: '0m',
      severity: 'critical',
      summary:
        'The sidecar of {{ $labels.instance }} was started again {{ $value | humanize }} times in 30 minutes.',
      description:
        'The login survives that, but calls are cut off and events have gaps. The log before each end says why: wrong settings, ' +
        'memory, an event store that cannot be opened.',
    },
    {
      name: 'BezantSupervisorRestarting',
      expr: 'changes(bezant_supervisor_start_timestamp_seconds[30m]) > 2',
      for: '0m',
      severity: 'critical',
      summary: 'The whole appliance at {{ $labels.instance }} has started {{ $value }} times in 30 minutes.',
      description:
        'The container ends and is started again: restarts within it are spent, a setting is wrong, or memory ran out. ' +
        'Look at the log of the container before this one.',
    },
    {
      name: 'BezantGatewayMemory',
      expr: 'bezant_process_resident_memory_bytes{process="gateway"} > 256 * 1024 * 1024',
      for: '15m',
      severity: 'warning',
      summary: 'The Gateway of {{ $labels.instance }} takes {{ $value | humanize1024 }}B of memory.',
      description:
        'Measured were about 80 MB with the usual heap of 128. If it grows on, the container’s limit of 512 MB is reached, and ' +
        'the login is lost. Plan a restart outside market hours.',
    },
    {
      name: 'BezantSidecarMemory',
      expr: `process_resident_memory_bytes{job="${sidecarJob}"} > 300 * 1024 * 1024`,
      for: '15m',
      severity: 'warning',
      summary: 'The sidecar {{ $labels.instance }} takes {{ $value | humanize1024 }}B of memory.',
      description:
        'Idle it takes about 110 MB, at 10,000 frames a second 280. Restarting it costs no login; ' +
        'report it with the dashboard “Processes and memory”.',
    },
    {
      name: 'BezantEventLoopBlocked',
      expr: `nodejs_eventloop_lag_p99_seconds{job="${sidecarJob}"} > 0.5`,
      for: '5m',
      severity: 'warning',
      summary:
        'The sidecar {{ $labels.instance }} is too busy: its turns are late by {{ $value | humanizeDuration }}.',
      description:
        'Every call and every keepalive waits as long. Is the machine short of CPU, or does one caller ask for very large ' +
        'answers? The dashboard shows both.',
    },
  ],
};
