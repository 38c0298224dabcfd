// The one connection to IBKR, held against a Gateway that does what a test says: when it is made, what is sent over it, what
// it survives, and when it is given up. The server's times are real here, so each case takes as long as it says.

import { expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import {
  accounts,
  orderOf,
  ordersFrame,
  startEventsGateway,
  status,
  system,
  type EventsGateway,
  type Line,
} from './events-gateway.ts';
import type { Told } from './events-reader.ts';
import { startServer, type Server } from './events-scene.ts';
import { until } from './events-until.ts';

interface Stage {
  gateway: EventsGateway;
  server: Server;
  /** The connection of this number, greeted, and with its subscriptions. */
  connected: (number?: number) => Promise<Line>;
  eventsOf: (path: string) => Promise<Told[]>;
  orderIds: () => Promise<string[]>;
  told: (orderId: number) => Promise<void>;
}

/** Stories are independent and mostly wait, so they are played side by side. */
const story = (name: string, play: (stage: Stage) => Promise<void>): void =>
  test.concurrent(
    name,
    async () => {
      await using ending = new AsyncDisposableStack();
      const gateway = await startEventsGateway();
      ending.defer(() => gateway.stop());
      const server = await startServer(gateway.apiUrl);
      ending.defer(() => server.stop());
      await play(stageOf(gateway, server));
    },
    300_000,
  );

const verbsOf = ({ received }: Line): string[] => received.map((text) => text.split('+', 1)[0] ?? '');
const isSubscribed = (line: Line): boolean =>
  ['sor', 'str', 'spl'].every((verb) => verbsOf(line).includes(verb));
const subscribed = (line: Line): Promise<boolean> => until('subscriptions', () => isSubscribed(line));

function stageOf(gateway: EventsGateway, server: Server): Stage {
  const stage: Stage = {
    gateway,
    server,
    async connected(number = 1) {
      const line = await gateway.line(number);
      line.greet();
      await server.connected();
      await subscribed(line);
      return line;
    },
    async eventsOf(path) {
      const answer = await server.get(path);
      return answer.status === 200 ? (answer.json as { events: Told[] }).events : [];
    },
    async orderIds() {
      const events = await stage.eventsOf('/events/orders?limit=1000');
      return events.flatMap(({ topic, order_id }) => (topic === 'orders' ? [String(order_id)] : []));
    },
    async told(orderId) {
      await until(`order ${orderId}`, async () => (await stage.orderIds()).includes(String(orderId)));
    },
  };
  return stage;
}

story(
  'nothing is subscribed before IBKR has named the user and the session, and everything at once after',
  async ({ gateway, server }) => {
    const line = await gateway.line(1);
    line.say({ topic: 'system', hb: 1 });
    line.say(accounts);
    line.say({ ...status, args: { ...status.args, authenticated: false } });
    // Frames are handled in their order: what `held` shows has seen all of these.
    await until('the connection held', async () => JSON.stringify(await server.status()).includes('held'));
    line.say(system);
    expect((await server.status())['connected']).toBe(false);
    expect(verbsOf(line).filter((verb) => verb !== 'tic')).toEqual([]);
    line.say(status);
    await subscribed(line);
    await server.connected();
  },
);

story('a connection that never becomes ready is given up for another', async ({ gateway }) => {
  const line = await gateway.line(1);
  line.say({ message: 'waiting for session' });
  await gateway.line(2, 25_000);
  expect(line.received).toEqual([]);
});

story('after a reconnect everything is subscribed again, quotes too', async ({ server, connected }) => {
  const first = await connected();
  await server.get('/events/marketdata?conid=265598');
  await until('quotes asked for', () => first.received.some((text) => text.startsWith('smd+265598')));
  first.socket.terminate();
  const second = await connected(2);
  await until('quotes asked for again', () => second.received.some((text) => text.startsWith('smd+265598')));
});

story(
  'however many attempts an outage takes, it is one gap, told once in every topic and kept',
  async ({ gateway, server, connected, eventsOf, orderIds, told }) => {
    const first = await connected();
    first.say(ordersFrame(orderOf(1)));
    await told(1);
    const epochBefore = Number((await server.status())['reset_epoch']);
    const lostMs = Date.now();
    gateway.onDial('refuse');
    first.socket.terminate();
    await until('two attempts in vain', () => gateway.dialedMs.length >= 3, 20_000);
    gateway.onDial('accept');
    const second = await gateway.line(2);
    second.greet();
    second.say(ordersFrame(orderOf(1), orderOf(2)));
    await told(2);
    const [gap, ...more] = await until('the gap', async () => {
      const gaps = await eventsOf('/events/gap');
      return gaps.length > 0 ? gaps : null;
    });
    expect(more).toEqual([]);
    expect(gap?.topic).toBe('gap');
    expect(gap?.payload['new_reset_epoch']).toBeGreaterThan(epochBefore);
    const times = Object.values(gap?.payload ?? {})
      .filter((value): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value))
      .map((text) => Date.parse(text))
      .sort((a, b) => a - b);
    expect(times[0]).toBeLessThanOrEqual(lostMs + 500);
    expect(times.at(-1)).toBeGreaterThan(lostMs + 1_000);
    for (const path of ['/events/orders', '/events/trades', '/events/pnl', '/events/notifications']) {
      const cursors = (await eventsOf(path))
        .filter(({ topic }) => topic === 'gap')
        .map(({ cursor }) => cursor);
      expect({ path, cursors }).toEqual({ path, cursors: [gap?.cursor] });
    }
    const history = await server.get('/events/gap/history?since_ts=2020-01-01T00:00:00Z');
    expect((history.json as { events: Told[] }).events).toEqual([gap]);
    // The snapshot after the reconnect repeats what is known.
    expect(await orderIds()).toEqual(['1', '2']);
    expect(Number((await server.status())['reset_epoch'])).toBeGreaterThan(epochBefore);
    const [, , orderTwo] = (await eventsOf('/events/orders')).filter(({ topic }) => topic !== 'session');
    expect(orderTwo?.reset_epoch).toBeGreaterThanOrEqual(epochBefore);
  },
);

