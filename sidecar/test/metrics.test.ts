import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../src/clock.ts';
import { createMetrics } from '../src/metrics.ts';
import { measureSettings } from '../src/metrics-of-settings.ts';
import type { Happening } from '../src/observe.ts';

const clock: Clock = { now: () => 1_700_000_000_000, after: () => () => undefined };

/** The series of ours that differ from those of a server to which nothing has happened. */
async function changes(...happenings: Happening[]): Promise<string[]> {
  const metrics = createMetrics({ clock, version: '1.2.3' });
  const before = new Set(await ours(metrics));
  happenings.forEach(metrics.observe);
  return (await ours(metrics)).filter((line) => !before.has(line) && !line.includes('_bucket{'));
}

async function ours({ registry }: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('bezant_'));
}

describe('what happens is what is counted', () => {
  const request = (status: number, durationMs: number): Happening => ({
    kind: 'request',
    requestId: 'r',
    operation: 'getPositions',
    method: 'GET',
    status,
    durationMs,
  });

  test.each<[name: string, happenings: Happening[], want: string[]]>([
    [
      'requests, by operation, method and class of status',
      [request(200, 20), request(204, 30), request(404, 500)],
      [
        'bezant_http_request_duration_seconds_sum{operation="getPositions",method="GET",status_class="2xx"} 0.05',
        'bezant_http_request_duration_seconds_count{operation="getPositions",method="GET",status_class="2xx"} 2',
        'bezant_http_request_duration_seconds_sum{operation="getPositions",method="GET",status_class="4xx"} 0.5',
        'bezant_http_request_duration_seconds_count{operation="getPositions",method="GET",status_class="4xx"} 1',
      ],
    ],
    [
      'answers of the Gateway',
      [{ kind: 'upstream', operation: 'tickle', status: 503, durationMs: 250 }],
      [
        'bezant_upstream_request_duration_seconds_sum{operation="tickle",status_class="5xx"} 0.25',
        'bezant_upstream_request_duration_seconds_count{operation="tickle",status_class="5xx"} 1',
      ],
    ],
    [
      'calls without an answer',
      [
        {
          kind: 'upstream-failed',
          operation: 'tickle',
          code: 'upstream_timeout',
          durationMs: 1,
          cause: null,
        },
      ],
      ['bezant_upstream_errors_total{reason="upstream_timeout"} 1'],
    ],
    [
      'waiting for a turn',
      [
        { kind: 'paced', operation: 'getOrders', outcome: 'waited', waitMs: 1500 },
        { kind: 'paced', operation: 'getOrders', outcome: 'refused', waitMs: 9000 },
      ],
      [
        'bezant_pacing_wait_seconds_sum 1.5',
        'bezant_pacing_wait_seconds_count 1',
        'bezant_pacing_rejected_total{operation="getOrders"} 1',
      ],
    ],
    [
      'a penalty',
      [{ kind: 'penalty', operation: 'getOrders', seconds: 900 }],
      ['bezant_penalties_total 1', 'bezant_penalty_end_timestamp_seconds 1700000900'],
    ],
    [
      'shared and remembered answers',
      [
        { kind: 'coalesced', operation: 'x', how: 'shared' },
        { kind: 'coalesced', operation: 'y', how: 'shared' },
      ],
      ['bezant_coalesced_total{how="shared"} 2'],
    ],
    [
      'calls that come first',
      [{ kind: 'preflight', operation: 'x', ok: false }],
      ['bezant_preflight_total{result="failed"} 1'],
    ],
    [
      'warming up',
      [{ kind: 'warmed-up', operation: 'x', attempts: 3, complete: true }],
      ['bezant_warmup_total{result="complete"} 1', 'bezant_warmup_calls_total 3'],
    ],
    ['unknown paths', [{ kind: 'passthrough', method: 'GET' }], ['bezant_passthrough_total{method="GET"} 1']],
    ['refusals', [{ kind: 'refused', reason: 'read_only' }], ['bezant_refused_total{reason="read_only"} 1']],
    [
      'drift',
      [{ kind: 'drift', operation: 'x', status: 200, pointer: '/a', message: 'm' }],
      ['bezant_contract_drift_total{operation="x"} 1'],
    ],
    ['cookies', [{ kind: 'cookies', what: 'new-login' }], ['bezant_cookies_total{reason="new-login"} 1']],
    [
      'the session, one state at a time',
      [
        { kind: 'session', from: 'down', to: 'competing', reason: '' },
        { kind: 'session', from: 'competing', to: 'live', reason: '' },
      ],
      [
        'bezant_session_state{state="down"} 0',
        'bezant_session_state{state="live"} 1',
        'bezant_session_authenticated 1',
      ],
    ],
    [
      'keepalives',
      [
        { kind: 'keepalive', ok: true, durationMs: 1, detail: '', ssoExpiresMs: 480_000 },
        { kind: 'keepalive', ok: false, durationMs: 1, detail: '', ssoExpiresMs: null },
      ],
      [
        'bezant_keepalive_total{result="ok"} 1',
        'bezant_keepalive_total{result="failed"} 1',
        'bezant_session_last_tickle_timestamp_seconds 1700000000',
        'bezant_session_sso_expires_seconds 480',
      ],
    ],
    [
      'recovery',
      [{ kind: 'recovery', rung: 'tickle', ok: false, detail: '' }],
      ['bezant_recovery_total{rung="tickle",result="failed"} 1'],
    ],
    [
      'the relay',
      [
        { kind: 'relay', what: 'opened', open: 1 },
        { kind: 'relay', what: 'opened', open: 2 },
        { kind: 'relay', what: 'closed', open: 1 },
      ],
      [
        'bezant_relay_sockets 1',
        'bezant_relay_total{what="opened"} 2',
        'bezant_relay_total{what="closed"} 1',
      ],
    ],
    [
      'readers of events',
      [
        { kind: 'reader', what: 'came', how: 'stream', waiting: 2 },
        { kind: 'reader', what: 'came', how: 'poll', waiting: 1 },
        { kind: 'reader', what: 'slow', how: 'stream', waiting: 2 },
        { kind: 'reader', what: 'left', how: 'stream', waiting: 1 },
      ],
      [
        'bezant_events_readers{how="stream"} 1',
        'bezant_events_readers{how="poll"} 1',
        'bezant_events_slow_readers_total 1',
      ],
    ],
    [
      'IBKR’s WebSocket, its heartbeat and its frames',
      [
        { kind: 'socket', what: 'ready', reason: '' },
        { kind: 'socket', what: 'dialing', reason: '' },
        { kind: 'heartbeat' },
        { kind: 'frame', topic: 'orders', events: 2 },
        { kind: 'frame', topic: 'malformed', events: 0 },
        { kind: 'subscribed', topics: 5, dataLines: 2 },
        { kind: 'events-fault', part: 'frames', cause: null },
      ],
      [
        'bezant_events_socket_up 1',
        'bezant_events_socket_total{what="dialing"} 1',
        'bezant_events_socket_total{what="ready"} 1',
        'bezant_events_last_heartbeat_timestamp_seconds 1700000000',
        'bezant_events_frames_total{topic="malformed"} 1',
        'bezant_events_frames_total{topic="orders"} 1',
        'bezant_events_framed_total{topic="orders"} 2',
        'bezant_events_subscriptions 5',
        'bezant_events_data_lines 2',
        'bezant_events_faults_total{part="frames"} 1',
      ],
    ],
    [
      'events written and their repeats',
      [
        {
          kind: 'event-written',
          events: { orders: 2, marketdata: 498 },
          repeats: 1,
          durationMs: 20,
          queued: 7,
          spooledBytes: 0,
        },
      ],
      [
        'bezant_events_written_total{topic="orders"} 2',
        'bezant_events_written_total{topic="marketdata"} 498',
        'bezant_events_repeated_total 1',
        'bezant_events_write_seconds_sum 0.02',
        'bezant_events_write_seconds_count 1',
        'bezant_events_queued 7',
      ],
    ],
    [
      'an outage of the event store, and a full disk',
      [
        { kind: 'event-store', ok: false, cause: null },
        { kind: 'spooled', count: 500, spooledBytes: 1000, queued: 3 },
        { kind: 'spool-failed', cause: null, queued: 4 },
        { kind: 'event-dropped', topic: 'marketdata', reason: 'spool-full', count: 5 },
      ],
      [
        'bezant_events_dropped_total{topic="marketdata",reason="spool-full"} 5',
        'bezant_events_queued 4',
        'bezant_events_spooled_total 500',
        'bezant_events_spool_bytes 1000',
        'bezant_events_spool_failures_total 1',
        'bezant_events_store_up 0',
      ],
    ],
    [
      'its end',
      [
        { kind: 'event-store', ok: false, cause: null },
        { kind: 'event-store', ok: true },
      ],
      [],
    ],
    [
      'the deletion of old events',
      [
        { kind: 'retention', ok: true, aged: 3, squeezed: 4, sizeBytes: 5, durationMs: 6 },
        { kind: 'retention', ok: false, cause: null },
      ],
      [
        'bezant_events_store_bytes 5',
        'bezant_events_deleted_total{reason="age"} 3',
        'bezant_events_deleted_total{reason="size"} 4',
        'bezant_events_retention_total{result="ok"} 1',
        'bezant_events_retention_total{result="failed"} 1',
      ],
    ],
    [
      'gaps and their healing',
      [
        { kind: 'healed', ok: false, orders: 0, trades: 0, detail: '' },
        { kind: 'healed', ok: true, orders: 1, trades: 2, detail: '' },
        { kind: 'gap', cause: 'closed', downMs: 1500, orders: 1, trades: 2, complete: true },
      ],
      [
        'bezant_events_gaps_total{cause="closed"} 1',
        'bezant_events_gap_seconds_total 1.5',
        'bezant_events_heals_total{result="ok"} 1',
        'bezant_events_heals_total{result="failed"} 1',
        'bezant_events_healed_total{topic="orders"} 1',
        'bezant_events_healed_total{topic="trades"} 2',
      ],
    ],
    [
      'what could not be compared with IBKR yet',
      [{ kind: 'healed', ok: false, orders: 0, trades: 0, detail: '' }],
      ['bezant_events_unhealed 1', 'bezant_events_heals_total{result="failed"} 1'],
    ],
    [
      'what only the log cares for',
      [
        { kind: 'warning', message: 'm' },
        { kind: 'stopping', reason: 'r' },
      ],
      [],
    ],
  ])('%s', async (_name, happenings, want) => {
    expect(await changes(...happenings)).toEqual(want);
  });
});

