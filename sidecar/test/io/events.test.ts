// Events of the built server, before a simulator that lives as an account does: what is read, what is refused, and what
// stays true over restarts and reconnects.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startPoller, startStreamReader, type Reader, type Told } from './events-reader.ts';
import { startScene, type Scene } from './events-scene.ts';
import { until } from './events-until.ts';
import { expectProblem } from './expect-problem.ts';
import { startSidecar } from './sidecar-process.ts';
import { send, type Answer } from './wire.ts';

interface Page {
  events: Told[];
  next_cursor: number;
  reset_epoch: number;
}

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
  // The order that was there before us is an event too.
  await scene.server.caughtUp();
}, 60_000);
afterAll(() => scene.stop());

const readers: Reader[] = [];
afterEach(async () => {
  for (const reader of readers.splice(0)) await reader.stop();
});
const reading = (reader: Reader): Reader => {
  readers.push(reader);
  return reader;
};

const get = (path: string): Promise<Answer> => scene.server.get(path);
const pageOf = ({ status, text, json }: Answer): Page => {
  if (status !== 200) throw new Error(`${status} ${text}`);
  return json as Page;
};
const page = async (path: string): Promise<Page> => pageOf(await get(path));

/** The head of everything, by a reader that wants nothing of the past. */
const head = async (): Promise<number> =>
  Number((await get('/events/orders?since=now')).get('x-bezant-cursor'));

