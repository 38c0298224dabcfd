// The relay between real WebSockets and a connection to IBKR that the test moves: the door, and each client’s life.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { Problem } from '../../../src/errors.ts';
import { startRelay, type Relay } from '../../../src/events/relay.ts';
import type { Happening } from '../../../src/observe.ts';
import { writeProblem } from '../../../src/request/problem.ts';
import { ManualClock } from '../../manual-clock.ts';
import { watch, type Watched } from '../socket-gateway.ts';
import { act, createStandInUpstream, sts, system, type StandInUpstream } from './stand-in-upstream.ts';

let clock: ManualClock;
let upstream: StandInUpstream;
let happenings: Happening[];
let refuse: (request: IncomingMessage) => Problem | null;
let mayTrade: boolean;
let relay: Relay;
let server: Server;
let port: number;

beforeEach(async () => {
  clock = new ManualClock();
  upstream = createStandInUpstream();
  happenings = [];
  refuse = () => null;
  mayTrade = true;
  relay = startRelay({
    upstream,
    clock,
    steady: clock,
    onClient: () => undefined,
    observe: (happening) => happenings.push(happening),
    checkPeer: (request) => refuse(request),
    mayTrade: () => mayTrade,
    refuse: writeProblem,
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => relay.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(async () => {
  const stopped = relay.stop();
  await clock.advance(10_000);
  await stopped;
  server.closeAllConnections();
  server.close();
});

async function dial(
  path = '/v1/api/ws',
  options: ConstructorParameters<typeof WebSocket>[2] = {},
): Promise<Watched> {
  const client = watch(new WebSocket(`ws://127.0.0.1:${port}${path}`, options));
  await new Promise((resolve) => client.socket.once('open', resolve).once('close', resolve));
  return client;
}

/** With the greeting read. */
async function connected(options: Parameters<typeof dial>[1] = {}): Promise<Watched> {
  const client = await dial('/v1/api/ws', options);
  await client.frames(3);
  client.received.length = 0;
  return client;
}

const asBinary = (frame: object) => ({ text: JSON.stringify(frame), isBinary: true });

const relayed = (): string[] =>
  happenings.flatMap((happening) =>
    happening.kind === 'relay' ? [`${happening.what} ${happening.open}`] : [],
  );

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test('frames come binary and as IBKR wrote them; a client may send text or bytes', async () => {
  upstream.comesUp();
  const client = await dial();
  expect(await client.frames(3)).toEqual([system, act, sts].map(asBinary));
  client.socket.send('smd+1+{}');
  client.socket.send(Buffer.from('spl+{}'));
  await until(() => upstream.sent.length === 2);
  expect(upstream.sent).toEqual(['smd+1+{}', 'spl+{}']);
  upstream.says('{"topic":"smd+1", "31":"1.10"}');
  expect((await client.frames(4)).at(-1)).toEqual({
    text: '{"topic":"smd+1", "31":"1.10"}',
    isBinary: true,
  });
});

test('a client’s bytes that are no UTF-8 end nothing, and too many end its connection alone', async () => {
  upstream.comesUp();
  const [odd, large] = [await connected(), await connected()];
  odd.socket.send(Buffer.from([0x73, 0xff, 0x2b]), { binary: false });
  odd.socket.send('tic');
  await odd.frames(1);
  large.socket.send('x'.repeat(65_537));
  expect((await large.closed).code).toBe(1009);
  expect(odd.socket.readyState).toBe(WebSocket.OPEN);
});

test('what a client sends at once, before IBKR is up, is all there when it is', async () => {
  const client = await dial();
  const sent = Array.from({ length: 100 }, (_, index) => `smd+${index + 1}+{}`);
  for (const text of sent) client.socket.send(text);
  client.socket.send('smh+1+{}');
  await until(() => upstream.isWanted('smd+100'));
  upstream.comesUp();
  await until(() => upstream.sent.includes('smh+1+{}'));
  for (let conid = 1; conid <= 100; conid += 1) expect(upstream.isWanted(`smd+${conid}`)).toBe(true);
});

test('a client’s subscriptions end with it, however it ends', async () => {
  upstream.comesUp();
  const [one, two] = [await connected(), await connected()];
  one.socket.send('smd+1+{}');
  two.socket.send('smd+2+{}');
  await until(() => upstream.sent.length === 2);
  one.socket.close(4002, 'done');
  expect(await one.closed).toEqual({ code: 4002, reason: 'done' });
  two.socket.terminate();
  await until(() => relay.open() === 0);
  expect(upstream.isWanted('smd+1') || upstream.isWanted('smd+2')).toBe(false);
  expect(relayed()).toEqual(['opened 1', 'opened 2', 'closed 1', 'closed 0']);
});

test('clients stay when the connection to IBKR goes and comes', async () => {
  upstream.comesUp();
  const client = await connected();
  upstream.goesDown();
  upstream.comesUp();
  expect(await client.frames(4)).toMatchObject([
    { text: expect.stringContaining('"authenticated":false') as unknown, isBinary: true },
    ...[system, act, sts].map(asBinary),
  ]);
  await clock.advance(20_000);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
});

describe('the door', () => {
  test.each(['/v1/api/ws', '/v1/portal/ws', '/v1/api/ws/', '/v1/api/ws?oauth_token=x&key=y'])(
    'is at %s',
    async (path) => {
      upstream.comesUp();
      expect(await (await dial(path)).frames(3)).toHaveLength(3);
    },
  );

  async function refused(path = '/v1/api/ws'): Promise<{ status: number; body: unknown }> {
    const socket: Socket = connect({ host: '127.0.0.1', port });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    await new Promise((resolve) => socket.once('end', resolve));
    socket.end();
    const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
  }

  test.each(['/v1/api/wsx', '/', '/v1/api/tickle', '/v1/api/../ws', '//v1/api/ws'])(
    'is not at %s',
    async (path) => {
      expect(await refused(path)).toMatchObject({ status: 404, body: { code: 'path_refused' } });
      expect(relay.open()).toBe(0);
    },
  );

  test('has the rules of every other', async () => {
    refuse = ({ headers }) => new Problem('origin_refused', `Not for ${String(headers.host)}.`);
    expect(await refused()).toMatchObject({
      status: 403,
      body: {
        code: 'origin_refused',
        message: 'Not for 127.0.0.1.',
        requestId: expect.any(String) as unknown,
      },
    });
    expect(happenings).toEqual([{ kind: 'refused', reason: 'origin_refused' }]);
  });

  test('takes 256 at once', async () => {
    await Promise.all(Array.from({ length: 256 }, () => dial()));
    expect(await refused()).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  });
});

test('a client that may not trade cannot move positions', async () => {
  mayTrade = false;
  upstream.comesUp();
  const client = await connected();
  client.socket.send('shs+exercise+{"CEX":1}');
  expect(JSON.parse((await client.frames(1))[0]?.text ?? '')).toMatchObject({ code: 'read_only' });
  expect(upstream.sent).toEqual([]);
});

test('a client is not left in silence when IBKR does not come up', async () => {
  const client = await dial();
  await clock.advance(14_999);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  await clock.advance(1);
  expect(await client.closed).toEqual({
    code: 1013,
    reason: 'IBKR has not opened its side; is the session logged in?',
  });
  await until(() => relay.open() === 0);
  expect(relayed()).toEqual(['opened 1', 'failed 1', 'closed 0']);
});

test('a client that does not answer pings is let go', async () => {
  upstream.comesUp();
  const client = await connected({ autoPong: false });
  const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
  await clock.advance(30_000);
  await pinged;
  await clock.advance(29_999);
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  await clock.advance(1);
  expect((await client.closed).code).toBe(1006);
});

test('a client that does not read is let go with a reason, and the others get everything', async () => {
  upstream.comesUp();
  const [slow, quick] = [await connected(), await connected()];
  for (const { socket } of [slow, quick]) socket.send('smd+1+{}');
  await until(() => upstream.isWanted('smd+1'));
  slow.socket.send('tic');
  await slow.frames(1);
  slow.socket.pause();
  const frame = { topic: 'smd+1', '55': 'x'.repeat(60_000) };
  let rounds = 0;
  while (!relayed().includes('failed 2')) {
    upstream.says(frame);
    rounds += 1;
    await quick.frames(rounds);
  }
  expect(rounds).toBeLessThan(1000);
  slow.socket.resume();
  expect(await slow.closed).toEqual({
    code: 1013,
    reason: 'This client does not read: frames would be lost.',
  });
  upstream.says(frame);
  expect(await quick.frames(rounds + 1)).toHaveLength(rounds + 1);
});

test('stopping tells every client, and waits no longer than 5 s for those that do not answer', async () => {
  upstream.comesUp();
  const [client, deaf] = [await connected(), await connected()];
  deaf.socket.pause();
  let isStopped = false;
  const stopped = relay.stop().then(() => (isStopped = true));
  expect(await client.closed).toEqual({ code: 1001, reason: 'This server is shutting down.' });
  await clock.advance(4_999);
  expect(isStopped).toBe(false);
  await clock.advance(1);
  await stopped;
  deaf.socket.terminate();
  expect(await (await dial()).closed).toMatchObject({ code: 1006 });
});
