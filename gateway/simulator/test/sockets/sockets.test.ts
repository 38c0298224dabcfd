// The connection itself: what comes unasked, what is lost, and everything that can be wrong with it.
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { openWire, type Wire } from './wire.ts';

let wire: Wire;
afterEach(() => wire.stop());

test('greets with system, act and sts as binary frames, then beats on a grid of ten seconds', async () => {
  wire = await openWire();
  const client = await wire.connect();
  expect(await client.take()).toEqual([]);
  wire.desk.clock.advance(500);
  const frames = await client.take();
  expect(frames.map(({ topic }) => topic)).toEqual(['system', 'act', 'sts']);
  expect(frames[0]).toEqual({ topic: 'system', success: 'simulator', isFT: false, isPaper: true });
  expect(frames[1]).toMatchObject({ args: { accounts: ['DU1234567'], selectedAccount: 'DU1234567' } });
  expect(frames[2]).toMatchObject({
    args: { connected: true, authenticated: true, competing: false, username: 'simulator' },
  });
  expect(client.raw.every(({ binary }) => binary)).toBe(true);
  wire.desk.clock.advance(20_000);
  const beats = (await client.take()).map((frame) => frame.hb as number);
  expect(beats).toHaveLength(2);
  expect(beats.every((hb) => hb % 10_000 === 0)).toBe(true);
});

test('as IBKR itself, without a Gateway in between, it sends text', async () => {
  wire = await openWire({ mode: 'upstream' });
  const client = await wire.ready();
  expect(client.raw.length).toBeGreaterThan(2);
  expect(client.raw.some(({ binary }) => binary)).toBe(false);
});

test('takes an upgrade on any path', async () => {
  wire = await openWire();
  const client = await wire.connect('/any/where?oauth_token=x');
  expect(client.socket.readyState).toBe(WebSocket.OPEN);
  expect(wire.count()).toBe(1);
});

test('loses what is sent before the upstream is open', async () => {
  wire = await openWire();
  const client = await wire.connect();
  await client.send('spl+{}');
  wire.desk.clock.advance(5_000);
  expect((await client.take()).map(({ topic }) => topic)).toEqual(['system', 'act', 'sts']);
  expect(await client.ask('spl+{}')).toMatchObject([{ topic: 'spl' }]);
});

test('subscriptions do not survive a reconnect', async () => {
  wire = await openWire();
  const first = await wire.ready();
  expect(await first.ask('spl+{}')).toHaveLength(1);
  first.socket.terminate();
  const second = await wire.ready();
  wire.desk.clock.advance(5_000);
  expect((await second.take()).filter(({ topic }) => topic === 'spl')).toEqual([]);
});

test('waits for a session, and greets when there is one', async () => {
  wire = await openWire();
  wire.desk.session.end();
  const client = await wire.connect();
  wire.desk.clock.advance(60_000);
  expect(await client.take()).toEqual([{ message: 'waiting for session' }]);
  expect(await client.ask('spl+{}', 10_000)).toEqual([]);
  wire.desk.session.login({});
  wire.desk.session.connect(true);
  wire.desk.clock.advance(500);
  expect((await client.take()).map(({ topic }) => topic)).toEqual(['system', 'act', 'sts']);
});

test('tells a change of the session, and ends what needs brokerage', async () => {
  wire = await openWire();
  const client = await wire.ready();
  await client.ask('smd+265598+{"fields":["31"]}');
  await client.ask('spl+{}');
  wire.desk.session.lose();
  expect(await client.take()).toMatchObject([
    { topic: 'sts', args: { authenticated: false, competing: true } },
  ]);
  wire.desk.clock.advance(5_000);
  const topics = new Set((await client.take()).map(({ topic }) => topic));
  expect(topics).toEqual(new Set(['spl']));
  expect(await client.ask('smd+265598+{"fields":["31"]}')).toEqual([]);
});

test('ignores unknown topics, broken JSON and session messages', async () => {
  wire = await openWire();
  const client = await wire.ready();
  for (const text of ['xyz+{}', 'constructor', '{"session":"abc"}', '', 'sor+{', '+++']) {
    expect(await client.ask(text)).toEqual([]);
  }
});

test('takes binary as well as text', async () => {
  wire = await openWire();
  const client = await wire.ready();
  await client.send(Buffer.from('upl+{}'));
  await client.send(Buffer.from('spl'));
  expect(await client.take()).toMatchObject([{ topic: 'spl' }]);
});

test('tic comes four times, ech comes back as text that is no JSON', async () => {
  wire = await openWire();
  const client = await wire.ready();
  const tics = await client.ask('tic');
  expect(tics).toHaveLength(4);
  expect(new Set(tics.map((tic) => JSON.stringify(tic))).size).toBe(1);
  expect(tics[0]).toMatchObject({ topic: 'tic', alive: true, id: wire.desk.session.token });
  await client.send('ech+hb');
  expect(client.raw.at(-1)?.data.toString()).toBe('ech+hb');
});

test.each([
  ['silent', []],
  ['no-ready', ['system']],
  ['no-heartbeat', ['system', 'act', 'sts']],
  ['waiting', [undefined]],
] as const)('fault %s', async (fault, want) => {
  wire = await openWire();
  wire.setFault(fault);
  const client = await wire.connect();
  wire.desk.clock.advance(15_000);
  expect((await client.take()).map(({ topic }) => topic)).toEqual(want);
});

test('fault malformed puts broken frames between good ones', async () => {
  wire = await openWire();
  wire.setFault('malformed');
  const client = await wire.connect();
  wire.desk.clock.advance(500);
  await client.send('upl');
  const isGood = client.raw.map(({ data }) => isJson(data));
  expect(isGood).toEqual([true, false, true, false, true, false]);
  const broken = client.raw.filter((_, index) => isGood[index] === false).map(({ data }) => data);
  expect(broken.every(({ length }) => length > 200)).toBe(true);
  expect(broken.some((data) => !isUtf8(data))).toBe(true);
});

function isJson(data: Buffer): boolean {
  try {
    JSON.parse(data.toString());
    return true;
  } catch {
    return false;
  }
}

function isUtf8(data: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(data);
    return true;
  } catch {
    return false;
  }
}

test('fault close ends the connection with 1000', async () => {
  wire = await openWire();
  wire.setFault('close');
  const client = await wire.connect();
  const [code] = (await once(client.socket, 'close')) as [number];
  expect(code).toBe(1000);
});

test('fault refuse answers the upgrade with 503', async () => {
  wire = await openWire();
  wire.setFault('refuse');
  await expect(wire.connect()).rejects.toThrow('Unexpected server response: 503');
});

test('fault hang-handshake never answers, and stop lets go of it', async () => {
  wire = await openWire();
  wire.setFault('hang-handshake');
  const asked = wire.asked();
  const opening = wire.connect();
  const failed = expect(opening).rejects.toThrow();
  await asked;
  wire.setFault('normal');
  const other = await wire.ready();
  expect(other.socket.readyState).toBe(WebSocket.OPEN);
  expect(wire.count()).toBe(1);
  await wire.stop();
  await failed;
  wire = await openWire();
});

test('a frame of more than 65536 bytes ends the connection', async () => {
  wire = await openWire();
  const client = await wire.ready();
  client.socket.send('x'.repeat(65_537));
  const [code] = (await once(client.socket, 'close')) as [number];
  expect(code).toBe(1009);
});
