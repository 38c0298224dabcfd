import { describe, expect, test } from '@jest/globals';
import type { Operation } from '../../src/contract.ts';
import { Problem } from '../../src/errors.ts';
import { Governor, type Leave, type PacingSettings, type Priority } from '../../src/request/pacing.ts';
import { SlidingWindow } from '../../src/request/sliding-window.ts';
import { ManualClock, settle } from '../manual-clock.ts';
import { operation } from './operations.ts';

const free = operation({ id: 'free' });
const slow = operation({ id: 'slow', pacing: { limit: 1, windowMs: 5000 } });
const rare = operation({ id: 'rare', pacing: { limit: 1, windowMs: 900_000 } });
const bars = operation({ id: 'bars', pacing: { concurrent: 2 } });

function setUp(settings: Partial<PacingSettings> = {}) {
  const clock = new ManualClock();
  const happenings: string[] = [];
  const governor = new Governor({
    clock,
    observe: (happening) => happenings.push(happening.kind),
    settings: { enforce: true, perSecond: 9, waitMs: 10_000, penaltyMs: 900_000, ...settings },
  });
  const started: string[] = [];
  const releases: Leave[] = [];
  const enter = (
    of: Operation,
    name: string,
    priority: Priority = 'caller',
    signal = new AbortController().signal,
  ) => {
    const entered = governor.enter(of, priority, signal).then((release) => {
      started.push(name);
      releases.push(release);
      return 'started';
    });
    return entered.catch((error: unknown) =>
      error instanceof Problem ? error : Promise.reject(error as Error),
    );
  };
  return { clock, governor, enter, started, releases, happenings };
}

describe('the sliding window', () => {
  test.each([
    { starts: [], ahead: 0, at: 0, want: 0 },
    { starts: [0], ahead: 0, at: 0, want: 0 },
    { starts: [0, 10], ahead: 0, at: 20, want: 100 },
    { starts: [0, 10], ahead: 1, at: 20, want: 110 },
    { starts: [0, 10], ahead: 2, at: 20, want: 200 },
    { starts: [0, 10], ahead: 0, at: 100, want: 100 },
    { starts: [0, 10], ahead: 1, at: 105, want: 110 },
  ])('2 in 100 ms after $starts with $ahead ahead at $at: $want', ({ starts, ahead, at, want }) => {
    const window = new SlidingWindow(2, 100);
    for (const start of starts) window.take(start);
    expect(window.freeAtMs(ahead, at)).toBe(want);
  });
});

test('no more than the global limit starts within any second, whatever the burst', async () => {
  const { clock, enter, releases } = setUp({ perSecond: 4 });
  const startedAt: number[] = [];
  for (let index = 0; index < 12; index += 1) {
    void enter(free, `call ${index}`).then(() => {
      startedAt.push(clock.now());
      releases.shift()?.('sent');
    });
  }
  await clock.advance(5000);
  expect(startedAt).toHaveLength(12);
  for (const [index, at] of startedAt.entries()) {
    const fourBefore = startedAt[index - 4];
    if (fourBefore !== undefined) expect(at - fourBefore).toBeGreaterThanOrEqual(1000);
  }
});

test('at most five calls are in flight, pacing or not, and callers leave one of them to orders', async () => {
  const { enter, started, releases } = setUp({ enforce: false });
  for (let index = 0; index < 8; index += 1) void enter(free, String(index));
  await settle();
  expect(started).toEqual(['0', '1', '2', '3']);
  void enter(free, 'order 1', 'order');
  void enter(free, 'order 2', 'order');
  await settle();
  expect(started.slice(4)).toEqual(['order 1']);
  releases[0]?.('sent');
  await settle();
  expect(started.slice(4)).toEqual(['order 1', 'order 2']);
  releases[1]?.('sent');
  releases[2]?.('sent');
  await settle();
  expect(started.slice(4)).toEqual(['order 1', 'order 2', '4']);
});

test('an order overtakes what waits, a keepalive overtakes callers', async () => {
  const { enter, started, releases } = setUp({ enforce: false });
  for (let index = 0; index < 5; index += 1) void enter(free, 'first', 'session');
  void enter(free, 'caller');
  void enter(free, 'session', 'session');
  void enter(free, 'order', 'order');
  await settle();
  for (let index = 0; index < 4; index += 1) {
    releases[index]?.('sent');
    await settle();
  }
  expect(started.slice(5)).toEqual(['order', 'session', 'caller']);
});

test('one operation that is out of turns does not hold up another', async () => {
  const { clock, enter, started } = setUp();
  void enter(slow, 'slow 1');
  void enter(slow, 'slow 2');
  void enter(free, 'free');
  await settle();
  expect(started).toEqual(['slow 1', 'free']);
  await clock.advance(5000);
  expect(started).toEqual(['slow 1', 'free', 'slow 2']);
});

