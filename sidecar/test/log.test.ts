import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../src/clock.ts';
import { createLog } from '../src/log.ts';
import type { Happening } from '../src/observe.ts';

const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678), after: () => () => undefined };

type Level = Parameters<typeof createLog>[0]['level'];

function written(level: Level, isTerminal: boolean, ...happenings: Happening[]): string[] {
  const lines: string[] = [];
  const log = createLog({ level, clock, isTerminal, out: { write: (text) => lines.push(text) } });
  happenings.forEach(log);
  return lines;
}

const json = (level: Level, ...happenings: Happening[]): Record<string, unknown>[] =>
  written(level, false, ...happenings).map((line) => JSON.parse(line) as Record<string, unknown>);

const request = (over: Partial<Extract<Happening, { kind: 'request' }>>): Happening => ({
  kind: 'request',
  requestId: 'r-1',
  operation: 'getPositions',
  method: 'GET',
  status: 200,
  durationMs: 12.345,
  ...over,
});

/** One of each kind, each with a secret wherever free text goes. */
const secret = 'https://gw.internal/?session=deadbeefdeadbeefdeadbeef';
const cause = Object.assign(new Error(`boom at ${secret}`), { code: 'ECONNRESET' });
const everything: Happening[] = [
  {
    kind: 'started',
    publicUrl: 'http://127.0.0.1:8080',
    adminUrl: 'http://127.0.0.1:9090',
    operations: 180,
    readyMs: 201.5,
  },
  { kind: 'stopping', reason: 'SIGTERM' },
  { kind: 'stopped', drained: false },
  { kind: 'warning', message: secret },
  { kind: 'crashed', cause },
  request({ status: 502, code: 'upstream_http_error', cause }),
  { kind: 'upstream', operation: 'tickle', status: 200, durationMs: 3 },
  { kind: 'upstream-failed', operation: 'tickle', code: 'upstream_timeout', durationMs: 3, cause },
  { kind: 'paced', operation: 'tickle', outcome: 'refused', waitMs: 3 },
  { kind: 'penalty', operation: 'tickle', seconds: 900 },
  { kind: 'coalesced', operation: 'tickle', how: 'cached' },
  { kind: 'preflight', operation: 'getAccounts', ok: false },
  { kind: 'warmed-up', operation: 'getMdSnapshot', attempts: 2, complete: true },
  { kind: 'passthrough', method: 'GET' },
  { kind: 'refused', reason: 'read_only' },
  { kind: 'drift', operation: 'getPositions', status: 200, pointer: '/U1234567/x', message: secret },
  { kind: 'cookies', what: 'new-login' },
  { kind: 'session', from: 'down', to: 'live', reason: secret },
  { kind: 'keepalive', ok: false, durationMs: 5, detail: secret, ssoExpiresMs: null },
  { kind: 'recovery', rung: 'ssodh/init', ok: false, detail: secret },
  { kind: 'event-written', events: { orders: 2 }, repeats: 1, durationMs: 3, queued: 0, spooledBytes: 0 },
  { kind: 'event-dropped', topic: 'orders', reason: 'queue-full', count: 3 },
  { kind: 'event-store', ok: false, cause },
  { kind: 'spooled', count: 5, spooledBytes: 100, queued: 0 },
  { kind: 'spool-failed', cause, queued: 7 },
  { kind: 'retention', ok: false, cause },
  { kind: 'reader', what: 'slow', how: 'stream', waiting: 1 },
  { kind: 'relay', what: 'failed', open: 2 },
  { kind: 'socket', what: 'lost', reason: secret },
  { kind: 'heartbeat' },
  { kind: 'frame', topic: 'malformed', events: 0 },
  { kind: 'subscribed', topics: 4, dataLines: 1 },
  { kind: 'gap', cause: 'heartbeat_lost', downMs: 60_000, orders: 1, trades: 2, complete: false },
  { kind: 'healed', ok: false, orders: 0, trades: 0, detail: secret },
  { kind: 'events-fault', part: 'frames', cause },
];

describe('secrets', () => {
  test.each([false, true])('none in any line (terminal: %p)', (isTerminal) => {
    const lines = written('debug', isTerminal, ...everything);
    expect(lines).toHaveLength(everything.length);
    expect(lines.join('')).not.toMatch(/gw\.internal|deadbeef|U1234567/);
    for (const line of lines) expect(line.endsWith('\n')).toBe(true);
  });
});