describe('reading', () => {
  test('an order and its executions come as one event each, with what identifies them', async () => {
    const since = await head();
    const orderId = await scene.trader.buy();
    const trades = await until('both executions with their commissions', async () => {
      const answer = await get(`/events/trades?since=${since}&limit=1000`);
      if (answer.status !== 200) return null;
      const { events } = pageOf(answer);
      const finished = events.filter(({ payload }) => payload['commission'] !== undefined);
      return finished.length === 2 ? events : null;
    });
    expect(new Set(trades.map(({ order_id }) => order_id))).toEqual(new Set([orderId]));
    const { executions } = await scene.trader.writeDown();
    for (const { execution_id, account, conid, payload } of trades) {
      expect({ execution_id, account, conid }).toEqual({
        execution_id: payload['execution_id'],
        account: 'DU1234567',
        conid: 265598,
      });
      expect(executions.has(String(execution_id))).toBe(true);
    }
    const orders = (await page(`/events/orders?since=${since}`)).events;
    expect(orders.map(({ order_id }) => order_id)).toEqual(orders.map(() => orderId));
    expect(orders.map(({ payload }) => [payload['status'], payload['filledQuantity']])).toEqual([
      ['Inactive', 0],
      ['PendingSubmit', 0],
      ...orders.slice(2, -2).map(({ payload }) => [payload['status'], 0]),
      ['Submitted', 4],
      ['Filled', 10],
    ]);
    expect(new Set(orders.map(({ account, conid, topic }) => `${account} ${conid} ${topic}`))).toEqual(
      new Set(['DU1234567 265598 orders']),
    );
  });

  test('IBKR’s repetitions are told once', async () => {
    const orderId = await scene.trader.buy();
    const reader = reading(startPoller(scene.server.url, '/events/trades'));
    await until(
      'the commissions',
      () =>
        reader.events.filter(
          ({ order_id, payload }) => order_id === orderId && payload['commission'] !== undefined,
        ).length === 2,
    );
    // `str` repeats every execution each 3 s: ten times over.
    await scene.simulator.control('POST /clock', { advanceMs: 30_000 });
    const next = await scene.trader.buy();
    await reader.sees('what came after the repetitions', ({ order_id }) => order_id === next);
    const told = reader.events
      .filter(({ order_id }) => order_id === orderId)
      .map(({ execution_id, payload }) => `${String(execution_id)} ${String(payload['commission'])}`);
    expect(told).toHaveLength(new Set(told).size);
  });

  test('200 with events, 204 without, and a cursor to go on from in both', async () => {
    await scene.trader.place();
    const all = await page('/events/orders?limit=1000');
    const first = await page('/events/orders?limit=2');
    expect(first.events).toEqual(all.events.slice(0, 2));
    expect(first.next_cursor).toBe(all.events[1]?.cursor);
    const second = await page(`/events/orders?since=${first.next_cursor}&limit=2`);
    expect(second.events).toEqual(all.events.slice(2, 4));
    const answer = await until('the end of the orders', async () => {
      const at = Number((await get('/events/orders?since=now')).get('x-bezant-cursor'));
      const nothing = await get(`/events/orders?since=${at}`);
      return nothing.status === 204 ? nothing : null;
    });
    expect(answer.body).toHaveLength(0);
    expect(Number(answer.get('x-bezant-cursor'))).toBeGreaterThanOrEqual(all.next_cursor);
  });

  test('a cursor beyond all that was given is 412, and leads back to what there is', async () => {
    const answer = await get('/events/orders?since=9000000000000000');
    const problem = expectProblem(answer, { status: 412, code: 'cursor_expired' });
    const oldest = (await page('/events/orders?limit=1')).events[0]?.cursor ?? 0;
    expect(problem).toMatchObject({ head_cursor: oldest, reset_epoch: expect.any(Number) as unknown });
    const again = await page(`/events/orders?since=${oldest - 1}&limit=1`);
    expect(again.events[0]?.cursor).toBe(oldest);
  });

  test('a limit above the highest is the highest', async () => {
    expect((await page('/events/pnl?limit=99999999')).events.length).toBeLessThanOrEqual(1000);
  });

  test('waiting ends with the event, and long before its time', async () => {
    const since = await head();
    const waiting = fetch(`${scene.server.url}/events/notifications?since=${since}&wait=30`);
    await until('a waiting reader', async () => Number((await scene.server.status())['waiting_readers']) > 0);
    const startedMs = performance.now();
    const notice = { topic: 'ntf', args: { id: 'n1', title: 'Margin', text: 'Mind your margin', url: '' } };
    await scene.simulator.control('POST /frames', { text: JSON.stringify(notice) });
    const answer = await waiting;
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as Page).events[0]).toMatchObject({
      topic: 'notifications',
      payload: { id: 'n1', text: 'Mind your margin' },
    });
  });

  test('a wait without news is 204 when its time is over', async () => {
    const startedMs = performance.now();
    expect((await get('/events/notifications?since=now&wait=1')).status).toBe(204);
    expect(performance.now() - startedMs).toBeGreaterThan(900);
  });

  test('ntf, sts and str are there to see', async () => {
    const frames = [
      { topic: 'ntf', args: { id: 'n2', title: 'T', text: 'seen', url: '' } },
      { topic: 'blt', args: { id: 'b1', message: 'a bulletin' } },
    ];
    for (const frame of frames)
      await scene.simulator.control('POST /frames', { text: JSON.stringify(frame) });
    await scene.trader.buy();
    const notifications = await until('notice and bulletin', async () => {
      const { events } = await page('/events/notifications');
      const ids = events.map(({ payload }) => payload['id']);
      return ids.includes('n2') && ids.includes('b1') ? events : null;
    });
    expect(notifications.every(({ topic }) => topic === 'notifications')).toBe(true);
    const session = (await page('/events/session')).events;
    expect(session).toContainEqual(
      expect.objectContaining({
        payload: expect.objectContaining({ authenticated: true, competing: false }) as unknown,
      }),
    );
    expect((await page('/events/trades')).events.length).toBeGreaterThan(0);
    // The session's id is as good as a password.
    expect(JSON.stringify(session)).not.toMatch(/"sessionId":"[0-9a-f]/);
  });

  test('profit and loss have their account', async () => {
    const events = await until('profits', async () => {
      const found = (await page('/events/pnl')).events.filter(({ topic }) => topic === 'pnl');
      return found.length > 0 ? found : null;
    });
    expect(new Set(events.map(({ account }) => account))).toEqual(new Set(['DU1234567']));
  });

  test.each(['265598', '265598@ARCA'])('quotes of %s come for whoever asks', async (conid) => {
    const event = await until(`quotes of ${conid}`, async () => {
      const answer = await get(`/events/marketdata?conid=${conid}&limit=1000`);
      if (answer.status !== 200) return null;
      return pageOf(answer).events.find(({ payload }) => payload['topic'] === `smd+${conid}`);
    });
    expect(event).toMatchObject({ topic: 'marketdata', conid: 265598, payload: { conid: 265598 } });
  });

  test('the frame behind an event comes with raw=true alone', async () => {
    await scene.trader.place();
    const withRaw = await until('an order', async () => {
      const answer = await get('/events/orders?raw=true&limit=1000');
      return answer.status === 200 ? (answer.json as { events: (Told & { raw: string })[] }) : null;
    });
    const last = withRaw.events.filter(({ topic }) => topic === 'orders').at(-1);
    expect(JSON.parse(last?.raw ?? '')).toMatchObject({ topic: 'sor', args: [{ acct: 'DU1234567' }] });
    expect((await page('/events/orders')).events.some((event) => 'raw' in event)).toBe(false);
  });

  test('the stream tells the same, and goes on from Last-Event-ID', async () => {
    const before = (await page('/events/orders?limit=1000')).events;
    const reader = reading(startStreamReader(scene.server.url, '?topics=orders,trades'));
    const orderId = await scene.trader.buy();
    await reader.sees(
      'the order filled',
      ({ order_id, payload }) => order_id === orderId && payload['status'] === 'Filled',
    );
    const orders = reader.events.filter(({ topic }) => topic !== 'trades');
    expect(orders.slice(0, before.length)).toEqual(before);
    const cursors = reader.events.map(({ cursor }) => cursor);
    expect(cursors).toEqual([...new Set(cursors)].sort((a, b) => a - b));
  });
});