test('what is known beforehand is there from the start, with the version', async () => {
  const text = (await ours(createMetrics({ clock, version: '1.2.3' }))).join('\n');
  expect(text).toContain(`bezant_build_info{version="1.2.3",node="${process.version}"} 1`);
  expect(text).toContain('bezant_keepalive_total{result="failed"} 0');
  expect(text).toContain('bezant_session_state{state="down"} 1');
  expect(text).toContain('bezant_session_state{state="live"} 0');
});

test('a counter that an alert reads is there at 0, so that its first step is seen', async () => {
  const text = (await ours(createMetrics({ clock, version: '1' }))).join('\n');
  expect(text).toContain('bezant_refused_total{reason="paced"} 0');
  expect(text).toContain('bezant_upstream_errors_total{reason="upstream_unreachable"} 0');
  expect(text).toContain('bezant_session_state_since_timestamp_seconds 1700000000');
});

test('settings that alerts must know are measured', async () => {
  const { registry } = createMetrics({ clock, version: '1' });
  measureSettings(registry, { keepaliveSeconds: 60, eventsEnabled: false, eventsDiskCapMegabytes: 10 });
  const text = await registry.metrics();
  expect(text).toContain('bezant_keepalive_interval_seconds 60\n');
  expect(text).toContain('bezant_events_enabled 0\n');
  expect(text).toContain('bezant_events_disk_cap_bytes 10485760\n');
});

test('names follow the rules of Prometheus, and the process is measured too', async () => {
  const { registry } = createMetrics({ clock, version: '1' });
  const metrics = await registry.getMetricsAsJSON();
  const names = metrics.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['process_resident_memory_bytes', 'nodejs_eventloop_lag_seconds']),
  );
  const kinds = registry.getMetricsAsArray().filter(({ name }) => name.startsWith('bezant_'));
  for (const { name, type, help } of kinds) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(name.endsWith('_total')).toBe(type === 'counter');
    expect(help).toMatch(/\.$/);
  }
});
