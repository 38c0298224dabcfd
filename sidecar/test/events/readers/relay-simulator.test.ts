// Several clients of the relay over the real connection to a simulator: one subscription there, each client its own part.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { startSimulator, type Simulator } from '../../../../gateway/simulator/src/simulator.ts';
import { steadyClock, systemClock } from '../../../src/clock.ts';
import { loadContract } from '../../../src/contract.ts';
import { GatewayCookies } from '../../../src/cookies.ts';
import { createConnection, type Connection } from '../../../src/events/connection.ts';
import { startRelay, type Relay } from '../../../src/events/relay.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import { parseGatewayUrl } from '../../../src/gateway-url.ts';
import { until } from '../upstream/watching.ts';

let simulator: Simulator;
let gateway: Gateway;
let connection: Connection;
let relay: Relay;
let server: Server;
const asked: string[] = [];

beforeEach(async () => {
  simulator = await startSimulator();
  gateway = createGateway({
    url: parseGatewayUrl(`${simulator.url}/v1/api`),
    cookies: new GatewayCookies([]),
    trust: { verify: false, caFile: null, fingerprint: null },
    userAgent: 'bezant/test',
    timeoutMs: 5000,
    onStaleCookies: () => undefined,
  });
  const { byId } = loadContract();
  const clocks = { clock: systemClock, steady: steadyClock };
  connection = createConnection({
    ...clocks,
    gateway,
    fingerprint: null,
    userAgent: 'bezant/test',
    random: () => 0,
    observe: () => undefined,
    session: { state: () => ({ name: 'live' }), refresh: () => undefined, onChange: () => () => undefined },
    read(id, query, signal) {
      const operation = byId.get(id);
      const target = `/v1/api${operation?.path ?? ''}?${new URLSearchParams(query).toString()}`;
      return gateway.call({ method: operation?.method ?? 'GET', target, signal });
    },
    onStatus: () => undefined,
  });
  const { want } = connection;
  asked.length = 0;
  relay = startRelay({
    ...clocks,
    upstream: {
      ...connection,
      want(head, args) {
        if (!connection.isWanted(head)) asked.push(head);
        return want(head, args);
      },
    },
    onClient: () => connection.start(),
    observe: () => undefined,
    checkPeer: () => null,
    mayTrade: () => true,
    refuse: () => undefined,
  });
  server = createServer();
  server.on('upgrade', (request, socket, head) => relay.upgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await relay.stop();
  await connection.stop();
  await gateway.stop();
  await simulator.stop();
  server.close();
});

type Frame = Record<string, unknown>;

/** A client that has sent this, and a way to wait for a frame of its own. */
function client(...frames: readonly string[]) {
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/api/ws`);
  const got: Frame[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    got.push(JSON.parse((data as Buffer).toString()) as Frame);
    for (const look of waiting) look();
  });
  socket.once('open', () => frames.forEach((frame) => socket.send(frame)));
  return {
    socket,
    got,
    frame: (fits: (frame: Frame) => boolean): Promise<Frame> =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = got.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

const of =
  (topic: string) =>
  (frame: Frame): boolean =>
    frame['topic'] === topic;

test('the accounts are told although the connection was there before the login', async () => {
  await simulator.control.call('POST /session', { brokerage: 'down' });
  const waiting = client();
  connection.start();
  await until(() => connection.state().phase === 'held');
  expect(waiting.got.some(of('act'))).toBe(false);
  await simulator.control.call('POST /session', { brokerage: 'up' });
  const { args } = await waiting.frame(of('act'));
  expect(args).toMatchObject({ accounts: ['DU1234567'], acctProps: expect.anything() });
  const late = client();
  await late.frame(of('sts'));
  expect(late.got.map(({ topic }) => topic)).toEqual(['system', 'act', 'sts']);
});

test('two clients of one instrument share a line, and get the fields they asked for', async () => {
  const one = client('smd+265598+{"fields":["31"]}', 'spl', 'str');
  const first = await one.frame(of('smd+265598'));
  expect(one.got.slice(0, 3).map(({ topic }) => topic)).toEqual(['system', 'act', 'sts']);
  expect(first).toMatchObject({ conid: 265598, '31': expect.any(String) });
  expect(first).not.toHaveProperty('84');
  const two = client('smd+265598+{"fields":["84","86"]}');
  const second = await two.frame((frame) => of('smd+265598')(frame) && '84' in frame);
  expect(second).not.toHaveProperty('31');
  await one.frame(of('spl'));
  await one.frame(of('str'));
  expect(asked).toEqual(['smd+265598', 'spl', 'str']);
  two.socket.send('tic');
  expect(await two.frame(of('tic'))).toMatchObject({ alive: true, id: '' });
});

test('a client keeps its connection and its quotes over an end of the one to IBKR', async () => {
  const one = client('smd+265598+{"fields":["31"]}');
  await one.frame(of('smd+265598'));
  await simulator.control.call('DELETE /sockets', {});
  await one.frame(({ topic, args }) => topic === 'sts' && (args as Frame)['connected'] === false);
  const seen = one.got.length;
  await one.frame((frame) => of('smd+265598')(frame) && one.got.indexOf(frame) >= seen);
  expect(one.got.slice(seen).map(({ topic }) => topic)).toEqual(
    expect.arrayContaining(['system', 'act', 'sts', 'smd+265598']),
  );
});
