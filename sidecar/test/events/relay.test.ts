// The relay between real WebSockets: a client over HTTP, a Gateway over TLS, and a clock that the test moves.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { GatewayCookies } from '../../src/cookies.ts';
import { Problem } from '../../src/errors.ts';
import { startRelay, type Relay } from '../../src/events/relay.ts';
import type { Happening } from '../../src/observe.ts';
import { writeProblem } from '../../src/request/problem.ts';
import { ManualClock } from '../manual-clock.ts';
import { startSocketGateway, watch, type SocketGateway, type Watched } from './socket-gateway.ts';

let gateway: SocketGateway;
let clock: ManualClock;
let cookies: GatewayCookies;
let happenings: Happening[];
let refuse: (request: IncomingMessage) => Problem | null;
let mayTrade: boolean;
let relay: Relay;
let server: Server;
let port: number;

beforeEach(async () => {
  gateway = await startSocketGateway();
  clock = new ManualClock();
  cookies = new GatewayCookies([]);
  happenings = [];
  refuse = () => null;
  mayTrade = true;
  await open();
});
afterEach(async () => {
  const stopped = relay.stop();
  await clock.advance(10_000);
  await stopped;
  server.closeAllConnections();
  server.close();
  await gateway.stop();
});

async function open(settings: { fingerprint?: string; origin?: string } = {}): Promise<void> {
  relay = startRelay({
    gateway: {
      url: { origin: settings.origin ?? gateway.origin, prefix: '' },
      cookies,
      tls: { rejectUnauthorized: false },
    },
    fingerprint: settings.fingerprint ?? null,
    userAgent: 'bezant/test',
    clock,
    observe: (happening) => happenings.push(happening),
    checkPeer: (request) => refuse(request),
    mayTrade: () => mayTrade,
    refuse: writeProblem,
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => relay.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
}

async function reopen(settings: Parameters<typeof open>[0]): Promise<void> {
  await relay.stop();
  server.close();
  await open(settings);
}

const dial = (path = '/v1/api/ws', options: ConstructorParameters<typeof WebSocket>[2] = {}): Watched =>
  watch(new WebSocket(`ws://127.0.0.1:${port}${path}`, options));

/** A client and the Gateway's end of it, with the first frame of IBKR through. */
async function connected(): Promise<{ client: Watched; upstream: Watched }> {
  const client = dial();
  const upstream = await gateway.accepted();
  upstream.socket.send(Buffer.from('{"topic":"system","success":"me"}'));
  await client.frames(1);
  client.received.length = 0;
  return { client, upstream };
}

const relayed = (): string[] =>
  happenings.flatMap((happening) =>
    happening.kind === 'relay' ? [`${happening.what} ${happening.open}`] : [],
  );

const texts = (watched: Watched): string[] => watched.received.map(({ text }) => text);

describe('frames', () => {
  test('pass both ways as they are, text as text and binary as binary', async () => {
    const { client, upstream } = await connected();
    upstream.socket.send(Buffer.from('{"topic":"smd+1","31":"1.10"}'));
    upstream.socket.send('{"text":true}');
    upstream.socket.send(Buffer.from([0xff, 0x00, 0xfe]), { binary: true });
    expect(await client.frames(3)).toEqual([
      { text: '{"topic":"smd+1","31":"1.10"}', isBinary: true },
      { text: '{"text":true}', isBinary: false },
      { text: '\xff\x00\xfe', isBinary: true },
    ]);
    client.socket.send('smd+1+{"fields":["31"]}');
    client.socket.send(Buffer.from('tic'));
    expect(await upstream.frames(2)).toEqual([
      { text: 'smd+1+{"fields":["31"]}', isBinary: false },
      { text: 'tic', isBinary: true },
    ]);
  });

  test('that are text but no UTF-8 end nothing', async () => {
    const client = dial('/v1/api/ws', { skipUTF8Validation: true });
    const upstream = await gateway.accepted();
    upstream.socket.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false });
    upstream.socket.send('after');
    expect(await client.frames(2)).toEqual([
      { text: '{\xff}', isBinary: false },
      { text: 'after', isBinary: false },
    ]);
  });

  test('that are many and large arrive whole and in order', async () => {
    const { client, upstream } = await connected();
    const sent = Array.from({ length: 400 }, (_, index) => `${index}:`.padEnd(50_000, 'x'));
    for (const text of sent) upstream.socket.send(text);
    await client.frames(sent.length);
    expect(texts(client)).toEqual(sent);
    for (const text of sent) client.socket.send(text);
    await upstream.frames(sent.length);
    expect(texts(upstream)).toEqual(sent);
  });

  test('larger than the Gateway takes are refused here', async () => {
    const { client, upstream } = await connected();
    client.socket.send('x'.repeat(65_537));
    expect((await client.closed).code).toBe(1009);
    await upstream.closed;
    expect(texts(upstream)).toEqual([]);
  });
});

