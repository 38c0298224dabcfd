// Events: through connections that break, servers that die, cursors that lead nowhere.

import { afterEach, describe, expect, test } from '@jest/globals';
import { startServer } from '../../../sidecar/test/io/events-scene.ts';
import { until } from '../../../sidecar/test/io/events-until.ts';
import { createClient } from '../src/client.ts';
import type { BezantEvent, CursorExpired, EventOptions } from '../src/events.ts';
import { json, startScriptedServer, type Reply, type ScriptedServer } from './scripted-server.ts';
import { account, sharedStage, startGateway, startStage } from './stage.ts';
import { quickTime } from './waiting.ts';

type Read = BezantEvent | CursorExpired;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function take(from: AsyncIterable<Read>, count: number): Promise<Read[]> {
  const read: Read[] = [];
  for await (const event of from) if (read.push(event) === count) break;
  return read;
}

describe('a stream that is cut', () => {
  const sse = (text: string, end: (response: Parameters<Reply>[0]) => void = () => undefined): Reply => {
    return (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(text, () => end(response));
    };
  };
  const order = (cursor: number): string =>
    `id: ${cursor}\nevent: orders\ndata: {"cursor":${cursor},"topic":"orders"}\n\n`;
  const cut = (response: Parameters<Reply>[0]): void => void response.destroy();

  async function following(replies: Reply[], options: EventOptions = {}) {
    const server: ScriptedServer = await startScriptedServer(...replies);
    ends.push(() => server.stop());
    const time = quickTime();
    const faults: string[] = [];
    const stream = createClient({ baseUrl: server.url, time, apiKey: 'k' }).events('orders', {
      onReconnect: ({ kind }, waitMs) => faults.push(`${kind} ${waitMs}`),
      ...options,
    });
    return { server, stream, time, faults };
  }

  const cursors = (read: Read[]): number[] => read.map(({ cursor }) => cursor);
  const lastIds = ({ asked }: ScriptedServer) => asked.map(({ headers }) => headers['last-event-id']);

  test('goes on after the last event it told', async () => {
    const { server, stream, faults } = await following(
      [sse(order(1) + order(2), cut), sse(order(3), (response) => response.end()), sse(order(4))],
      { since: 0, raw: true, conids: [265598, '8314@ARCA'] },
    );
    expect(cursors(await take(stream, 4))).toEqual([1, 2, 3, 4]);
    expect(lastIds(server)).toEqual([undefined, '2', '3']);
    expect(faults).toEqual(['broken-off 2000', 'broken-off 2000']);
    expect(server.asked[0]).toMatchObject({
      target: '/events/stream?topics=orders%2Cmarketdata&conids=265598%2C8314%40ARCA&since=0&raw=true',
      headers: { accept: 'text/event-stream', authorization: 'Bearer k' },
    });
  });

  test('half an event is told once, when it is whole', async () => {
    const { server, stream } = await following([sse(order(1) + order(2).slice(0, -20), cut), sse(order(2))]);
    expect(cursors(await take(stream, 2))).toEqual([1, 2]);
    expect(lastIds(server)).toEqual([undefined, '1']);
  });

  test('an id alone counts: nothing is missed before the first event', async () => {
    const { server, stream } = await following([sse('id: 41\n\n', cut), sse(order(42))]);
    expect(cursors(await take(stream, 1))).toEqual([42]);
    expect(lastIds(server)).toEqual([undefined, '41']);
  });

  test('waits longer each time, as long as it is told, and begins anew after an event', async () => {
    const busy = json(503, { code: 'overloaded', message: 'm' }, { 'retry-after': '7' });
    const away = json(503, { code: 'events_history_query_failed', message: 'm' });
    const { stream, time } = await following([
      sse(order(1), cut),
      away,
      away,
      busy,
      sse(order(2), cut),
      sse(order(3)),
    ]);
    expect(cursors(await take(stream, 3))).toEqual([1, 2, 3]);
    expect(time.slept).toEqual([2000, 4000, 8000, 7000, 2000]);
  });

  test('silence is the end of a connection', async () => {
    const { stream, faults } = await following([sse(order(1)), sse(order(2))], { silenceMs: 50 });
    expect(cursors(await take(stream, 2))).toEqual([1, 2]);
    expect(faults).toEqual(['broken-off 2000']);
  });

  test('what would fail again ends it', async () => {
    const { stream } = await following([sse(order(1), cut), json(401, { code: 'api_key_required' })]);
    await expect(take(stream, 2)).rejects.toMatchObject({ kind: 'key-required' });
  });

  test('and so does a first connection that fails', async () => {
    const { stream, server } = await following([json(503, { code: 'overloaded', message: 'm' })]);
    await expect(take(stream, 1)).rejects.toMatchObject({ code: 'overloaded' });
    expect(server.asked).toHaveLength(1);
  });

  test.each(['at once', 'while it waits for events', 'while it waits to come back'])(
    'a signal ends it: %s',
    async (when) => {
      const leaving = new AbortController();
      const reason = new Error('enough');
      if (when === 'at once') leaving.abort(reason);
      const replies = when.endsWith('back') ? [sse(order(1), cut)] : [sse(order(1))];
      const { stream } = await following(replies, {
        signal: leaving.signal,
        onReconnect: () => leaving.abort(reason),
      });
      const reading = (async () => {
        for await (const event of stream)
          if (event.cursor === 1 && !when.endsWith('back')) leaving.abort(reason);
      })();
      await expect(reading).rejects.toBe(reason);
    },
  );

  test('leaving the loop lets go of the connection', async () => {
    let isGone = false;
    const { stream } = await following([
      (response) => {
        response.on('close', () => (isGone = true));
        sse(order(1))(response, { method: '', target: '', headers: {}, body: '' });
      },
    ]);
    await take(stream, 1);
    await until('the connection is let go', () => isGone);
  });
});

