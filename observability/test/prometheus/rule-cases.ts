// When each alert fires and when it does not, told to promtool in its own notation: a sample a minute from 1970-01-01 00:00
// UTC on, which was a Thursday. `1x9` is ten ones, `0+3x9` climbs by 3, `_x9` is nothing ten times.

export interface RuleCase {
  /** What is tried. */
  name: string;
  series: Readonly<Record<string, string>>;
  /** When it fires, with which labels besides the severity, and what a telephone would show. */
  fires?: { at: string; labels: Readonly<Record<string, string>>; summary: string };
  /** When it does not. */
  quiet?: readonly string[];
}

const home = { job: 'bezant', instance: 'home:9090' };
const homeSupervisor = { job: 'bezant-supervisor', instance: 'home:9091' };

const written = (metric: string, labels: Readonly<Record<string, string>>): string =>
  `${metric}{${Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',')}}`;
const of = (metric: string, labels: Readonly<Record<string, string>> = {}): string =>
  written(`bezant_${metric}`, { ...home, ...labels });
const ofProcess = (metric: string, labels: Readonly<Record<string, string>>): string =>
  written(`bezant_${metric}`, { ...homeSupervisor, ...labels });

const authenticated = of('session_authenticated');
const state = (name: string): string => of('session_state', { state: name });
const lastTickle = of('session_last_tickle_timestamp_seconds');
const interval = of('keepalive_interval_seconds');
const processStart = written('process_start_time_seconds', home);
const failedKeepalives = of('keepalive_total', { result: 'failed' });
const upstreamCount = (statusClass: string): string =>
  of('upstream_request_duration_seconds_count', { operation: 'getTrades', status_class: statusClass });
const upstreamBucket = (le: string): string =>
  of('upstream_request_duration_seconds_bucket', { operation: 'getTrades', status_class: '2xx', le });
const restarts = (process: string, reason: string): string =>
  ofProcess('process_restarts_total', { process, reason });

/** An alert about one state of the session, which is all it looks at. */
const stateCases = (name: string, tooEarly: string, fires: string, summary: string): RuleCase[] => [
  {
    name: 'in this state long enough',
    series: { [state(name)]: '1x300', [state('live')]: '0x300' },
    fires: { at: fires, labels: { ...home, state: name }, summary },
    quiet: [tooEarly],
  },
  { name: 'live', series: { [state(name)]: '0x300', [state('live')]: '1x300' }, quiet: [fires] },
];

const restartCases = (process: string, summary: string): RuleCase[] => [
  {
    name: 'three ends within half an hour, whatever their reason',
    series: { [restarts(process, 'exit')]: '0x9 1x9 2x40', [restarts(process, 'hang')]: '0x14 1x50' },
    fires: { at: '25m', labels: { ...homeSupervisor, process }, summary },
    quiet: ['18m'],
  },
  {
    name: 'one end an hour',
    series: { [restarts(process, 'exit')]: '0x59 1x59 2x59', [restarts(process, 'hang')]: '0x180' },
    quiet: ['70m', '130m'],
  },
];