describe('history', () => {
  const order = (orderId: number): unknown => ({
    acct: 'DU1234567',
    orderId,
    status: 'Submitted',
    conid: 8314,
  });
  const ties = [701, 702, 703, 704, 705];

  test('pages through events of one millisecond without loss or repetition', async () => {
    const from = new Date(Date.now() - 1).toISOString();
    const since = await head();
    const frame = { topic: 'sor', args: ties.map(order) };
    await scene.simulator.control('POST /frames', { text: JSON.stringify(frame) });
    const events = await until('five orders of one frame', async () => {
      const answer = await get(`/events/orders?since=${since}`);
      if (answer.status !== 200) return null;
      const found = pageOf(answer).events.filter(({ order_id }) => ties.includes(Number(order_id)));
      return found.length === 5 ? found : null;
    });
    expect(new Set(events.map(({ received_at }) => received_at)).size).toBe(1);

    for (const limit of [1, 2, 3]) {
      const told: Told[] = [];
      let path: string | null = `/events/orders/history?since_ts=${encodeURIComponent(from)}&limit=${limit}`;
      while (path !== null) {
        const answer = await get(path);
        expect(answer.status).toBe(200);
        const found = answer.json as { events: Told[]; count: number; next: string | null };
        expect(found.count).toBe(found.events.length);
        told.push(...found.events);
        path = found.next;
      }
      const ids = told.map(({ order_id }) => Number(order_id)).filter((id) => ties.includes(id));
      expect({ limit, ids }).toEqual({ limit, ids: ties });
    }
  });

  test('a time to the second has all that came later in that second, whatever its offset', async () => {
    const [event] = await until('an event off the full second', async () => {
      await scene.trader.place();
      const { events } = await page('/events/orders?limit=1000');
      const found = events.filter(
        ({ received_at, topic }) => topic === 'orders' && !received_at.endsWith('.000Z'),
      );
      return found.length > 0 ? found.slice(-1) : null;
    });
    if (event === undefined) throw new Error('there is none');
    const second = event.received_at.slice(0, 19);
    const sydney = new Date(Date.parse(`${second}Z`) + 10 * 3_600_000).toISOString().slice(0, 19);
    for (const time of [`${second}Z`, `${sydney}+10:00`]) {
      const answer = await get(`/events/orders/history?since_ts=${encodeURIComponent(time)}`);
      const cursors = (answer.json as { events: Told[] }).events.map(({ cursor }) => cursor);
      expect(cursors).toContain(event.cursor);
    }
    const exact = await get(`/events/orders/history?since_ts=${event.received_at}`);
    const later = (exact.json as { events: Told[] }).events.map(({ cursor }) => cursor);
    expect(later).not.toContain(event.cursor);
  });
});