describe('frames of a client before IBKR has spoken', () => {
  test('are held and then sent in order, none lost', async () => {
    const client = dial();
    await new Promise((resolve) => client.socket.once('open', resolve));
    client.socket.send('sor+{}');
    client.socket.send(Buffer.from('spl+{}'));
    const upstream = await gateway.accepted();
    client.socket.send('smd+1+{}');
    // A greeting overtakes them, so its arrival shows that all three are with the relay.
    client.socket.send('{"session":"x"}');
    expect(await upstream.frames(1)).toEqual([{ text: '{"session":"x"}', isBinary: false }]);
    upstream.socket.send('{"message":"waiting for session"}');
    await client.frames(1);
    // Would have come after them, had they been let go.
    client.socket.send('{"session":"y"}');
    await upstream.frames(2);
    expect(texts(upstream)).toEqual(['{"session":"x"}', '{"session":"y"}']);
    upstream.socket.send('{"topic":"system","success":"me"}');
    expect((await upstream.frames(5)).slice(2)).toEqual([
      { text: 'sor+{}', isBinary: false },
      { text: 'spl+{}', isBinary: true },
      { text: 'smd+1+{}', isBinary: false },
    ]);
  });

  test('however many, arrive', async () => {
    const client = dial();
    await new Promise((resolve) => client.socket.once('open', resolve));
    const sent = Array.from({ length: 1000 }, (_, index) => `smd+${index}+`.padEnd(4000, 'x'));
    for (const text of sent) client.socket.send(text);
    const upstream = await gateway.accepted();
    upstream.socket.send('{"topic":"system","success":"me"}');
    await upstream.frames(sent.length);
    expect(texts(upstream)).toEqual(sent);
  });

  test('are sent after 3 s when it says nothing', async () => {
    const client = dial();
    await new Promise((resolve) => client.socket.once('open', resolve));
    client.socket.send('sor+{}');
    const upstream = await gateway.accepted();
    client.socket.send('{"session":"x"}');
    await upstream.frames(1);
    await clock.advance(2_999);
    expect(texts(upstream)).toEqual(['{"session":"x"}']);
    await clock.advance(1);
    await upstream.frames(2);
    expect(texts(upstream)).toEqual(['{"session":"x"}', 'sor+{}']);
  });
});

describe('the door', () => {
  test.each(['/v1/api/ws', '/v1/portal/ws', '/v1/api/ws/', '/v1/api/ws?oauth_token=secret&key=secret'])(
    '%s',
    async (path) => {
      cookies.fromIbkr(['XYZAB=jar']);
      dial(path, {
        headers: { cookie: 'XYZAB=client', authorization: 'Bearer secret', 'x-forwarded-for': '10.0.0.9' },
        origin: 'http://127.0.0.1',
      });
      await gateway.accepted();
      const [request] = gateway.upgrades;
      expect(request?.url).toBe('/v1/api/ws');
      expect(request?.headers).toEqual({
        host: new URL(gateway.origin).host,
        origin: gateway.origin,
        cookie: 'XYZAB=jar',
        'user-agent': 'bezant/test',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': expect.any(String) as unknown,
      });
    },
  );

  async function refused(path = '/v1/api/ws'): Promise<{ status: number; body: unknown; ended: boolean }> {
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
    return { status: Number(head.split(' ')[1]), body: JSON.parse(body), ended: true };
  }

  test.each(['/v1/api/wsx', '/', '/v1/api/tickle', '/v1/api/../ws', '//v1/api/ws'])(
    'is not at %s',
    async (path) => {
      expect(await refused(path)).toMatchObject({ status: 404, body: { code: 'path_refused' } });
      expect(gateway.upgrades).toEqual([]);
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
    expect(gateway.upgrades).toEqual([]);
  });

  test('takes 64 at once', async () => {
    const clients = Array.from({ length: 64 }, () => dial());
    await Promise.all(clients.map(({ socket }) => new Promise((resolve) => socket.once('open', resolve))));
    expect(await refused()).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  });
});