export const ruleCases: Readonly<Record<string, readonly RuleCase[]>> = {
  BezantSessionDown: [
    {
      name: 'no session on a Thursday: from noon UTC on, until 21:00',
      series: { [authenticated]: '0x1500', [state('login-required')]: '1x1500', [state('live')]: '0x1500' },
      fires: {
        at: '12h5m',
        labels: home,
        summary: 'No trading through home:9090 in market hours: the session is login-required.',
      },
      quiet: ['3h', '11h59m', '21h1m'],
    },
    {
      name: 'on Saturday and Sunday',
      series: { [authenticated]: '0x6000', [state('maintenance')]: '1x6000' },
      quiet: ['61h', '85h'],
    },
    {
      name: 'on Monday again',
      series: { [authenticated]: '0x7000', [state('maintenance')]: '1x7000' },
      fires: {
        at: '109h',
        labels: home,
        summary: 'No trading through home:9090 in market hours: the session is maintenance.',
      },
    },
    {
      name: 'given away on purpose',
      series: { [authenticated]: '0x1500', [state('yielded')]: '1x1500' },
      quiet: ['14h'],
    },
    {
      name: 'gone for two minutes only',
      series: { [authenticated]: '1x837 0x1 1x100', [state('down')]: '0x1500' },
      quiet: ['13h59m', '14h', '14h5m'],
    },
  ],
  BezantLoginRequired: stateCases('login-required', '10m', '20m', 'home:9090 waits for somebody to log in.'),
  BezantCompetingSession: stateCases(
    'competing',
    '4m',
    '6m',
    'TWS, the phone or another program holds the session that home:9090 needs.',
  ),
  BezantLockedOut: stateCases(
    'locked-out',
    '0m',
    '2m',
    'home:9090 has given up on getting the session back.',
  ),
  BezantGatewayUnreachable: stateCases('down', '4m', '6m', 'home:9090 cannot reach the Gateway.'),
  BezantMaintenanceLong: stateCases(
    'maintenance',
    '90m',
    '130m',
    'IBKR has not answered home:9090 properly for 2 hours.',
  ),
  BezantKeepaliveFailing: [
    {
      name: 'each of them fails, and the login is not known to be gone',
      series: { [failedKeepalives]: '0+1x60', [state('down')]: '1x60', [state('login-required')]: '0x60' },
      fires: {
        at: '15m',
        labels: { ...home, result: 'failed' },
        summary: 'Keepalives of home:9090 fail.',
      },
      quiet: ['2m'],
    },
    {
      name: 'somebody has to log in: that has an alert of its own',
      series: { [failedKeepalives]: '0+1x60', [state('login-required')]: '1x60' },
      quiet: ['15m'],
    },
    {
      name: 'a nightly restart of three minutes',
      series: { [failedKeepalives]: '0x10 1 2 3x60', [state('maintenance')]: '0x60' },
      quiet: ['15m', '20m'],
    },
  ],
  BezantKeepaliveStale: [
    {
      name: 'the last one that worked is long ago',
      series: { [authenticated]: '1x60', [lastTickle]: '60x60', [interval]: '60x60', [processStart]: '1x60' },
      fires: {
        at: '10m',
        labels: home,
        summary: 'home:9090 has a session, but no keepalive has worked for 9m 0s.',
      },
      quiet: ['4m'],
    },
    {
      name: 'none has worked since the start',
      series: { [authenticated]: '1x60', [lastTickle]: '0x60', [interval]: '60x60', [processStart]: '60x60' },
      fires: {
        at: '10m',
        labels: home,
        summary: 'home:9090 has a session, but no keepalive has worked for 9m 0s.',
      },
      quiet: ['3m'],
    },
    {
      name: 'they work',
      series: { [authenticated]: '1x60', [lastTickle]: '0+60x60', [interval]: '60x60' },
      quiet: ['10m', '50m'],
    },
    {
      name: 'they are switched off',
      series: { [authenticated]: '1x60', [lastTickle]: '0x60', [interval]: '0x60', [processStart]: '1x60' },
      quiet: ['50m'],
    },
    {
      name: 'there is no session that could end',
      series: { [authenticated]: '0x60', [lastTickle]: '60x60', [interval]: '60x60' },
      quiet: ['50m'],
    },
  ],
  BezantLoginExpiring: [
    {
      name: 'not renewed: eight minutes, six of them gone',
      series: {
        [authenticated]: '1x60',
        [of('session_sso_expires_seconds')]: '480x60',
        [lastTickle]: '60x60',
      },
      fires: { at: '7m', labels: home, summary: 'The login of home:9090 ends in 2m 0s.' },
      quiet: ['2m', '5m'],
    },
    {
      name: 'IBKR has never said',
      series: { [authenticated]: '1x60', [of('session_sso_expires_seconds')]: '0x60', [lastTickle]: '0x60' },
      quiet: ['10m'],
    },
    {
      name: 'there is no session',
      series: {
        [authenticated]: '0x60',
        [of('session_sso_expires_seconds')]: '480x60',
        [lastTickle]: '60x60',
      },
      quiet: ['10m'],
    },
  ],
  BezantPenaltyBox: [
    {
      name: 'for ten minutes more, then no longer',
      series: { [of('penalty_end_timestamp_seconds')]: '900x60' },
      fires: {
        at: '5m',
        labels: home,
        summary: 'IBKR has put home:9090 into its penalty box for 10m 0s.',
      },
      quiet: ['16m'],
    },
    { name: 'never', series: { [of('penalty_end_timestamp_seconds')]: '0x60' }, quiet: ['0m', '10m'] },
  ],
  BezantPacingRejections: [
    {
      name: 'three a minute',
      series: { [of('refused_total', { reason: 'paced' })]: '0+3x60' },
      fires: {
        at: '15m',
        labels: { ...home, reason: 'paced' },
        summary: 'home:9090 refused 30 calls in 10 minutes to keep IBKR’s limits.',
      },
    },
    {
      name: 'one in two minutes, and other refusals',
      series: {
        [of('refused_total', { reason: 'paced' })]: '0+0.5x60',
        [of('refused_total', { reason: 'bad_request' })]: '0+30x60',
      },
      quiet: ['15m', '50m'],
    },
  ],
  BezantUpstreamErrors: [
    {
      name: 'three of ten without an answer',
      series: {
        [of('upstream_errors_total', { reason: 'upstream_timeout' })]: '0+3x60',
        [of('upstream_errors_total', { reason: 'upstream_unreachable' })]: '0x60',
        [upstreamCount('2xx')]: '0+7x60',
      },
      fires: { at: '25m', labels: home, summary: '30% of the calls of home:9090 to IBKR fail.' },
      quiet: ['8m'],
    },
    {
      name: 'nothing has ever been answered',
      series: { [of('upstream_errors_total', { reason: 'upstream_unreachable' })]: '0+1x60' },
      fires: { at: '25m', labels: home, summary: '100% of the calls of home:9090 to IBKR fail.' },
    },
    {
      name: 'half of them are 5xx',
      series: {
        [of('upstream_errors_total', { reason: 'upstream_timeout' })]: '0x60',
        [upstreamCount('2xx')]: '0+5x60',
        [upstreamCount('5xx')]: '0+5x60',
      },
      fires: { at: '25m', labels: home, summary: '50% of the calls of home:9090 to IBKR fail.' },
    },
    {
      name: 'one of ten, and a caller’s own mistakes',
      series: {
        [of('upstream_errors_total', { reason: 'upstream_timeout' })]: '0x60',
        [upstreamCount('2xx')]: '0+5x60',
        [upstreamCount('4xx')]: '0+4x60',
        [upstreamCount('5xx')]: '0+1x60',
      },
      quiet: ['25m'],
    },
    {
      name: 'nobody calls',
      series: {
        [of('upstream_errors_total', { reason: 'upstream_timeout' })]: '0x60',
        [upstreamCount('2xx')]: '5x60',
      },
      quiet: ['25m'],
    },
  ],
  BezantUpstreamSlow: [
    {
      name: 'most take between 2.5 and 5 seconds',
      series: {
        [upstreamBucket('2.5')]: '0x60',
        [upstreamBucket('5')]: '0+10x60',
        [upstreamBucket('+Inf')]: '0+10x60',
      },
      fires: {
        at: '25m',
        labels: home,
        summary: 'IBKR answers home:9090 slowly: one call in twenty takes 4.875s or more.',
      },
      quiet: ['8m'],
    },
    {
      name: 'a tenth of a second',
      series: { [upstreamBucket('0.1')]: '0+10x60', [upstreamBucket('+Inf')]: '0+10x60' },
      quiet: ['25m'],
    },
  ],
  BezantContractDrift: [
    {
      name: 'an operation departs for the first time',
      series: { [of('contract_drift_total', { operation: 'getTrades' })]: '_x9 1x200' },
      fires: {
        at: '12m',
        labels: { ...home, operation: 'getTrades' },
        summary: 'IBKR’s answers to getTrades depart from its document.',
      },
      quiet: ['5m', '90m'],
    },
    {
      name: 'and again, later',
      series: { [of('contract_drift_total', { operation: 'getTrades' })]: '1x100 2x100' },
      fires: {
        at: '110m',
        labels: { ...home, operation: 'getTrades' },
        summary: 'IBKR’s answers to getTrades depart from its document.',
      },
      quiet: ['90m'],
    },
  ],
  BezantCallersRefused: [
    {
      name: 'two a minute without a key, one of a web page',
      series: {
        [of('refused_total', { reason: 'api_key_required' })]: '0+2x60',
        [of('refused_total', { reason: 'origin_refused' })]: '0+1x60',
      },
      fires: {
        at: '20m',
        labels: home,
        summary: 'home:9090 turned away 45 requests without the right to call.',
      },
    },
    {
      name: 'a single mistake, and malformed requests',
      series: {
        [of('refused_total', { reason: 'api_key_required' })]: '0x10 1x50',
        [of('refused_total', { reason: 'bad_request' })]: '0+9x60',
      },
      quiet: ['20m'],
    },
  ],
  BezantEventsSocketDown: [
    {
      name: 'closed, with a session',
      series: { [of('events_socket_up')]: '0x60', [of('events_enabled')]: '1x60', [authenticated]: '1x60' },
      fires: { at: '5m', labels: home, summary: 'home:9090 has a session but hears no events.' },
      quiet: ['2m'],
    },
    {
      name: 'without a session there is nothing to hear',
      series: { [of('events_socket_up')]: '0x60', [of('events_enabled')]: '1x60', [authenticated]: '0x60' },
      quiet: ['5m'],
    },
    {
      name: 'events are switched off',
      series: { [of('events_socket_up')]: '0x60', [of('events_enabled')]: '0x60', [authenticated]: '1x60' },
      quiet: ['5m'],
    },
  ],
  BezantEventsSilent: [
    {
      name: 'open, and no heartbeat',
      series: {
        [of('events_socket_up')]: '1x60',
        [of('events_enabled')]: '1x60',
        [of('events_last_heartbeat_timestamp_seconds')]: '0x60',
      },
      fires: {
        at: '5m',
        labels: home,
        summary: 'No heartbeat of IBKR at home:9090 for 5m 0s, and nobody noticed.',
      },
      quiet: ['1m'],
    },
    {
      name: 'it comes; or the socket is known to be down',
      series: {
        [of('events_socket_up')]: '1x20 0x40',
        [of('events_enabled')]: '1x60',
        [of('events_last_heartbeat_timestamp_seconds')]: '0+60x20 1200x40',
      },
      quiet: ['10m', '50m'],
    },
  ],
  BezantEventsDropped: [
    {
      name: 'orders were lost',
      series: { [of('events_dropped_total', { topic: 'orders', reason: 'queue-full' })]: '0x9 5x60' },
      fires: {
        at: '12m',
        labels: { ...home, topic: 'orders' },
        summary: 'home:9090 has lost events of orders.',
      },
      quiet: ['8m', '40m'],
    },
    {
      name: 'prices are followed by newer ones',
      series: { [of('events_dropped_total', { topic: 'marketdata', reason: 'spool-full' })]: '0+9x60' },
      quiet: ['12m'],
    },
  ],
  BezantEventStoreDown: [
    {
      name: 'takes none',
      series: { [of('events_store_up')]: '0x60' },
      fires: { at: '3m', labels: home, summary: 'The event store of home:9090 takes no events.' },
      quiet: ['1m'],
    },
    { name: 'takes them', series: { [of('events_store_up')]: '1x60' }, quiet: ['3m'] },
  ],
  BezantSpoolFilling: [
    {
      name: 'three tenths',
      series: { [of('events_spool_bytes')]: '300x60', [of('events_disk_cap_bytes')]: '1000x60' },
      fires: {
        at: '6m',
        labels: home,
        summary: '30% of the room for waiting events is used at home:9090.',
      },
      quiet: ['4m'],
    },
    {
      name: 'a tenth',
      series: { [of('events_spool_bytes')]: '100x60', [of('events_disk_cap_bytes')]: '1000x60' },
      quiet: ['6m'],
    },
  ],
  BezantSpoolFailing: [
    {
      name: 'once',
      series: { [of('events_spool_failures_total')]: '0x4 1x60' },
      fires: { at: '6m', labels: home, summary: 'The disk of home:9090 does not take waiting events.' },
      quiet: ['4m', '30m'],
    },
    { name: 'never', series: { [of('events_spool_failures_total')]: '0x60' }, quiet: ['6m'] },
  ],
  BezantGapNotHealed: [
    {
      name: 'for ten minutes, with a session',
      series: { [of('events_unhealed')]: '1x60', [authenticated]: '1x60' },
      fires: {
        at: '12m',
        labels: home,
        summary: 'What home:9090 missed during an outage is not read up yet.',
      },
      quiet: ['5m'],
    },
    {
      name: 'without a session it cannot be',
      series: { [of('events_unhealed')]: '1x60', [authenticated]: '0x60' },
      quiet: ['12m'],
    },
  ],
  BezantRetentionFailing: [
    {
      name: 'twice a day',
      series: { [of('events_retention_total', { result: 'failed' })]: '0x60 1x60 2x60' },
      fires: {
        at: '150m',
        labels: { ...home, result: 'failed' },
        summary: 'home:9090 cannot delete old events.',
      },
      quiet: ['100m'],
    },
    {
      name: 'runs that work',
      series: { [of('events_retention_total', { result: 'ok' })]: '0+1x160' },
      quiet: ['150m'],
    },
  ],
  BezantDataLinesScarce: [
    {
      name: '95 of 100',
      series: { [of('events_data_lines')]: '95x60' },
      fires: { at: '6m', labels: home, summary: 'home:9090 uses 95 market data lines.' },
      quiet: ['4m'],
    },
    { name: '90', series: { [of('events_data_lines')]: '90x60' }, quiet: ['6m'] },
  ],
  BezantTargetDown: [
    {
      name: 'the supervisor’s port does not answer',
      series: { [written('up', homeSupervisor)]: '0x60', [written('up', home)]: '1x60' },
      fires: {
        at: '4m',
        labels: homeSupervisor,
        summary: 'Prometheus cannot read home:9091 (bezant-supervisor).',
      },
      quiet: ['2m'],
    },
    {
      name: 'somebody else’s target',
      series: { [written('up', { job: 'node', instance: 'home:9100' })]: '0x60' },
      quiet: ['4m'],
    },
  ],
  BezantNotScraped: [
    {
      name: 'no such job',
      series: { [written('up', { job: 'node', instance: 'home:9100' })]: '1x60' },
      fires: {
        at: '11m',
        labels: { job: 'bezant' },
        summary: 'Prometheus knows no target of the job bezant.',
      },
      quiet: ['9m'],
    },
    { name: 'there is one, though it is down', series: { [written('up', home)]: '0x60' }, quiet: ['11m'] },
  ],
  BezantProcessDown: [
    {
      name: 'one of two',
      series: {
        [ofProcess('process_up', { process: 'gateway' })]: '0x60',
        [ofProcess('process_up', { process: 'sidecar' })]: '1x60',
      },
      fires: {
        at: '3m',
        labels: { ...homeSupervisor, process: 'gateway' },
        summary: 'The gateway of home:9091 does not answer.',
      },
      quiet: ['1m'],
    },
  ],
  BezantGatewayRestarting: restartCases(
    'gateway',
    'The Gateway of home:9091 was started again 3 times in 30 minutes.',
  ),
  BezantSidecarRestarting: restartCases(
    'sidecar',
    'The sidecar of home:9091 was started again 3 times in 30 minutes.',
  ),
  BezantSupervisorRestarting: [
    {
      name: 'three new starts',
      series: { [ofProcess('supervisor_start_timestamp_seconds', {})]: '100x4 400x4 700x4 1000x60' },
      fires: {
        at: '20m',
        labels: homeSupervisor,
        summary: 'The whole appliance at home:9091 has started 3 times in 30 minutes.',
      },
      quiet: ['12m'],
    },
    {
      name: 'an update',
      series: { [ofProcess('supervisor_start_timestamp_seconds', {})]: '100x4 400x60' },
      quiet: ['20m'],
    },
  ],
  BezantGatewayMemory: [
    {
      name: '400 MiB, and the sidecar less',
      series: {
        [ofProcess('process_resident_memory_bytes', { process: 'gateway' })]: '419430400x60',
        [ofProcess('process_resident_memory_bytes', { process: 'sidecar' })]: '104857600x60',
      },
      fires: {
        at: '20m',
        labels: { ...homeSupervisor, process: 'gateway' },
        summary: 'The Gateway of home:9091 takes 400MiB of memory.',
      },
      quiet: ['10m'],
    },
    {
      name: '200 MiB: a full heap and what is around it',
      series: { [ofProcess('process_resident_memory_bytes', { process: 'gateway' })]: '209715200x60' },
      quiet: ['20m'],
    },
  ],
  BezantSidecarMemory: [
    {
      name: '350 MiB',
      series: { [written('process_resident_memory_bytes', home)]: '367001600x60' },
      fires: { at: '20m', labels: home, summary: 'The sidecar home:9090 takes 350MiB of memory.' },
      quiet: ['10m'],
    },
    {
      name: '110 MiB, and somebody else’s program',
      series: {
        [written('process_resident_memory_bytes', home)]: '115343360x60',
        [written('process_resident_memory_bytes', { job: 'node', instance: 'home:9100' })]: '999999999x60',
      },
      quiet: ['20m'],
    },
  ],
  BezantEventLoopBlocked: [
    {
      name: 'late by 700 ms',
      series: { [written('nodejs_eventloop_lag_p99_seconds', home)]: '0.7x60' },
      fires: {
        at: '6m',
        labels: home,
        summary: 'The sidecar home:9090 is too busy: its turns are late by 700ms.',
      },
      quiet: ['4m'],
    },
    {
      name: 'idle',
      series: { [written('nodejs_eventloop_lag_p99_seconds', home)]: '0.1x60' },
      quiet: ['6m'],
    },
  ],
};
