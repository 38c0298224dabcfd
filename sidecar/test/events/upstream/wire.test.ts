// What goes over the wire to IBKR, seen from the other end of it.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { GatewayCookies } from '../../../src/cookies.ts';
import { createConnector, type Connector } from '../../../src/events/connector.ts';
import type { Happening } from '../../../src/observe.ts';
import { ManualClock, WallClock } from '../../manual-clock.ts';
import { startSocketGateway, type SocketGateway, type Watched } from '../socket-gateway.ts';
import { until } from './watching.ts';

let gateway: SocketGateway;
let clock: ManualClock;
let wall: WallClock;
let cookies: GatewayCookies;
let happenings: Happening[];
let connector: Connector;
/** Something in this server throws at each heartbeat. */
let isBroken: boolean;
beforeEach(async () => {
  gateway = await startSocketGateway();
  clock = new ManualClock();
  wall = new WallClock(clock);
  cookies = new GatewayCookies([]);
  happenings = [];
  isBroken = false;
  create(null);
});

function create(fingerprint: string | null): void {
  connector = createConnector({
    gateway: { url: { origin: gateway.origin, prefix: '/gw' }, cookies, tls: { rejectUnauthorized: false } },
    fingerprint,
    userAgent: 'bezant/test',
    clock: wall,
    steady: clock,
    random: () => 0,
    observe: (happening) => {
      happenings.push(happening);
      if (happening.kind === 'heartbeat' && isBroken) throw new Error('boom');
    },
    session: { state: () => ({ name: 'live' }), refresh: () => undefined, onChange: () => () => undefined },
  });
}
afterEach(async () => {
  const stopped = connector.stop();
  await clock.advance(5_000);
  await stopped;
  await gateway.stop();
});

const say = (upstream: Watched, frame: unknown): void =>
  upstream.socket.send(Buffer.from(JSON.stringify(frame)));

async function ready(): Promise<Watched> {
  connector.start();
  const upstream = await gateway.accepted();
  say(upstream, { topic: 'system', success: 'me' });
  say(upstream, { topic: 'sts', args: { authenticated: true } });
  await until(() => connector.isReady());
  return upstream;
}

test('the handshake is at IBKR’s path, with the jar’s cookies and the Gateway’s own origin', async () => {
  cookies.fromIbkr(['api=f00d; Path=/v1/api']);
  await ready();
  const [request] = gateway.upgrades;
  expect(request?.url).toBe('/gw/v1/api/ws');
  expect(request?.headers).toMatchObject({
    cookie: 'api=f00d',
    origin: gateway.origin,
    'user-agent': 'bezant/test',
  });
});

test('a pinned certificate is taken, and another is not spoken to', async () => {
  create(new X509Certificate(gateway.cert).fingerprint256);
  await ready();
  await connector.stop();
  create(Array(32).fill('00').join(':'));
  connector.start();
  await until(() => connector.state().lastCause !== null);
  expect(connector.state().lastCause).toBe('unreachable');
  expect(gateway.upgrades).toHaveLength(1);
});

test('nothing is sent before IBKR is ready; then texts, and a tic each minute', async () => {
  connector.start();
  const upstream = await gateway.accepted();
  expect(connector.send('sor+{}')).toBe(false);
  say(upstream, { topic: 'sts', args: { authenticated: true } });
  say(upstream, { topic: 'system', success: 'me' });
  await until(() => connector.isReady());
  expect(connector.send('sor+{}')).toBe(true);
  for (let third = 0; third < 6; third += 1) {
    await clock.advance(20_000);
    const heard = connector.state().lastHeartbeat;
    say(upstream, { topic: 'system', hb: 1 });
    await until(() => connector.state().lastHeartbeat !== heard);
  }
  expect(await upstream.frames(3)).toEqual([
    { text: 'sor+{}', isBinary: false },
    { text: 'tic', isBinary: false },
    { text: 'tic', isBinary: false },
  ]);
});