story('before the first connection there is no gap to tell', async ({ gateway, server, eventsOf, told }) => {
  gateway.onDial('refuse');
  await server.kill();
  await server.start({ BEZANT_EVENTS_DB_PATH: `${server.dataDir}/another.db` });
  const before = gateway.dialedMs.length;
  await until('two attempts in vain', () => gateway.dialedMs.length >= before + 2, 15_000);
  gateway.onDial('accept');
  const line = await gateway.line(gateway.lines.length + 1);
  line.greet();
  line.say(ordersFrame(orderOf(1)));
  await told(1);
  expect(await eventsOf('/events/gap')).toEqual([]);
});

story(
  'a silent socket is noticed although somebody asks for quotes all the time',
  async ({ gateway, server, connected }) => {
    const first = await connected();
    const startedMs = performance.now();
    first.say({ topic: 'system', hb: 1 });
    // It answers pings, as the Gateway does; and the reader never pauses.
    while (gateway.lines.length < 2) {
      expect((await server.get('/events/marketdata?conid=265598')).status).toBeLessThan(500);
      if (performance.now() - startedMs > 50_000) throw new Error('a dead connection was kept for 50 s');
    }
    expect(performance.now() - startedMs).toBeGreaterThan(20_000);
    await connected(2);
  },
);

story('a handshake that is never answered is given up and tried again', async ({ gateway, connected }) => {
  const first = await connected();
  gateway.onDial('hang');
  first.socket.terminate();
  await until('a second handshake after the one that hung', () => gateway.dialedMs.length >= 3, 25_000);
  gateway.onDial('accept');
  await connected(2);
});

story(
  'quotes are answered at once while there is no connection',
  async ({ gateway, server, connected, eventsOf }) => {
    const line = await connected();
    await server.get('/events/marketdata?conid=265598');
    line.say({ topic: 'smd+265598', conid: 265598, conidEx: '265598', '31': '150.1' });
    await until('a quote', async () => (await eventsOf('/events/marketdata?conid=265598')).length > 0);
    gateway.onDial('hang');
    line.socket.terminate();
    await until('the end of the connection', async () => (await server.status())['connected'] === false);
    const startedMs = performance.now();
    const buffered = await server.get('/events/marketdata?conid=265598');
    const unknown = await server.get('/events/marketdata?conid=8314');
    // The predecessor held such readers for 35 s.
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect((buffered.json as { events: Told[] }).events[0]).toMatchObject({
      topic: 'marketdata',
      payload: { '31': '150.1' },
    });
    expect([200, 204]).toContain(unknown.status);
  },
);

