// The processes: the Gateway's JVM, the sidecar's Node.js, and what the supervisor did.

import { dashboard } from '../dashboard.ts';
import { lines, stat, type Look } from '../panel.ts';
import { ofProcess, ofSupervisor } from '../selectors.ts';
import { upWords } from '../words.ts';

const gateway = 'process="gateway"';
const each = '{{process}}';

const restarts = (process: string) =>
  `sum without (reason) (increase(${ofSupervisor('bezant_process_restarts_total', `process="${process}"`)}[24h]))`;

const restartSteps: Look['steps'] = [
  [null, 'green'],
  [0.5, 'yellow'],
  [2.5, 'red'],
];

export const processes = dashboard({
  name: 'processes',
  title: 'bezant: processes and memory',
  description: 'The JVM of the Gateway, the Node.js of the sidecar, and what the supervisor had to do.',
  sections: [
    {
      lines: [
        {
          height: 4,
          panels: [
            [
              3,
              stat({
                title: 'Gateway',
                description: 'Whether the Gateway answered the supervisor’s last probe.',
                queries: [{ expr: ofSupervisor('bezant_process_up', gateway), legend: '{{instance}}' }],
                words: upWords,
              }),
            ],
            [
              3,
              stat({
                title: 'Sidecar',
                description: 'Whether the sidecar did.',
                queries: [
                  { expr: ofSupervisor('bezant_process_up', 'process="sidecar"'), legend: '{{instance}}' },
                ],
                words: upWords,
              }),
            ],
            [
              4,
              stat({
                title: 'Gateway up for',
                description: 'Time since the Gateway was last started; the login is younger than that.',
                queries: [
                  {
                    expr: `time() - ${ofSupervisor('bezant_process_start_timestamp_seconds', gateway)}`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 's',
                decimals: 0,
                steps: [[null, 'blue']],
              }),
            ],
            [
              4,
              stat({
                title: 'Gateway restarts, 24 h',
                description: 'Each costs the login: somebody has to log in again.',
                queries: [{ expr: restarts('gateway'), legend: '{{instance}}' }],
                decimals: 0,
                steps: restartSteps,
              }),
            ],
            [
              4,
              stat({
                title: 'Sidecar restarts, 24 h',
                description: 'Each cuts off calls and leaves a gap in the events, which is read up.',
                queries: [{ expr: restarts('sidecar'), legend: '{{instance}}' }],
                decimals: 0,
                steps: restartSteps,
              }),
            ],
            [
              3,
              stat({
                title: 'Restarts left',
                description:
                  'How many more ends are lived through before the supervisor gives up, for the process that has fewest.',
                queries: [
                  {
                    expr: `min without (process) (${ofSupervisor('bezant_process_restart_budget')})`,
                    legend: '{{instance}}',
                  },
                ],
                decimals: 0,
                steps: [
                  [null, 'red'],
                  [1, 'yellow'],
                  [3, 'green'],
                ],
              }),
            ],
            [
              3,
              stat({
                title: 'Appliance up for',
                description: 'Time since the supervisor started.',
                queries: [
                  {
                    expr: `time() - ${ofSupervisor('bezant_supervisor_start_timestamp_seconds')}`,
                    legend: '{{instance}}',
                  },
                ],
                unit: 's',
                decimals: 0,
                steps: [[null, 'blue']],
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Both processes, as the supervisor sees them',
      lines: [
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Memory',
                description:
                  'Resident memory. The JVM takes about 80 MB with the usual heap of 128, the sidecar about 110. Above the line, plan a restart.',
                queries: [{ expr: ofSupervisor('bezant_process_resident_memory_bytes'), legend: each }],
                unit: 'bytes',
                min: 0,
                steps: [
                  [null, 'green'],
                  [268435456, 'red'],
                ],
              }),
            ],
            [
              8,
              lines({
                title: 'CPU',
                description: 'Cores in use. Idle, both take a few hundredths.',
                queries: [
                  {
                    expr: `rate(${ofSupervisor('bezant_process_cpu_seconds_total')}[$__rate_interval])`,
                    legend: each,
                  },
                ],
                unit: 'percentunit',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Threads and open files',
                description: 'Steadily growing: something is not closed.',
                queries: [
                  { expr: ofSupervisor('bezant_process_threads'), legend: `${each} threads` },
                  { expr: ofSupervisor('bezant_process_open_fds'), legend: `${each} files` },
                ],
                min: 0,
                decimals: 0,
              }),
            ],
          ],
        },
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Restarts, by reason',
                description:
                  'exit: the process ended. hang: it no longer answered. asked: to get the session back, the sidecar asked for a new Gateway.',
                queries: [
                  {
                    expr: `increase(${ofSupervisor('bezant_process_restarts_total')}[$__rate_interval])`,
                    legend: `${each}: {{reason}}`,
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
                isStacked: true,
              }),
            ],
            [
              8,
              lines({
                title: 'How long a probe takes',
                description:
                  'The supervisor’s last question to each process. Growing: it is busy, or about to hang.',
                queries: [{ expr: ofSupervisor('bezant_process_probe_seconds'), legend: each }],
                unit: 's',
                min: 0,
              }),
            ],
            [
              8,
              lines({
                title: 'Probes that failed',
                description: 'Three in a row are a hang, and a hang is a restart.',
                queries: [
                  {
                    expr: `increase(${ofSupervisor('bezant_process_probe_failures_total')}[$__rate_interval])`,
                    legend: each,
                  },
                ],
                min: 0,
                decimals: 0,
                isBars: true,
              }),
            ],
          ],
        },
      ],
    },
    {
      title: 'Inside the sidecar',
      lines: [
        {
          height: 8,
          panels: [
            [
              8,
              lines({
                title: 'Node.js memory',
                description:
                  'All of it (resident), the heap in use, and buffers outside of it. The heap is a saw.',
                queries: [
                  { expr: ofProcess('process_resident_memory_bytes'), legend: 'resident' },
                  { expr: ofProcess('nodejs_heap_size_used_bytes'), legend: 'heap in use' },
                  { expr: ofProcess('nodejs_external_memory_bytes'), legend: 'buffers' },
                ],
                unit: 'bytes',
                min: 0,
                steps: [
                  [null, 'green'],
                  [314572800, 'red'],
                ],
              }),
            ],
            [
              8,
              lines({
                title: 'Late turns of the event loop',
                description:
                  'By how much, for half of them and for the worst of a hundred. Every call waits as long.',
                queries: [
                  { expr: ofProcess('nodejs_eventloop_lag_p50_seconds'), legend: 'half of all' },
                  { expr: ofProcess('nodejs_eventloop_lag_p99_seconds'), legend: '99 of 100' },
                ],
                unit: 's',
                min: 0,
                steps: [
                  [null, 'green'],
                  [0.5, 'red'],
                ],
              }),
            ],
            [
              8,
              lines({
                title: 'Garbage collection',
                description: 'Share of time spent in it, by kind. Past a tenth memory is short.',
                queries: [
                  {
                    expr: `rate(${ofProcess('nodejs_gc_duration_seconds_sum')}[$__rate_interval])`,
                    legend: '{{kind}}',
                  },
                ],
                unit: 'percentunit',
                min: 0,
                isStacked: true,
              }),
            ],
          ],
        },
        {
          height: 8,
          panels: [
            [
              12,
              lines({
                title: 'Open files',
                description: 'Sockets and files of the sidecar, against what the system allows.',
                queries: [
                  { expr: ofProcess('process_open_fds'), legend: 'open' },
                  { expr: ofProcess('process_max_fds'), legend: 'allowed' },
                ],
                min: 0,
                decimals: 0,
              }),
            ],
            [
              12,
              lines({
                title: 'CPU of Node.js',
                description: 'Cores in use, by its own code and by the system for it.',
                queries: [
                  {
                    expr: `rate(${ofProcess('process_cpu_user_seconds_total')}[$__rate_interval])`,
                    legend: 'own code',
                  },
                  {
                    expr: `rate(${ofProcess('process_cpu_system_seconds_total')}[$__rate_interval])`,
                    legend: 'system',
                  },
                ],
                unit: 'percentunit',
                min: 0,
                isStacked: true,
              }),
            ],
          ],
        },
      ],
    },
  ],
});