describe('a client that may not trade', () => {
  test.each(['shs+exercise+{"CEX":1}', ' inp+exercise+{}'])(
    'cannot send %s, as text or as bytes',
    async (frame) => {
      mayTrade = false;
      const { client, upstream } = await connected();
      client.socket.send(frame);
      client.socket.send(Buffer.from(frame));
      client.socket.send('sor+{}');
      await upstream.frames(1);
      expect(texts(upstream)).toEqual(['sor+{}']);
      const answers = await client.frames(2);
      expect(answers.map(({ text }) => JSON.parse(text) as unknown)).toEqual(
        Array(2).fill(expect.objectContaining({ topic: 'error', code: 'read_only' })),
      );
    },
  );

  test('others can', async () => {
    const { client, upstream } = await connected();
    client.socket.send('shs+exercise+{}');
    await upstream.frames(1);
    expect(texts(upstream)).toEqual(['shs+exercise+{}']);
  });
});

describe('an end', () => {
  test.each([
    { name: 'with code and reason', code: 4001, reason: 'moved', want: { code: 4001, reason: 'moved' } },
    { name: 'in order', code: 1000, reason: '', want: { code: 1000, reason: '' } },
    { name: 'without a code', code: undefined, reason: '', want: { code: 1005, reason: '' } },
  ])('of the Gateway’s side $name is handed on', async ({ code, reason, want }) => {
    const { client, upstream } = await connected();
    upstream.socket.close(code, reason);
    expect(await client.closed).toEqual(want);
    await until(() => relayed().length === 2);
    expect(relayed()).toEqual(['opened 1', 'closed 0']);
  });

  test.each([
    { name: 'with code and reason', code: 4002, reason: 'done', want: { code: 4002, reason: 'done' } },
    { name: 'without a code', code: undefined, reason: '', want: { code: 1005, reason: '' } },
  ])('of the client’s side $name is handed on', async ({ code, reason, want }) => {
    const { client, upstream } = await connected();
    client.socket.close(code, reason);
    expect(await upstream.closed).toEqual(want);
  });

  test('by a broken connection to the Gateway is 1013, worth another try', async () => {
    const { client, upstream } = await connected();
    upstream.socket.terminate();
    expect(await client.closed).toEqual({ code: 1013, reason: 'The Gateway broke the connection off.' });
    await until(() => relayed().length === 3);
    expect(relayed()).toEqual(['opened 1', 'failed 1', 'closed 0']);
  });

  test('by a client that vanishes ends the Gateway’s side', async () => {
    const { client, upstream } = await connected();
    client.socket.terminate();
    expect((await upstream.closed).code).toBe(1001);
  });

  test('by a client that leaves before the Gateway has answered', async () => {
    let held = (): void => undefined;
    const asked = new Promise<void>((resolve) =>
      gateway.instead((socket) => {
        held = () => void socket.destroy();
        resolve();
      }),
    );
    const client = dial();
    await asked;
    client.socket.close();
    await client.closed;
    await until(() => relayed().includes('closed 0'));
    held();
    expect(relayed()).toEqual(['opened 1', 'closed 0']);
  });
});