describe('what is wrong is named', () => {
  test.each([
    ['/events/orders?since=-1', 400, 'bad_request', '/query/since'],
    ['/events/orders?since=1.5', 400, 'bad_request', '/query/since'],
    ['/events/orders?since=yesterday', 400, 'bad_request', '/query/since'],
    ['/events/orders?since=', 400, 'bad_request', '/query/since'],
    ['/events/orders?limit=0', 400, 'bad_request', '/query/limit'],
    ['/events/orders?limit=-5', 400, 'bad_request', '/query/limit'],
    ['/events/orders?limit=ten', 400, 'bad_request', '/query/limit'],
    ['/events/orders?wait=86400', 400, 'bad_request', '/query/wait'],
    ['/events/orders?wait=-1', 400, 'bad_request', '/query/wait'],
    ['/events/orders?raw=perhaps', 400, 'bad_request', '/query/raw'],
    ['/events/marketdata?conid=AAPL', 400, 'bad_request', '/query/conid'],
    ['/events/marketdata?conid=-1', 400, 'bad_request', '/query/conid'],
    ['/events/marketdata', 400, 'missing_query_param', '/query/conid'],
    ['/events/orders/history', 400, 'missing_query_param', '/query/since_ts'],
    ['/events/orders/history?since_ts=yesterday', 400, 'bad_request', '/query/since_ts'],
    ['/events/orders/history?since_ts=2026-02-30T00:00:00Z', 400, 'bad_request', '/query/since_ts'],
    ['/events/orders/history?since_ts=2026-01-01T00:00:00Z&limit=0', 400, 'bad_request', '/query/limit'],
    ['/events/stream?topics=weather', 400, 'bad_request', '/query/topics'],
    ['/events/stream?conids=AAPL', 400, 'bad_request', '/query/conids'],
  ])('%s', async (path, status, code, pointer) => {
    expectProblem(await get(path), { status, code, pointers: [pointer] });
  });

  test('all faults of a request together', async () => {
    const answer = await get('/events/orders?since=-1&limit=0&wait=x');
    const pointers = ['/query/since', '/query/limit', '/query/wait'];
    expectProblem(answer, { status: 400, code: 'bad_request', pointers });
  });

  test.each(['/events/weather', '/events/weather/history?since_ts=2026-01-01T00:00:00Z'])(
    '%s is an unknown topic',
    async (path) => {
      expectProblem(await get(path), { status: 404, code: 'unknown_topic' });
    },
  );

  test('events are read, not written', async () => {
    const answer = await send(scene.server.url, { method: 'POST', path: '/events/orders', body: '{}' });
    expectProblem(answer, { status: 405, code: 'method_not_allowed' });
  });

  test('switched off, every path says so and no connection is made', async () => {
    const sockets = async (): Promise<number> =>
      ((await scene.simulator.control('GET /state')) as { sockets: number }).sockets;
    const before = await sockets();
    const sidecar = await startSidecar(scene.simulator.apiUrl, { BEZANT_EVENTS_ENABLED: '0' });
    try {
      const paths = ['/events/orders', '/events/_status', '/events/stream', '/events/orders/history'];
      for (const path of paths)
        expectProblem(await send(sidecar.url, { path }), { status: 503, code: 'events_disabled' });
      expect(await sockets()).toBe(before);
      // IBKR's WebSocket is there all the same, and its first client makes the connection for all.
      const clients = [1, 2].map(() => new WebSocket(`${sidecar.url.replace('http', 'ws')}/v1/api/ws`));
      const greeted = clients.map(async (client) => {
        const topics = new Set<unknown>();
        client.on('message', (data) => {
          const { topic } = JSON.parse((data as Buffer).toString()) as { topic: unknown };
          topics.add(topic);
        });
        client.once('open', () => client.send('spl+{}'));
        const wanted = ['system', 'act', 'sts', 'spl'];
        await until('the greeting and profits', () => wanted.every((topic) => topics.has(topic)));
        client.close();
      });
      await Promise.all(greeted);
      expect(await sockets()).toBe(before + 1);
    } finally {
      await sidecar.stop();
    }
  });
});