const withEvents = { BEZANT_EVENTS_ENABLED: 'true' };
const confirm = ['o163', 'o354', 'o10153', 'o403', 'o10151'];
const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'GTC', quantity: 1, price: 1 } as const;

describe('with bezant', () => {
  const stage = sharedStage({ env: withEvents });

  async function place(): Promise<string> {
    const outcome = await stage().direct().placeOrder(account, ticket, { confirm });
    if (outcome.kind !== 'submitted') throw new Error(`unexpected: ${outcome.kind}`);
    return outcome.orders[0]?.orderId ?? '';
  }

  const status = () =>
    stage().client().call<Record<string, unknown>>({ method: 'GET', path: '/events/_status', own: true });

  /** What happens does so while somebody follows, not before. */
  async function following<Value>(read: () => Promise<Value>, act: () => Promise<unknown>): Promise<Value> {
    const readers = async (): Promise<unknown> => (await status())['waiting_readers'];
    await until('no reader of an earlier test', async () => (await readers()) === 0);
    const reading = read();
    await until('a reader', async () => (await readers()) === 1);
    await act();
    return await reading;
  }

  test('an order is told as it changes, and read again from any cursor', async () => {
    const client = stage().client();
    await until('a connection to IBKR', async () => (await status())['connected'] === true);
    const seen: BezantEvent[] = [];
    await following(async () => {
      for await (const event of client.events('orders')) {
        if (event.topic === 'orders') seen.push(event);
        if (seen.at(-1)?.payload['status'] === 'Submitted') return;
      }
    }, place);
    expect(seen.length).toBeGreaterThan(1);
    const [again] = await take(client.events(['orders'], { since: (seen[0]?.cursor ?? 0) - 1 }), 1);
    expect(again).toEqual(seen[0]);
  });

  test('quotes of an instrument', async () => {
    const events = stage()
      .client()
      .events('marketdata', { conids: [265598], since: 0 });
    const [quote] = await take(events, 1);
    expect(quote).toMatchObject({ topic: 'marketdata', conid: 265598, payload: { conid: 265598 } });
  });

  test('a cursor that leads nowhere is told, and what comes then too', async () => {
    const gaps: Read[] = [];
    const events = stage()
      .client()
      .events('orders', { since: Number.MAX_SAFE_INTEGER, onGap: (gap) => gaps.push(gap) });
    const reading = take(events, 1);
    await place();
    expect(await reading).toMatchObject([{ topic: 'orders' }]);
    expect(gaps).toMatchObject([
      {
        topic: 'cursor_expired',
        cursor: expect.any(Number) as unknown,
        message: expect.any(String) as unknown,
      },
    ]);
  });

  test('an outage of IBKR’s is an event in the loop', async () => {
    const { client, control } = stage();
    const read = async (): Promise<Read | null> => {
      for await (const event of client().events('orders')) if (event.topic === 'gap') return event;
      return null;
    };
    expect(await following(read, () => control('DELETE /sockets'))).toMatchObject({
      topic: 'gap',
      payload: { healed: { complete: expect.any(Boolean) as unknown } },
    });
  });

  test('a topic that is none', async () => {
    const events = stage()
      .client()
      .events('quotes' as 'orders');
    await expect(take(events, 1)).rejects.toMatchObject({
      kind: 'bad-request',
      faults: [{ pointer: '/query/topics' }],
    });
  });
});

test('a server that is killed and comes back: every order once, in order', async () => {
  const { simulator, direct } = await startGateway();
  const server = await startServer(`${simulator.url}/v1/api`);
  ends.push(() => server.stop());
  await server.connected();
  const ids: string[] = [];
  const place = async (): Promise<void> => {
    const outcome = await direct().placeOrder(account, ticket, { confirm });
    if (outcome.kind === 'submitted') ids.push(outcome.orders[0]?.orderId ?? '');
  };
  await place();
  const read: BezantEvent[] = [];
  const reading = (async () => {
    for await (const event of createClient({ baseUrl: server.url }).events('orders', { since: 0 })) {
      if (event.topic === 'cursor_expired') throw new Error('nothing is lost here');
      read.push(event);
      if (event.order_id === ids[2]) return;
    }
  })();
  await until('the first order', () => read.length > 0);
  await server.kill();
  await place();
  await server.start();
  await server.connected();
  await place();
  await reading;
  const cursors = read.map(({ cursor }) => cursor);
  expect(cursors).toEqual([...new Set(cursors)].toSorted((one, other) => one - other));
  const placed = read.map(({ order_id }) => order_id).filter((id) => id !== null && ids.includes(id));
  expect([...new Set(placed)]).toEqual(ids);
});

test.each<[string, object, object]>([
  ['events switched off', { BEZANT_EVENTS_ENABLED: 'false' }, { kind: 'refused', code: 'events_disabled' }],
  [
    'no key',
    { BEZANT_AUTH: 'keys', BEZANT_API_KEYS: '0123456789abcdef0123456789abcdef' },
    { kind: 'key-required' },
  ],
])('%s', async (_, env, want) => {
  const { client } = await startStage({ env: { ...withEvents, ...env } });
  await expect(take(client().events('orders'), 1)).rejects.toMatchObject(want);
});

test('the Gateway itself has none', async () => {
  const { direct } = await startGateway();
  await expect(take(direct().events('orders'), 1)).rejects.toMatchObject({ kind: 'invalid-argument' });
});