test('a message in fragments is one, and one that is too large ends nothing', async () => {
  const upstream = await ready();
  const frames: string[] = [];
  const broken: string[] = [];
  connector.onFrame(({ text }) => frames.push(text));
  connector.onBroken((kind) => broken.push(kind));
  upstream.socket.send('{"a":', { fin: false });
  upstream.socket.send('1}', { fin: true });
  upstream.socket.send(Buffer.alloc(5 * 1024 * 1024));
  upstream.socket.send('{"b":2}');
  await until(() => frames.length === 2);
  expect({ frames, broken }).toEqual({ frames: ['{"a":1}', '{"b":2}'], broken: ['oversized'] });
});

test('pings alone keep nothing alive', async () => {
  const upstream = await ready();
  for (let second = 0; second < 25; second += 1) {
    await new Promise((resolve) => {
      upstream.socket.once('pong', resolve);
      upstream.socket.ping();
    });
    await clock.advance(1_000);
  }
  expect(connector.isReady()).toBe(false);
  expect(connector.state().lastCause).toBe('heartbeat_lost');
});

test.each([
  { name: 'set on by a day', ms: 86_400_000 },
  { name: 'set back by a day', ms: -86_400_000 },
])('a clock that is $name keeps no dead connection and ends no living one', async ({ ms }) => {
  const upstream = await ready();
  for (let round = 0; round < 3; round += 1) {
    wall.jump(ms);
    await clock.advance(20_000);
    const heard = connector.state().lastHeartbeat;
    say(upstream, { topic: 'system', hb: round });
    await until(() => connector.state().lastHeartbeat !== heard);
    expect(connector.state().lastHeartbeat?.wallMs).toBe(wall.now());
  }
  wall.jump(ms);
  await clock.advance(24_999);
  expect(connector.isReady()).toBe(true);
  await clock.advance(1);
  expect(connector.isReady()).toBe(false);
  expect(connector.state().lastCause).toBe('heartbeat_lost');
});

test('a clock that is set on makes no run of a second a long one', async () => {
  const dialing = (): number =>
    happenings.filter((one) => one.kind === 'socket' && one.what === 'dialing').length;
  let upstream = await ready();
  for (const waitMs of [800, 1_600, 3_200]) {
    wall.jump(3_600_000);
    const before = dialing();
    upstream.socket.terminate();
    await until(() => !connector.isReady());
    await clock.advance(waitMs - 1);
    expect(dialing()).toBe(before);
    await clock.advance(1);
    upstream = await gateway.accepted();
    say(upstream, { topic: 'system', success: 'me' });
    say(upstream, { topic: 'sts', args: { authenticated: true } });
    await until(() => connector.isReady());
  }
});

test('is closed in order', async () => {
  const upstream = await ready();
  await connector.stop();
  expect(await upstream.closed).toEqual({ code: 1000, reason: '' });
  expect(connector.state().phase).toBe('stopped');
});

test('is cut off after 2 s when the other side does not answer the closing', async () => {
  const upstream = await ready();
  upstream.socket.pause();
  const stopped = connector.stop();
  await clock.advance(1_999);
  expect(connector.state().phase).toBe('ready');
  await clock.advance(1);
  await stopped;
  expect(connector.state().phase).toBe('stopped');
});

test('401 is a login that is missing, and is told as that', async () => {
  gateway.instead((socket) => socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n'));
  connector.start();
  await until(() => connector.state().lastCause !== null);
  expect(connector.state()).toMatchObject({ phase: 'backing-off', lastCause: 'login_required' });
  expect(JSON.stringify(happenings)).not.toContain(gateway.origin);
});

test('a failure in this server is told, and the connection made anew', async () => {
  const upstream = await ready();
  isBroken = true;
  say(upstream, { topic: 'system', hb: 1 });
  await until(() => !connector.isReady());
  expect(connector.state().lastCause).toBe('fault');
  expect(happenings).toContainEqual({ kind: 'events-fault', part: 'message', cause: new Error('boom') });
  isBroken = false;
  await clock.advance(1_000);
  const again = await gateway.accepted();
  say(again, { topic: 'system', success: 'me' });
  say(again, { topic: 'sts', args: { authenticated: true } });
  await until(() => connector.isReady());
});