story(
  'broken, fragmented, huge and unknown frames are survived, and what follows them is told',
  async ({ gateway, server, connected, orderIds, told }) => {
    const line = await connected();
    const wide = '市場情報 ✓ '.repeat(60);
    const cut = Buffer.from(`{"topic":"sor","args":[{"orderId":9,"t":"${wide}`).subarray(0, -2);
    const broken: unknown[] = [
      cut,
      Buffer.concat([Buffer.from('{"topic":"sor","args":['), Buffer.alloc(300, 0xff), Buffer.from(']}')]),
      Buffer.alloc(0),
      Buffer.from('null'),
      Buffer.from('[1,2'),
      Buffer.from('ech+hb'),
      { topic: 'sor', args: 'nothing' },
      { topic: 'sor', args: [null, 7, { orderId: null }, []] },
      { topic: 'sor' },
      { topic: 'str', args: [{}, { execution_id: 5 }] },
      { topic: 'spl', args: { DU1: null, 'DU1.Core': [] } },
      { topic: 'smd+', '31': 1 },
      { topic: 'smd+__proto__', '31': 1 },
      { topic: 'smd+99999999999999999999', '31': 1 },
      { topic: 'constructor', args: {} },
      { topic: '__proto__' },
      { topic: 12 },
      { topic: 'xyz+1', anything: wide },
      { topic: 'ntf', args: null },
      { topic: 'sts', args: [] },
      { topic: 'system' },
      { error: 'no bridge', topic: 'smd' },
      Buffer.from(`{"topic":"xyz","filler":"${'x'.repeat(5 * 1024 * 1024)}"}`),
    ];
    for (const [index, frame] of broken.entries()) {
      line.say(frame);
      line.say(ordersFrame(orderOf(100 + index)));
    }
    await told(100 + broken.length - 1);
    expect((await orderIds()).filter((id) => Number(id) >= 100)).toEqual(
      broken.map((_, index) => String(100 + index)),
    );
    // One message of IBKR's that the Gateway hands on in two.
    const whole = Buffer.from(JSON.stringify(ordersFrame(orderOf(200, { order_ref: wide }))));
    line.say(whole.subarray(0, 301), whole.subarray(301));
    await told(200);
    expect(gateway.lines).toHaveLength(1);
    expect((await server.status())['connected']).toBe(true);
  },
);

story('texts and binary frames are the same to it', async ({ connected, orderIds, told }) => {
  const line = await connected();
  line.socket.send(JSON.stringify(ordersFrame(orderOf(1))), { binary: false });
  line.socket.send(JSON.stringify(ordersFrame(orderOf(2))), { binary: true });
  await told(2);
  expect(await orderIds()).toEqual(['1', '2']);
});

story(
  'a lost session is no gap in the dark: readers are told, and its return makes everything subscribed again',
  async ({ gateway, server, connected, eventsOf }) => {
    const line = await connected();
    line.say({ topic: 'sts', args: { ...status.args, authenticated: false, competing: true } });
    await until('the loss', async () => (await server.status())['connected'] === false);
    const sent = line.received.length;
    line.say(status);
    await server.connected();
    await until('subscriptions again', () => {
      const again = line.received.slice(sent).map((text) => text.split('+', 1)[0]);
      return ['sor', 'str', 'spl'].every((verb) => again.includes(verb)) || gateway.lines.length > 1;
    });
    const told = await eventsOf('/events/session');
    const lost = told.findIndex(({ payload }) => payload['competing'] === true);
    expect(lost).toBeGreaterThanOrEqual(0);
    await until('one gap', async () => (await eventsOf('/events/gap')).length === 1);
  },
);

story(
  'on shutdown it unsubscribes, closes in order, and waiting readers are answered',
  async ({ server, connected }) => {
    const line = await connected();
    const waiting = fetch(`${server.url}/events/orders?since=now&wait=60`);
    await until('a waiting reader', async () => Number((await server.status())['waiting_readers']) > 0);
    const startedMs = performance.now();
    await server.end();
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect([200, 204]).toContain((await waiting).status);
    await until('the end of the connection', () => line.closeCode !== null);
    expect(line.closeCode).toBe(1000);
    expect(verbsOf(line)).toEqual(expect.arrayContaining(['uor', 'utr', 'upl']));
  },
);

