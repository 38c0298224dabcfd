// Several clients of the relay over the real connection to a simulator: one subscription there, each client its own part.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { startSimulator, type Simulator } from '../../../../gateway/simulator/src/simulator.ts';
import { steadyClock, systemClock } from '../../../src/clock.ts';
import { loadContract } from '../../../src/contract.ts';
import { GatewayCookies } from '../../../src/cookies.ts';
import { startEvents, type Events } from '../../../src/events/events.ts';
import { startSharedRelay, type SharedRelay } from '../../../src/events/shared-relay.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import { parseGatewayUrl } from '../../../src/gateway-url.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import type { EventStore } from '../../../src/store/store.ts';

let simulator: Simulator;
let gateway: Gateway;
let store: EventStore;
let events: Events;
let relay: SharedRelay;
let server: Server;
let folder: string;
const asked: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bezant-relay-'));
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
  store = openSqlite(join(folder, 'events.db'));
  const once = store;
  events = await startEvents({
    gateway,
    fingerprint: null,
    userAgent: 'bezant/test',
    clock: systemClock,
    steady: steadyClock,
    random: () => 0,
    observe: () => undefined,
    session: { state: () => ({ name: 'live' }), refresh: () => undefined, onChange: () => () => undefined },
    store: {
      history: (...query) => once.history(...query),
      nextEpoch: () => once.nextEpoch(),
    },
    write: () => undefined,
    read(id, query, signal) {
      const operation = byId.get(id);
      const target = `/v1/api${operation?.path ?? ''}?${new URLSearchParams(query).toString()}`;
      return gateway.call({ method: operation?.method ?? 'GET', target, signal });
    },
    dataDir: folder,
    onStatus: () => undefined,
  });
  asked.length = 0;
  const { upstream } = events;
  relay = startSharedRelay({
    upstream: {
      ...upstream,
      want(head, args) {
        if (!upstream.isWanted(head)) asked.push(head);
        return upstream.want(head, args);
      },
    },
    clock: systemClock,
    steady: steadyClock,
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
  await events.stop();
  await gateway.stop();
  await store.stop();
  await simulator.stop();
  server.close();
  rmSync(folder, { recursive: true, force: true });
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
  expect(asked).toEqual(['smd+265598']);
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
