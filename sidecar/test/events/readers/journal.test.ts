// Memory in front of the store: whichever answers, a reader gets each event after its cursor once and in order.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../manual-clock.ts';
import { event, openNotebook, roomy, type Notebook } from './reading.ts';

let clock: ManualClock;
let notebook: Notebook;
const never = new AbortController().signal;

beforeEach(async () => {
  clock = new ManualClock();
  notebook = await openNotebook(roomy, clock);
});
afterEach(() => notebook.stop());

async function cursors(streams: readonly string[], since: number, limit = 1000): Promise<number[] | string> {
  const read = await notebook.journal.read(streams, since, limit);
  return read.expired ? `expired ${read.oldest}` : read.lines.map(({ cursor }) => cursor);
}

test('events of other streams are passed over, and the next cursor is behind them', async () => {
  await notebook.push(event('orders'), event('pnl'), event('gap'), event('orders'), event('pnl'));
  expect(await cursors(['orders', 'gap'], 0)).toEqual([1, 3, 4]);
  expect(await notebook.journal.read(['orders'], 4, 10)).toEqual({ expired: false, lines: [], next: 5 });
  expect(await notebook.journal.read(['orders'], 0, 1)).toMatchObject({ next: 1 });
});

test('what an earlier process left is read from the store, up to what is in memory', async () => {
  await notebook.push(event('orders'), event('pnl'), event('orders'));
  await notebook.restart();
  await notebook.push(event('pnl'), event('orders'));
  expect(await cursors(['orders'], 0)).toEqual([1, 3, 5]);
  expect(await cursors(['orders'], 1, 1)).toEqual([3]);
  expect(await cursors(['orders'], 3)).toEqual([5]);
  expect(notebook.journal.sizes()).toEqual({ pnl: 1, orders: 1 });
});

test('what a ring has no room for is read from the store', async () => {
  await notebook.stop();
  notebook = await openNotebook({ orders: 2, pnl: 2, marketdata: 2 }, clock);
  for (let count = 0; count < 5; count += 1) await notebook.push(event('orders'), event('pnl'));
  expect(notebook.journal.sizes()).toEqual({ orders: 2, pnl: 2 });
  expect(await cursors(['orders'], 0)).toEqual([1, 3, 5, 7, 9]);
  expect(await cursors(['orders'], 4, 2)).toEqual([5, 7]);
  expect(await cursors(['orders', 'pnl'], 7)).toEqual([8, 9, 10]);
});

test('the instruments together have a limit; the one longest silent is read from the store', async () => {
  const payload = { text: 'x'.repeat(1024 * 1024) };
  await notebook.push(event('marketdata:1', { payload }), event('orders'));
  for (let count = 0; count < 16; count += 1) await notebook.push(event('marketdata:2', { payload }));
  await notebook.push(event('marketdata:3', { payload }));
  expect(notebook.journal.sizes()).toEqual({ orders: 1, 'marketdata:2': 8, 'marketdata:3': 1 });
  expect(await cursors(['marketdata:1'], 0)).toEqual([1]);
  expect(await cursors(['marketdata:2'], 8)).toEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18]);
  expect(await cursors(['marketdata:2'], 17)).toEqual([18]);
  expect(await cursors(['marketdata:3'], 0)).toEqual([19]);
});

test('what is beyond the limit is the oldest of each instrument: the latest of all are read from memory', async () => {
  const payload = { text: 'x'.repeat(64 * 1024) };
  const instruments = Array.from({ length: 30 }, (_, index) => `marketdata:${index + 1}`);
  for (let count = 0; count < 20; count += 1)
    await notebook.push(...instruments.map((stream) => event(stream, { payload })));
  await notebook.store.stop();
  const latest = Array.from({ length: 60 }, (_, index) => 541 + index);
  expect(await cursors(instruments, 540)).toEqual(latest);
});