describe('a Gateway that', () => {
  const gone = { code: 1013 };
  test('refuses', async () => {
    const away = gateway.origin;
    await gateway.stop();
    gateway = await startSocketGateway();
    await reopen({ origin: away });
    expect(await dial().closed).toMatchObject({
      ...gone,
      reason: expect.stringMatching(/cannot be reached/) as unknown,
    });
  });

  test.each([
    { answer: 'HTTP/1.1 401 Unauthorized', reason: 'IBKR asks for a login.' },
    { answer: 'HTTP/1.1 302 Found\r\nLocation: /sso/Login', reason: 'IBKR asks for a login.' },
    { answer: 'HTTP/1.1 503 Unavailable', reason: 'The Gateway refuses the connection (status 503).' },
  ])('answers $answer', async ({ answer, reason }) => {
    gateway.instead((socket) => void socket.end(`${answer}\r\nContent-Length: 0\r\n\r\n`));
    expect(await dial().closed).toEqual({ ...gone, reason });
  });

  test('never answers', async () => {
    const asked = new Promise<void>((resolve) => gateway.instead(() => resolve()));
    const client = dial();
    await asked;
    await clock.advance(15_000);
    expect(await client.closed).toEqual({
      ...gone,
      reason: 'IBKR has not opened its side; is the session logged in?',
    });
  });

  test('never answers a client that has sent much and was told to wait', async () => {
    const asked = new Promise<void>((resolve) => gateway.instead(() => resolve()));
    const client = dial();
    await new Promise((resolve) => client.socket.once('open', resolve));
    for (let sent = 0; sent < 1000; sent += 1) client.socket.send('x'.repeat(1000));
    await asked;
    await clock.advance(15_000);
    expect(await client.closed).toMatchObject(gone);
    await until(() => relayed().includes('closed 0'));
  });

  test('accepts and says nothing', async () => {
    const client = dial();
    const upstream = await gateway.accepted();
    await clock.advance(15_000);
    expect(await client.closed).toMatchObject(gone);
    await upstream.closed;
  });

  test('falls silent', async () => {
    const { client, upstream } = await connected();
    for (let beat = 1; beat <= 6; beat += 1) {
      await clock.advance(10_000);
      upstream.socket.send('{"topic":"system","hb":1}');
      await client.frames(beat);
    }
    await clock.advance(29_999);
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
    await clock.advance(1);
    expect(await client.closed).toEqual({ ...gone, reason: 'IBKR has been silent for too long.' });
  });

  test('shows another certificate than the pinned one', async () => {
    await reopen({ fingerprint: Array(32).fill('00').join(':') });
    expect(await dial().closed).toMatchObject(gone);
    expect(gateway.upgrades).toEqual([]);
  });
});

test('a pinned certificate is taken', async () => {
  await reopen({ fingerprint: new X509Certificate(gateway.cert).fingerprint256 });
  const { client, upstream } = await connected();
  client.socket.send('tic');
  expect(texts({ ...upstream, received: await upstream.frames(1) })).toEqual(['tic']);
});

test('a client that does not answer pings is let go', async () => {
  const client = dial('/v1/api/ws', { autoPong: false });
  const upstream = await gateway.accepted();
  const beat = async (): Promise<void> => {
    const count = client.received.length + 1;
    upstream.socket.send('{"topic":"system","hb":1}');
    await client.frames(count);
  };
  await beat();
  const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
  await clock.advance(29_999);
  await beat();
  await clock.advance(1);
  await pinged;
  await clock.advance(29_000);
  await beat();
  await clock.advance(1_000);
  expect((await client.closed).code).toBe(1006);
  expect((await upstream.closed).code).toBe(1001);
});

test('a client that reads too slowly makes the Gateway wait instead of filling the memory', async () => {
  const slow = await connected();
  const quick = await connected();
  slow.client.socket.pause();
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const count = 640;
  for (let sent = 0; sent < count; sent += 1) slow.upstream.socket.send(chunk);
  // What one that reads gets meanwhile, twice over, the relay could have taken from the Gateway for the slow one too.
  for (let sent = 0; sent < 2 * count; sent += 1) quick.upstream.socket.send(chunk);
  await quick.client.frames(2 * count);
  expect(slow.upstream.socket.bufferedAmount).toBeGreaterThan(20 * 1024 * 1024);
  slow.client.socket.resume();
  await slow.client.frames(count);
  expect(slow.upstream.socket.bufferedAmount).toBe(0);
});

test('stopping tells every client, and waits no longer than 5 s for those that do not answer', async () => {
  const { client } = await connected();
  const { client: deaf } = await connected();
  deaf.socket.pause();
  let isStopped = false;
  const stopped = relay.stop().then(() => (isStopped = true));
  expect(await client.closed).toEqual({ code: 1001, reason: 'This server is shutting down.' });
  await clock.advance(4_999);
  expect(isStopped).toBe(false);
  await clock.advance(1);
  await stopped;
  deaf.socket.terminate();
  expect(await dial().closed).toMatchObject({ code: 1006 });
});

/** Resolves when it is so, looking again each time the event loop has gone round. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