story(
  'cursors and epochs go on after a restart, whether in order or not',
  async ({ gateway, server, connected, orderIds, told }) => {
    let line = await connected();
    line.say(ordersFrame(orderOf(1)), ordersFrame(orderOf(2)), ordersFrame(orderOf(3)));
    await told(3);
    await server.caughtUp();
    let { next_cursor: since, reset_epoch: epoch } = (await server.get('/events/orders?limit=1000')).json as {
      next_cursor: number;
      reset_epoch: number;
    };
    for (const [index, leave] of (['kill', 'end'] as const).entries()) {
      await server[leave]();
      await server.start();
      line = await gateway.line(index + 2);
      line.greet();
      const orderId = 10 + index;
      line.say(ordersFrame(orderOf(3), orderOf(orderId)));
      const events = await until('what came after the restart', async () => {
        const answer = await server.get(`/events/orders?since=${since}&limit=1000`);
        expect([200, 204]).toContain(answer.status);
        const found = answer.status === 200 ? (answer.json as { events: Told[] }).events : [];
        return found.some(({ order_id }) => order_id === String(orderId)) &&
          found.some(({ topic }) => topic === 'gap')
          ? found
          : null;
      });
      expect(events.filter(({ topic }) => topic === 'orders').map(({ order_id }) => order_id)).toEqual([
        String(orderId),
      ]);
      expect(events.filter(({ topic }) => topic === 'gap')).toHaveLength(1);
      const next = Number((await server.status())['reset_epoch']);
      expect(next).toBeGreaterThan(epoch);
      epoch = next;
      since = events.at(-1)?.cursor ?? 0;
    }
    expect(await orderIds()).toEqual(['1', '2', '3', '10', '11']);
  },
);

story(
  'killed before it had read up for the first time, it tells a gap all the same',
  async ({ gateway, server, connected, eventsOf, told }) => {
    const line = await connected();
    line.say(ordersFrame(orderOf(1)));
    await told(1);
    await server.kill();
    await server.start();
    (await gateway.line(2)).greet();
    await until('a gap', async () => (await eventsOf('/events/gap')).length === 1);
  },
);

story(
  'clients of IBKR’s WebSocket share the connection, and each gets what it asked for',
  async ({ gateway, server, connected }) => {
    const line = await connected();
    const address = `${server.url.replace('http', 'ws')}/v1/api/ws`;
    const [one, two] = [await client(address), await client(address)];
    one.socket.send('smd+265598+{"fields":["31"]}');
    two.socket.send('smd+265598+{"fields":["84"]}');
    two.socket.send('smd+8314+{"fields":["31"]}');
    const asked = await until('one subscription for all fields', () =>
      line.received.findLast(
        (text) => text.startsWith('smd+265598') && text.includes('31') && text.includes('84'),
      ),
    );
    expect(asked).toMatch(/^smd\+265598\+\{"fields":\[/);
    line.say({ topic: 'smd+265598', conid: 265598, '31': '1', '84': '2' });
    line.say({ topic: 'smd+8314', conid: 8314, '31': '3' });
    await until('quotes of both', () => two.quotes().length === 2 && one.quotes().length === 1);
    expect(one.quotes()).toEqual([{ topic: 'smd+265598', conid: 265598, '31': '1' }]);
    expect(two.quotes()).toEqual([
      { topic: 'smd+265598', conid: 265598, '84': '2' },
      { topic: 'smd+8314', conid: 8314, '31': '3' },
    ]);
    two.socket.close();
    await until('an unsubscription', () => line.received.some((text) => text.startsWith('umd+8314')));
    expect(line.received.some((text) => text.startsWith('umd+265598'))).toBe(false);
    expect(gateway.lines).toHaveLength(1);
    one.socket.close();
  },
);

async function client(address: string) {
  const socket = new WebSocket(address);
  const frames: Record<string, unknown>[] = [];
  socket.on('message', (data, isBinary) => {
    expect(isBinary).toBe(true);
    frames.push(JSON.parse((data as Buffer).toString()) as Record<string, unknown>);
  });
  await until('the greeting', () => frames.some(({ topic }) => topic === 'sts'));
  return { socket, quotes: () => frames.filter(({ topic }) => String(topic).startsWith('smd')) };
}