test('a turn too far away is refused at once, with the time of the turn and nothing sent', async () => {
  const { enter, started } = setUp();
  void enter(rare, 'first');
  const refused = await enter(rare, 'second');
  expect(refused).toMatchObject({ code: 'paced', extra: { retryAfterSeconds: 900 } });
  expect((refused as Problem).extra.headers).toEqual({
    'ratelimit-policy': '1;w=900',
    ratelimit: 'limit=1, remaining=0, reset=900',
  });
  expect(started).toEqual(['first']);
});

test('the third of a 1-in-5-s operation waits no longer than it may', async () => {
  const { clock, enter } = setUp({ waitMs: 6000 });
  void enter(slow, 'now');
  const second = enter(slow, 'in 5 s');
  const third = await enter(slow, 'in 10 s');
  expect(third).toMatchObject({ code: 'paced', extra: { retryAfterSeconds: 10 } });
  await clock.advance(5000);
  expect(await second).toBe('started');
});

test('calls at once are limited where the table says so', async () => {
  const { enter, started, releases } = setUp();
  for (const name of ['a', 'b', 'c']) void enter(bars, name);
  await settle();
  expect(started).toEqual(['a', 'b']);
  releases[0]?.('sent');
  await settle();
  expect(started).toEqual(['a', 'b', 'c']);
});

test('a caller who leaves gives the place in the queue back', async () => {
  const { governor, enter, clock, started } = setUp();
  const abort = new AbortController();
  void enter(slow, 'first');
  const left = enter(slow, 'left', 'caller', abort.signal).catch(
    (error: unknown) => (error as Error).message,
  );
  void enter(slow, 'third');
  expect(governor.queued).toBe(2);
  abort.abort(new Error('gone'));
  expect(await left).toBe('gone');
  await clock.advance(5000);
  expect(started).toEqual(['first', 'third']);
  expect(clock.pending).toBe(0);
});

test('a 429 stops everything but orders for the penalty, a limit on calls at once only itself', async () => {
  const { clock, governor, enter, happenings } = setUp();
  governor.penalize(bars, null);
  expect(await enter(free, 'still fine')).toBe('started');
  governor.penalize(slow, null);
  expect(await enter(free, 'refused')).toMatchObject({
    code: 'penalty_box',
    extra: { retryAfterSeconds: 900 },
  });
  expect(await enter(free, 'a cancellation must be tried', 'order')).toBe('started');
  await clock.advance(900_000);
  expect(await enter(free, 'over')).toBe('started');
  expect(happenings).toContain('penalty');
});

test('who is waiting when the 429 comes is not sent into the penalty', async () => {
  const { clock, governor, enter, started } = setUp();
  void enter(slow, 'first');
  const waiting = enter(slow, 'second');
  await settle();
  governor.penalize(free, null);
  expect(await waiting).toMatchObject({ code: 'penalty_box', extra: { retryAfterSeconds: 900 } });
  await clock.advance(10_000);
  expect(started).toEqual(['first']);
  expect(clock.pending).toBe(0);
});

test('who waits for a place wakes nobody up until there is one', async () => {
  const { clock, enter, started } = setUp();
  for (const name of ['a', 'b', 'c']) void enter(bars, name);
  await settle();
  expect(started).toEqual(['a', 'b']);
  // The deadline of the one that waits.
  expect(clock.pending).toBe(1);
});

test('who gets no place in time is told that the Gateway is busy, not of a limit', async () => {
  const { clock, enter } = setUp();
  for (let index = 0; index < 4; index += 1) void enter(free, 'hanging');
  const waiting = enter(free, 'waiting');
  await clock.advance(10_001);
  const problem = (await waiting) as Problem;
  expect({ code: problem.code, ...problem.extra }).toEqual({ code: 'paced', retryAfterSeconds: 1 });
  expect(problem.message).toMatch(/busy/);
});

test('a call that never left gives its turn back', async () => {
  const { enter, releases, started } = setUp();
  void enter(rare, 'refused connection');
  await settle();
  releases[0]?.('unsent');
  expect(await enter(rare, 'again')).toBe('started');
  expect(started).toHaveLength(2);
});

test('the queue is bounded, and a crowd of callers turns no order away', async () => {
  const { enter, started, releases } = setUp({ enforce: false });
  const calls = Array.from({ length: 600 }, (_, index) => enter(free, String(index)));
  const refused = await Promise.race(calls.slice(-1));
  expect(refused).toMatchObject({ code: 'paced' });
  void enter(free, 'order 1', 'order');
  void enter(free, 'order 2', 'order');
  await settle();
  releases[0]?.('sent');
  await settle();
  expect(started.slice(4)).toEqual(['order 1', 'order 2']);
});