describe('a cursor that leads nowhere', () => {
  test('lies beyond the head', async () => {
    await notebook.push(event('pnl'), event('orders'), event('orders'));
    expect(await cursors(['orders'], 3)).toEqual([]);
    expect(await cursors(['orders'], 4)).toBe('expired 2');
    expect(await cursors(['trades'], 4)).toBe('expired 1');
  });

  test('has what came after it deleted', async () => {
    const dayMs = 86_400_000;
    await notebook.push(event('orders'), event('pnl'), event('orders'));
    await notebook.push(event('orders', { receivedAtMs: 1_700_000_000_000 + 10 * dayMs }));
    const keepDays = { orders: 1, trades: 1, pnl: 90, marketdata: 1, notifications: 1, session: 1, gap: 1 };
    await notebook.store.prune({ keepDays, capBytes: 1e9 }, 1_700_000_000_000 + 10 * dayMs);
    expect(await cursors(['orders'], 0)).toEqual([1, 3, 4]);
    await notebook.restart();
    expect(await cursors(['orders'], 0)).toBe('expired 4');
    expect(await cursors(['orders'], 2)).toBe('expired 4');
    expect(await cursors(['orders'], 3)).toEqual([4]);
    expect(await cursors(['pnl'], 0)).toEqual([2]);
    expect(await cursors(['gap', 'pnl'], 0)).toEqual([2]);
  });
});

describe('waiting', () => {
  const wait = (streams: readonly string[], since: number, ms = 1000): Promise<boolean> =>
    notebook.journal.wait(streams, since, ms, never);

  test('ends at once when there is something already', async () => {
    await notebook.push(event('orders'));
    expect(await wait(['pnl', 'orders'], 0)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('ends with the first event of one of the streams, once for a whole batch', async () => {
    await notebook.push(event('orders'));
    let woken = 0;
    const waits = ['orders', 'trades'].map((other) => wait([other, 'gap'], 1).then(() => (woken += 1)));
    await notebook.push(event('pnl'));
    await clock.advance(0);
    expect(woken).toBe(0);
    await notebook.push(event('gap'), event('orders'), event('trades'), event('gap'));
    await Promise.all(waits);
    expect(woken).toBe(2);
    expect(clock.pending).toBe(0);
  });

  test('ends without news when the time is over, or the reader has left', async () => {
    const waiting = wait(['orders'], 0, 500);
    await clock.advance(500);
    expect(await waiting).toBe(false);
    const leaving = new AbortController();
    const left = notebook.journal.wait(['orders'], 0, 500, leaving.signal);
    leaving.abort();
    expect(await left).toBe(false);
    expect(clock.pending).toBe(0);
  });

  test('does not go round in circles for a stream of which nothing is in memory', async () => {
    await notebook.push(event('orders'));
    await notebook.restart();
    expect(await cursors(['trades'], 0)).toEqual([]);
    const waiting = wait(['trades'], 0, 500);
    await clock.advance(500);
    expect(await waiting).toBe(false);
  });
});

describe('the epoch of an event', () => {
  const epochsOf = async (): Promise<number[]> => {
    const read = await notebook.journal.read(['orders', 'gap'], 0, 100);
    return read.expired ? [] : read.lines.map(({ epoch }) => epoch);
  };

  test('is that of its connection, in memory and in the store', async () => {
    const gap = (epoch: number) => event('gap', { payload: { new_reset_epoch: epoch } });
    notebook.epoch = 6;
    await notebook.push(event('orders'));
    notebook.epoch = 7;
    await notebook.push(gap(7), event('orders'));
    notebook.epoch = 9;
    await notebook.push(gap(9), event('orders'));
    expect(await epochsOf()).toEqual([6, 7, 7, 9, 9]);
    await notebook.restart();
    expect(await epochsOf()).toEqual([6, 7, 7, 9, 9]);
    await notebook.push(gap(10), event('orders'));
    expect(await epochsOf()).toEqual([6, 7, 7, 9, 9, 10, 10]);
  });
});

test('a store that fails is told as such', async () => {
  await notebook.push(event('orders'));
  await notebook.restart();
  await notebook.store.stop();
  await expect(notebook.journal.read(['orders'], 0, 10)).rejects.toMatchObject({
    code: 'events_history_query_failed',
    status: 503,
  });
});
