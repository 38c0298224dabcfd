// GET /events/{topic}/history: pages by time that lose nothing where times are equal, and pages by cursor.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { event, startReading, type Reading } from './reading.ts';

let on: Reading;
beforeEach(async () => {
  on = await startReading();
});
afterEach(() => on.stop());

const noon = Date.UTC(2026, 0, 31, 12);
const at = (ms: number, stream = 'orders') => event(stream, { receivedAtMs: noon + ms });

interface Page {
  topic: string;
  events: { cursor: number; received_at: string; topic: string }[];
  count: number;
  next: string | null;
}

const page = async (path: string): Promise<Page> => {
  const answer = await on.get(path);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Page;
};
const cursors = async (path: string): Promise<number[]> =>
  (await page(path)).events.map(({ cursor }) => cursor);

/** All pages in turn, by their `next`. */
async function pages(path: string): Promise<number[][]> {
  const all: number[][] = [];
  for (let next: string | null = path; next !== null;) {
    const { events, next: following }: Page = await page(next);
    all.push(events.map(({ cursor }) => cursor));
    next = following;
  }
  return all;
}

test('has the predecessor’s keys', async () => {
  await on.push(at(0), at(1));
  const { topic, events, count, next } = await page('/events/orders/history?since_ts=2026-01-31T12:00:00Z');
  expect({ topic, count, next }).toEqual({ topic: 'orders', count: 1, next: null });
  expect(events).toMatchObject([{ cursor: 2, received_at: '2026-01-31T12:00:00.001Z', topic: 'orders' }]);
});

test('times are compared as times, whatever their offset and precision', async () => {
  await on.push(at(-1), at(250), at(999), at(1000));
  expect(await cursors('/events/orders/history?since_ts=2026-01-31T12:00:00Z')).toEqual([2, 3, 4]);
  expect(await cursors('/events/orders/history?since_ts=2026-01-31T22:00:00%2B10:00')).toEqual([2, 3, 4]);
  expect(await cursors('/events/orders/history?since_ts=2026-01-31T22:00:00.250+10:00')).toEqual([3, 4]);
  expect(
    await cursors('/events/orders/history?since_ts=2026-01-31T12:00:00Z&until_ts=2026-01-31T12:00:00.999Z'),
  ).toEqual([2, 3]);
});

describe('page after page', () => {
  test('loses nothing and repeats nothing where times are equal', async () => {
    await on.push(at(0), at(1), at(1), at(1, 'pnl'), at(1), at(1), at(2));
    expect(await pages('/events/orders/history?since_ts=2026-01-31T11:00:00Z&limit=2')).toEqual([
      [1, 2],
      [3, 5],
      [6, 7],
      [],
    ]);
  });

  test('keeps what else was asked for', async () => {
    await on.push(at(0), at(1), at(1), at(5000));
    const path =
      '/events/orders/history?since_ts=2026-01-31T11:00:00Z&until_ts=2026-01-31T12:00:01Z&limit=1&raw=true';
    expect(await pages(path)).toEqual([[1], [2], [3], []]);
    expect((await page(path)).next).toContain('raw=true');
  });

  test('by cursor goes in the order of cursors', async () => {
    await on.push(at(5), at(1), at(3), at(9, 'pnl'), at(2));
    expect(await pages('/events/orders/history?after_cursor=0&limit=2')).toEqual([[1, 2], [3, 5], []]);
    expect(await cursors('/events/orders/history?after_cursor=1&until_ts=2026-01-31T12:00:00.002Z')).toEqual([
      2, 5,
    ]);
  });
});

test('of one instrument, and of the gaps', async () => {
  await on.push(at(1, 'marketdata:1'), at(2, 'marketdata:12'), at(3, 'gap'));
  const since = 'since_ts=2026-01-31T11:00:00Z';
  expect(await page(`/events/marketdata:1/history?${since}`)).toMatchObject({
    topic: 'marketdata:1',
    events: [{ cursor: 1 }],
  });
  expect(await cursors(`/events/marketdata%3A12/history?${since}`)).toEqual([2]);
  expect(await cursors(`/events/gap/history?${since}`)).toEqual([3]);
});

test.each([
  { path: 'orders/history', status: 400, code: 'missing_query_param', pointer: '/query/since_ts' },
  { path: 'orders/history?since_ts=yesterday', status: 400, code: 'bad_request', pointer: '/query/since_ts' },
  { path: 'orders/history?since_ts=2026-02-30T00:00:00Z', status: 400, pointer: '/query/since_ts' },
  { path: 'orders/history?after_cursor=-1', status: 400, pointer: '/query/after_cursor' },
  { path: 'orders/history?after_cursor=1&limit=0', status: 400, pointer: '/query/limit' },
  { path: 'orders/history?after_cursor=1&until_ts=now', status: 400, pointer: '/query/until_ts' },
])('$path is $status', async ({ path, status, code = 'bad_request', pointer }) => {
  const answer = await on.get(`/events/${path}`);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code, errors: [{ pointer }] });
});

test.each(['fills', 'marketdata', 'marketdata:AAPL', 'marketdata:1@ARCA', 'orders:1', '%FF', 'orders%2Fx'])(
  '%s has no history',
  async (topic) => {
    const answer = await on.get(`/events/${topic}/history?after_cursor=0`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'unknown_topic' });
  },
);