describe('a JSON line', () => {
  test('has time, level, words, the request and its cause', () => {
    expect(json('info', request({ status: 502, code: 'upstream_http_error', cause }))).toEqual([
      {
        level: 'error',
        time: '2026-01-02T03:04:05.678Z',
        msg: 'GET getPositions 502 upstream_http_error',
        requestId: 'r-1',
        operation: 'getPositions',
        method: 'GET',
        status: 502,
        code: 'upstream_http_error',
        durationMs: 12.3,
        cause: { name: 'Error', code: 'ECONNRESET', message: 'boom at <url>' },
      },
    ]);
  });

  test('invents no cause where none is known', () => {
    const failed = {
      kind: 'upstream-failed',
      operation: 'x',
      code: 'upstream_timeout',
      durationMs: 3,
    } as const;
    expect(json('info', { ...failed, cause: undefined })[0]).not.toHaveProperty('cause');
  });

  test('cannot be broken in two', () => {
    const [line = ''] = written('info', false, { kind: 'stopping', reason: 'a\nb' });
    expect(line.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('levels', () => {
  test.each<[happening: Happening, want: string]>([
    [request({}), 'debug'],
    [request({ status: 302 }), 'debug'],
    [request({ status: 400, code: 'bad_request' }), 'info'],
    [request({ status: 401, code: 'not_authenticated' }), 'info'],
    [request({ status: 403, code: 'read_only' }), 'warn'],
    [request({ status: 421, code: 'host_refused' }), 'warn'],
    [request({ status: 429, code: 'paced' }), 'warn'],
    [request({ status: 500, code: 'internal' }), 'error'],
    // Relayed from IBKR: not a failure of this server.
    [request({ status: 500 }), 'warn'],
    [request({ status: 503, operation: 'readyz' }), 'debug'],
    [{ kind: 'stopped', drained: true }, 'info'],
    [{ kind: 'stopped', drained: false }, 'warn'],
    [{ kind: 'paced', operation: 'x', outcome: 'waited', waitMs: 1 }, 'debug'],
    [{ kind: 'session', from: 'down', to: 'live', reason: '' }, 'info'],
    [{ kind: 'session', from: 'live', to: 'down', reason: '' }, 'warn'],
    [{ kind: 'keepalive', ok: true, durationMs: 1, detail: '', ssoExpiresMs: 1 }, 'debug'],
    [{ kind: 'recovery', rung: 'tickle', ok: true, detail: '' }, 'info'],
    [{ kind: 'relay', what: 'opened', open: 1 }, 'debug'],
    [{ kind: 'reader', what: 'came', how: 'poll', waiting: 1 }, 'debug'],
    [{ kind: 'reader', what: 'slow', how: 'stream', waiting: 1 }, 'warn'],
    [{ kind: 'event-dropped', topic: 'marketdata', reason: 'queue-full', count: 1 }, 'warn'],
    [{ kind: 'event-dropped', topic: 'pnl', reason: 'queue-full', count: 1 }, 'error'],
    [{ kind: 'event-store', ok: true }, 'info'],
    [{ kind: 'event-store', ok: false, cause: null }, 'error'],
    [{ kind: 'retention', ok: true, aged: 1, squeezed: 0, sizeBytes: 1, durationMs: 1 }, 'debug'],
    [{ kind: 'retention', ok: true, aged: 1, squeezed: 1, sizeBytes: 1, durationMs: 1 }, 'warn'],
    [{ kind: 'retention', ok: false, cause: null }, 'error'],
  ])('%j', (happening, want) => {
    expect(json('debug', happening)).toMatchObject([{ level: want }]);
  });

  test.each<[level: Level, want: number]>([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
    ['silent', 0],
  ])('at %s, %i of four lines', (level, want) => {
    const lines = json(
      level,
      request({}),
      { kind: 'stopping', reason: '' },
      { kind: 'warning', message: '' },
      { kind: 'penalty', operation: 'x', seconds: 1 },
    );
    expect(lines).toHaveLength(want);
  });

  test('a place that drifts is news once', () => {
    const drift = (pointer: string): Happening => ({
      kind: 'drift',
      operation: 'x',
      status: 200,
      pointer,
      message: 'm',
    });
    expect(json('debug', drift('/a'), drift('/a'), drift('/b')).map(({ level }) => level)).toEqual([
      'warn',
      'debug',
      'warn',
    ]);
  });
});

test('a terminal gets one plain line, whatever is in the words', () => {
  const [line = ''] = written('info', true, { kind: 'stopping', reason: 'SIGTERM\n\x1b[2J' });
  expect(line).toMatch(/^\d\d:\d\d:05 \x1b\[32minfo \x1b\[0m Stopping: SIGTERM \[2J\n$/);
});
