// What is counted and measured, for Prometheus. Labels hold operations, methods and reasons, never an account, a contract or
// a path: their number is bounded by the contract.

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { Clock } from './clock.ts';
import { problemKinds, type ProblemCode } from './errors.ts';
import { topics } from './event.ts';
import { dropReasons, type Happening, type Observe } from './observe.ts';
import { sessionStates } from './session-state.ts';

export interface Metrics {
  observe: Observe;
  registry: Registry;
}

/** From an answer out of memory to the longest deadline of a call. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const waitBuckets = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The library's own intervals of 10 and 100 ms would wake an idle machine a hundred times a second. */
const idleFriendly = { eventLoopMonitoringPrecision: 100, eventLoopUtilizationTimeout: 5000 };

type Readers = {
  readonly [Kind in Happening['kind']]?: (happening: Extract<Happening, { kind: Kind }>) => void;
};

export function createMetrics(deps: { clock: Clock; version: string }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, ...idleFriendly });

  /** With the values of the label that are known beforehand: a rate sees the first increment only of what was there. */
  const counter = <Label extends string = never>(
    name: string,
    help: string,
    labelNames: Label[] = [],
    known: readonly string[] = [],
  ) => {
    const made = new Counter({ name: `bezant_${name}`, help, labelNames, registers });
    for (const value of known) made.labels(value).inc(0);
    return made;
  };
  const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `bezant_${name}`, help, labelNames, registers });
  const histogram = <Label extends string = never>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ) => new Histogram({ name: `bezant_${name}`, help, buckets, labelNames, registers });

  const requests = histogram('http_request_duration_seconds', 'Requests answered.', requestBuckets, [
    'operation',
    'method',
    'status_class',
  ]);
  const upstream = histogram(
    'upstream_request_duration_seconds',
    'Calls answered by the Gateway.',
    requestBuckets,
    ['operation', 'status_class'],
  );
  const upstreamErrors = counter(
    'upstream_errors_total',
    'Calls that the Gateway left without an answer.',
    ['reason'],
    noAnswer,
  );
  const pacingWait = histogram('pacing_wait_seconds', 'How long calls waited for their turn.', waitBuckets);
  const pacingRejected = counter(
    'pacing_rejected_total',
    'Calls refused because their turn was too far off.',
    ['operation'],
  );
  const penalties = counter('penalties_total', 'Answers 429 of IBKR.');
  const penaltyEnd = gauge('penalty_end_timestamp_seconds', 'When the latest penalty of IBKR ends or ended.');
  const coalesced = counter(
    'coalesced_total',
    'Requests answered without a call of their own.',
    ['how'],
    ['shared', 'cached'],
  );
  const preflight = counter(
    'preflight_total',
    'Calls made because another needs them first.',
    ['result'],
    results,
  );
  const warmUp = counter(
    'warmup_total',
    'Answers asked for again until they were complete.',
    ['result'],
    ['complete', 'incomplete'],
  );
  const warmUpCalls = counter('warmup_calls_total', 'Calls made for such answers.');
  const passthrough = counter('passthrough_total', 'Calls to paths that the contract does not know.', [
    'method',
  ]);
  const refused = counter('refused_total', 'Requests refused by this server.', ['reason'], refusals);
  const drift = counter('contract_drift_total', 'Sampled answers that depart from the contract.', [
    'operation',
  ]);
  const cookies = counter(
    'cookies_total',
    'Times that the cookies of a session were dropped.',
    ['reason'],
    ['stale-dropped', 'new-login'],
  );
  const state = gauge('session_state', 'The state of the session: 1 for the one it is in.', ['state']);
  const stateSince = gauge(
    'session_state_since_timestamp_seconds',
    'Since when the session has been in its state.',
  );
  const authenticated = gauge('session_authenticated', 'Whether there is a brokerage session that is ours.');
  const keepalive = counter('keepalive_total', 'Keepalives sent.', ['result'], results);
  const lastTickle = gauge('session_last_tickle_timestamp_seconds', 'When a keepalive last worked.');
  const ssoExpires = gauge(
    'session_sso_expires_seconds',
    'How long the login was still good for, by the last keepalive.',
  );
  const recovery = counter('recovery_total', 'Attempts to get the session back.', ['rung', 'result']);
  const eventsWritten = counter('events_written_total', 'Events in the event store.', ['topic'], topics);
  const eventRepeats = counter('events_repeated_total', 'Events left out because they were there already.');
  const eventsDropped = counter('events_dropped_total', 'Events given up.', ['topic', 'reason']);
  for (const topic of topics) for (const reason of dropReasons) eventsDropped.inc({ topic, reason }, 0);
  const eventWrite = histogram('events_write_seconds', 'Batches written to the event store.', requestBuckets);
  const eventQueue = gauge('events_queued', 'Events that wait in memory to be written.');
  const eventsSpooled = counter(
    'events_spooled_total',
    'Events put on disk until the event store takes them.',
  );
  const spoolBytes = gauge(
    'events_spool_bytes',
    'Size of the events on disk that the event store has not taken yet.',
  );
  const spoolFailures = counter('events_spool_failures_total', 'Times that the disk took no events either.');
  const storeUp = gauge('events_store_up', 'Whether the event store takes events.');
  storeUp.set(1);
  const storeBytes = gauge('events_store_bytes', 'Size of the event store when last looked at.');
  const eventsDeleted = counter('events_deleted_total', 'Old events deleted.', ['reason'], ['age', 'size']);
  const retention = counter('events_retention_total', 'Runs of the deletion.', ['result'], results);
  const eventReaders = gauge('events_readers', 'Readers of events that wait for more.', ['how']);
  const slowReaders = counter('events_slow_readers_total', 'Streams ended because nobody read them.');
  const relaySockets = gauge('relay_sockets', 'WebSockets of callers that are open.');
  const relay = counter(
    'relay_total',
    'What happened to WebSockets of callers.',
    ['what'],
    ['opened', 'closed', 'failed'],
  );
  const socketUp = gauge('events_socket_up', 'Whether IBKR’s WebSocket is open and its session is ours.');
  const socketChanges = counter(
    'events_socket_total',
    'What happened to IBKR’s WebSocket.',
    ['what'],
    ['dialing', 'held', 'ready', 'lost', 'failed', 'closed'],
  );
  const heartbeat = gauge('events_last_heartbeat_timestamp_seconds', 'When IBKR’s heartbeat last came.');
  const frames = counter('events_frames_total', 'Frames of IBKR.', ['topic'], ['malformed', 'oversized']);
  const framed = counter('events_framed_total', 'Events that frames of IBKR told.', ['topic']);
  const topicsWanted = gauge('events_subscriptions', 'Topics that are wanted of IBKR.');
  const dataLines = gauge('events_data_lines', 'Market data lines in use; IBKR gives 100 by default.');
  const gaps = counter('events_gaps_total', 'Outages that are over.', ['cause']);
  const gapSeconds = counter('events_gap_seconds_total', 'How long all outages together lasted.');
  const unhealed = gauge(
    'events_unhealed',
    'Whether orders and trades could not be compared with IBKR when last tried.',
  );
  const heals = counter(
    'events_heals_total',
    'Times that orders and trades were compared with IBKR.',
    ['result'],
    results,
  );
  const healedRows = counter(
    'events_healed_total',
    'Orders and trades that a comparison found missing.',
    ['topic'],
    ['orders', 'trades'],
  );
  const eventsFaults = counter('events_faults_total', 'Failures inside the events that it lived through.', [
    'part',
  ]);
  const tools = histogram('mcp_tool_duration_seconds', 'Tools called through MCP.', requestBuckets, [
    'tool',
    'outcome',
  ]);
  const mcpFaults = counter('mcp_faults_total', 'Requests to /mcp that are no MCP.');
  gauge('build_info', 'The version that runs.', ['version', 'node']).set(
    { version: deps.version, node: process.version },
    1,
  );

  const enter = (name: string): void => {
    for (const known of sessionStates) state.set({ state: known }, known === name ? 1 : 0);
    authenticated.set(name === 'live' ? 1 : 0);
    stateSince.set(deps.clock.now() / 1000);
  };
  enter('down');

  // Binding labels makes an object and a closure, so it is done once for each combination.
  const boundRequests = new Map<string, Histogram.Internal<string>>();
  const boundUpstream = new Map<string, Histogram.Internal<string>>();

  const readers: Readers = {
    request({ operation, method, status, durationMs }) {
      const key = `${operation} ${method} ${statusClass(status)}`;
      let bound = boundRequests.get(key);
      if (bound === undefined) {
        bound = requests.labels(operation, method, statusClass(status));
        boundRequests.set(key, bound);
      }
      bound.observe(durationMs / 1000);
    },
    upstream({ operation, status, durationMs }) {
      const key = `${operation} ${statusClass(status)}`;
      let bound = boundUpstream.get(key);
      if (bound === undefined) {
        bound = upstream.labels(operation, statusClass(status));
        boundUpstream.set(key, bound);
      }
      bound.observe(durationMs / 1000);
    },
    'upstream-failed': ({ code }) => upstreamErrors.inc({ reason: code }),
    paced({ operation, outcome, waitMs }) {
      if (outcome === 'waited') pacingWait.observe(waitMs / 1000);
      else pacingRejected.inc({ operation });
    },
    penalty({ seconds }) {
      penalties.inc();
      penaltyEnd.set(deps.clock.now() / 1000 + seconds);
    },
    coalesced: ({ how }) => coalesced.inc({ how }),
    preflight: ({ ok }) => preflight.inc({ result: resultOf(ok) }),
    'warmed-up'({ attempts, complete }) {
      warmUp.inc({ result: complete ? 'complete' : 'incomplete' });
      warmUpCalls.inc(attempts);
    },
    passthrough: ({ method }) => passthrough.inc({ method }),
    refused: ({ reason }) => refused.inc({ reason }),
    drift: ({ operation }) => drift.inc({ operation }),
    cookies: ({ what }) => cookies.inc({ reason: what }),
    session: ({ to }) => enter(to),
    keepalive({ ok, ssoExpiresMs }) {
      keepalive.inc({ result: resultOf(ok) });
      if (ok) lastTickle.set(deps.clock.now() / 1000);
      if (ssoExpiresMs !== null) ssoExpires.set(ssoExpiresMs / 1000);
    },
    recovery: ({ rung, ok }) => recovery.inc({ rung, result: resultOf(ok) }),
    'event-written'({ events, repeats, durationMs, queued, spooledBytes }) {
      for (const [topic, count] of Object.entries(events)) eventsWritten.inc({ topic }, count);
      if (repeats > 0) eventRepeats.inc(repeats);
      eventWrite.observe(durationMs / 1000);
      eventQueue.set(queued);
      spoolBytes.set(spooledBytes);
    },
    'event-dropped': ({ topic, reason, count }) => eventsDropped.inc({ topic, reason }, count),
    'event-store': ({ ok }) => storeUp.set(ok ? 1 : 0),
    spooled({ count, spooledBytes, queued }) {
      eventsSpooled.inc(count);
      spoolBytes.set(spooledBytes);
      eventQueue.set(queued);
    },
    'spool-failed'({ queued }) {
      spoolFailures.inc();
      eventQueue.set(queued);
    },
    retention(happening) {
      retention.inc({ result: resultOf(happening.ok) });
      if (!happening.ok) return;
      eventsDeleted.inc({ reason: 'age' }, happening.aged);
      eventsDeleted.inc({ reason: 'size' }, happening.squeezed);
      storeBytes.set(happening.sizeBytes);
    },
    reader({ what, how, waiting }) {
      eventReaders.set({ how }, waiting);
      if (what === 'slow') slowReaders.inc();
    },
    relay({ what, open }) {
      relay.inc({ what });
      relaySockets.set(open);
    },
    socket({ what }) {
      socketChanges.inc({ what });
      if (what !== 'dialing') socketUp.set(what === 'ready' ? 1 : 0);
    },
    heartbeat: () => heartbeat.set(deps.clock.now() / 1000),
    frame({ topic, events }) {
      frames.inc({ topic });
      if (events > 0) framed.inc({ topic }, events);
    },
    subscribed(wanted) {
      topicsWanted.set(wanted.topics);
      dataLines.set(wanted.dataLines);
    },
    gap({ cause, downMs }) {
      gaps.inc({ cause });
      gapSeconds.inc(downMs / 1000);
    },
    healed({ ok, orders, trades }) {
      heals.inc({ result: resultOf(ok) });
      unhealed.set(ok ? 0 : 1);
      healedRows.inc({ topic: 'orders' }, orders);
      healedRows.inc({ topic: 'trades' }, trades);
    },
    tool: ({ tool, outcome, durationMs }) => tools.observe({ tool, outcome }, durationMs / 1000),
    'mcp-fault': () => mcpFaults.inc(),
    'events-fault': ({ part }) => eventsFaults.inc({ part }),
  };

  return {
    registry,
    observe(happening) {
      (readers[happening.kind] as ((happening: Happening) => void) | undefined)?.(happening);
    },
  };
}

const results = ['ok', 'failed'];
const resultOf = (ok: boolean): string => (ok ? 'ok' : 'failed');

/** What transport-problem.ts and gateway.ts make of a call that failed. */
const noAnswer: readonly ProblemCode[] = [
  'upstream_http_error',
  'upstream_timeout',
  'upstream_too_large',
  'upstream_truncated',
  'upstream_unreachable',
];

const refusals = Object.entries(problemKinds).flatMap(([code, { status }]) => (status < 500 ? [code] : []));

const classes = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const statusClass = (status: number): string => classes[Math.floor(status / 100)] ?? 'other';
