// GET /events/{topic} over HTTP: the predecessor's answers, waiting, and faults named.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { event, startReading, type Reading } from './reading.ts';

let on: Reading;
beforeEach(async () => {
  on = await startReading();
});
afterEach(() => on.stop());

interface Body {
  events: { cursor: number; topic: string }[];
  next_cursor: number;
  reset_epoch: number;
}

const body = async (path: string): Promise<Body> => {
  const answer = await on.get(path);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Body;
};

const cursors = async (path: string): Promise<number[]> =>
  (await body(path)).events.map(({ cursor }) => cursor);

test('an event has the predecessor’s members and its keys; the frame only when asked for', async () => {
  await on.push(
    event('orders', {
      account: 'DU1',
      orderId: '77',
      conid: 265598,
      payload: { orderId: 77, status: 'Filled' },
      raw: '{"topic":"sor"}',
    }),
    event('trades', { executionId: 'e1', healed: true }),
  );
  const want = {
    cursor: 1,
    topic: 'orders',
    received_at: '2023-11-14T22:13:20.000Z',
    reset_epoch: 1,
    account: 'DU1',
    order_id: '77',
    conid: 265598,
    execution_id: null,
    healed: false,
    payload: { orderId: 77, status: 'Filled' },
  };
  expect(await body('/events/orders')).toEqual({ events: [want], next_cursor: 1, reset_epoch: 1 });
  expect((await body('/events/orders?raw=true')).events).toEqual([{ ...want, raw: '{"topic":"sor"}' }]);
  expect((await body('/events/trades?raw=1')).events).toMatchObject([
    { execution_id: 'e1', healed: true, raw: null },
  ]);
});

describe('the table of answers', () => {
  test('a topic without any event is an empty list', async () => {
    expect(await body('/events/orders')).toEqual({ events: [], next_cursor: 0, reset_epoch: 1 });
  });

  test.each([
    { path: '/events/orders?since=3', cursor: '4' },
    { path: '/events/orders?since=4', cursor: '4' },
    { path: '/events/orders?since=now', cursor: '4' },
    { path: '/events/gap?since=now&limit=5', cursor: '4' },
  ])('$path is read to its end', async ({ path, cursor }) => {
    await on.push(event('orders'), event('orders'), event('orders'), event('pnl'));
    const answer = await on.get(path);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('x-bezant-cursor')).toBe(cursor);
  });

  test('one page after the other', async () => {
    for (let count = 0; count < 5; count += 1) await on.push(event('orders'), event('pnl'));
    expect(await cursors('/events/orders?limit=2')).toEqual([1, 3]);
    expect(await cursors('/events/orders?limit=2&since=3')).toEqual([5, 7]);
    expect(await cursors('/events/orders?limit=2&since=7')).toEqual([9]);
    const answer = await on.get('/events/orders?since=5&limit=1');
    expect(answer.headers.get('x-bezant-cursor')).toBe('7');
  });

  test('a thousand events at most, a hundred unless told', async () => {
    await on.push(...Array.from({ length: 1001 }, () => event('orders')));
    expect(await cursors('/events/orders')).toHaveLength(100);
    expect(await cursors('/events/orders?limit=1000')).toHaveLength(1000);
    expect(await cursors('/events/orders?limit=999999')).toHaveLength(1000);
  });

  test('a cursor from beyond the head, as another database gave it, is 412 with where to go on', async () => {
    await on.push(event('pnl'), event('orders'), event('orders'));
    const answer = await on.get('/events/orders?since=500');
    expect(answer.status).toBe(412);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = (await answer.json()) as { head_cursor: number; message: string };
    expect(problem).toMatchObject({
      code: 'cursor_expired',
      status: 412,
      head_cursor: 2,
      reset_epoch: 1,
      message: expect.stringContaining('since=1') as unknown,
    });
    expect(await cursors(`/events/orders?since=${problem.head_cursor - 1}`)).toEqual([2, 3]);
  });

  test('after a restart a cursor goes on', async () => {
    await on.push(event('orders'), event('orders'), event('orders'));
    await on.restart();
    expect((await on.get('/events/orders?since=3')).status).toBe(204);
    await on.push(event('orders'));
    expect(await body('/events/orders?since=3')).toMatchObject({
      events: [{ cursor: 4, reset_epoch: 2 }],
      next_cursor: 4,
      reset_epoch: 2,
    });
    expect(await cursors('/events/orders?since=0')).toEqual([1, 2, 3, 4]);
  });

  test('a gap is told once in each topic, with the epoch that begins after it', async () => {
    await on.push(event('orders'), event('pnl'));
    on.epoch = 2;
    await on.push(event('gap', { payload: { new_reset_epoch: 2 } }), event('orders'));
    const topics = async (path: string) => (await body(path)).events.map(({ topic }) => topic);
    expect(await topics('/events/orders?since=0')).toEqual(['orders', 'gap', 'orders']);
    expect(await topics('/events/pnl')).toEqual(['pnl', 'gap']);
    expect(await topics('/events/gap')).toEqual(['gap']);
    expect(await body('/events/gap')).toMatchObject({ reset_epoch: 2 });
  });
});

describe('marketdata', () => {
  test('is read by instrument, and keeps it subscribed', async () => {
    await on.push(event('marketdata:265598'), event('marketdata:8314'));
    expect(await cursors('/events/marketdata?conid=265598')).toEqual([1]);
    expect(await cursors('/events/marketdata?conid=265598%40ARCA')).toEqual([1]);
    expect(on.subscribed).toEqual(['touch 265598', 'touch 265598@ARCA']);
  });

  test('needs a line', async () => {
    on.subscribable = new Set(['8314']);
    expect((await on.get('/events/marketdata?conid=8314')).status).toBe(200);
    const answer = await on.get('/events/marketdata?conid=265598');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'events_subscribe_failed' });
  });
});

describe('waiting', () => {
  test('is answered with the first event', async () => {
    await on.push(event('orders'));
    const waiting = body('/events/orders?since=1&wait=60');
    const other = body('/events/orders?since=1&wait=60');
    await waiters(2);
    await on.push(event('pnl'));
    await on.push(event('orders'), event('orders'));
    expect((await waiting).events.map(({ cursor }) => cursor)).toEqual([3, 4]);
    expect((await other).next_cursor).toBe(4);
    await waiters(0);
  });

  test('is not needed when there is one', async () => {
    await on.push(event('orders'));
    expect(await cursors('/events/orders?wait=60')).toEqual([1]);
  });

  test('for nothing is 204 with the cursor to go on from', async () => {
    await on.push(event('orders'), event('pnl'));
    const answer = await on.get('/events/orders?since=1&wait=1');
    expect(answer.status).toBe(204);
    expect(answer.headers.get('x-bezant-cursor')).toBe('2');
  });

  test('ends when the server stops', async () => {
    const waiting = on.get('/events/orders?since=now&wait=60');
    await waiters(1);
    on.routes.stop();
    expect((await waiting).status).toBe(204);
  });

  test('ends when the caller leaves', async () => {
    const leaving = new AbortController();
    const waiting = fetch(`${on.url}/events/orders?since=now&wait=60`, { signal: leaving.signal });
    await waiters(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow();
    await waiters(0);
  });

  async function waiters(count: number): Promise<void> {
    const status = async () =>
      (await (await on.get('/events/_status')).json()) as { waiting_readers: number };
    while ((await status()).waiting_readers !== count);
  }
});

test.each([
  { query: 'since=-1', pointer: '/query/since' },
  { query: 'since=', pointer: '/query/since' },
  { query: 'since=1.5', pointer: '/query/since' },
  { query: 'since=later', pointer: '/query/since' },
  { query: 'since=99999999999999999999', pointer: '/query/since' },
  { query: 'limit=0', pointer: '/query/limit' },
  { query: 'limit=-5', pointer: '/query/limit' },
  { query: 'limit=ten', pointer: '/query/limit' },
  { query: 'wait=61', pointer: '/query/wait' },
  { query: 'wait=1e3', pointer: '/query/wait' },
  { query: 'raw=maybe', pointer: '/query/raw' },
  { topic: 'marketdata', query: 'conid=AAPL', pointer: '/query/conid' },
  { topic: 'marketdata', query: 'conid=0', pointer: '/query/conid' },
  { topic: 'marketdata', query: 'conid=265598@', pointer: '/query/conid' },
  { topic: 'marketdata', query: 'since=1', pointer: '/query/conid', code: 'missing_query_param' },
])('$topic?$query is 400', async ({ topic = 'orders', query, pointer, code = 'bad_request' }) => {
  const answer = await on.get(`/events/${topic}?${query}`);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(await answer.json()).toMatchObject({ code, errors: [{ pointer }] });
  expect(on.subscribed).toEqual([]);
});

test('all faults are told together', async () => {
  const problem = (await (await on.get('/events/orders?since=x&limit=0&wait=y')).json()) as {
    errors: unknown[];
  };
  expect(problem.errors).toHaveLength(3);
});

test.each([
  { path: '/events/fills', status: 404, code: 'unknown_topic' },
  { path: '/events/constructor', status: 404, code: 'unknown_topic' },
  { path: '/events/marketdata:265598', status: 404, code: 'unknown_topic' },
  { path: '/events/orders', method: 'POST', status: 405, code: 'method_not_allowed' },
])('$method $path is $status', async ({ path, method, status, code }) => {
  const answer = await on.get(path, {}, method);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
});

test('a HEAD tells where things stand and waits for nothing', async () => {
  await on.push(event('orders'), event('orders'));
  for (const path of ['/events/orders', '/events/orders?since=now&wait=60']) {
    const answer = await on.get(path, {}, 'HEAD');
    expect([200, 204]).toContain(answer.status);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('x-bezant-cursor')).toBe('2');
  }
});

test('_status tells the connection and what is buffered', async () => {
  await on.push(event('orders'), event('orders'), event('marketdata:1'));
  expect(await (await on.get('/events/_status')).json()).toEqual({
    connected: true,
    last_message_at: null,
    reconnect_count: 0,
    uptime_seconds: 5,
    topics_subscribed: ['orders'],
    reset_epoch: 1,
    head_cursor: 3,
    buffer_sizes: { orders: 2, 'marketdata:1': 1 },
    waiting_readers: 0,
  });
});
