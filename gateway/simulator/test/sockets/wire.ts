// A real WebSocket against a real server, with time standing still. A ping that came back proves that the server
// has read everything sent before it and that its frames up to then have arrived, so nothing here waits for time.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { defaultFaults, type SocketFault } from '../../src/faults.ts';
import { startSockets } from '../../src/sockets/sockets.ts';
import { openDesk, type Desk } from '../brokerage/desk.ts';

export type Frame = Record<string, unknown> & { topic?: string; args?: unknown };

export interface Wire {
  desk: Desk;
  count(): number;
  setFault(fault: SocketFault): void;
  /** When the server has seen the next request for an upgrade. */
  asked(): Promise<unknown>;
  /** Right after the 101. */
  connect(path?: string): Promise<Client>;
  /** After the greeting. */
  ready(): Promise<Client>;
  stop(): Promise<void>;
}

export interface Client {
  socket: WebSocket;
  /** As they came. */
  raw: { data: Buffer; binary: boolean }[];
  /** What came since the last look, as JSON. */
  take(): Promise<Frame[]>;
  /** Sends and waits until it was read. */
  send(text: string | Buffer): Promise<void>;
  /** Sends, lets simulated time pass, and takes what came. */
  ask(text: string, advanceMs?: number): Promise<Frame[]>;
}

export async function openWire(
  options: { brokerage?: Record<string, unknown>; mode?: 'gateway' | 'upstream' } = {},
): Promise<Wire> {
  const desk = openDesk(options.brokerage);
  const faults = structuredClone(defaultFaults);
  const server = createServer();
  const { world, session, clock } = desk;
  const log = (): void => undefined;
  const sockets = startSockets({
    server,
    mode: options.mode ?? 'gateway',
    world,
    session,
    clock,
    faults,
    log,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const connect = async (path = '/v1/api/ws'): Promise<Client> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    const client = toClient(socket, desk);
    await once(socket, 'open');
    return client;
  };
  return {
    desk,
    count: () => sockets.count,
    setFault: (fault) => {
      faults.socket = fault;
    },
    asked: () => once(server, 'upgrade'),
    connect,
    ready: async () => {
      const client = await connect();
      clock.advance(500);
      await client.take();
      return client;
    },
    stop: async () => {
      await sockets.stop();
      server.close();
      await once(server, 'close');
    },
  };
}

function toClient(socket: WebSocket, desk: Desk): Client {
  const raw: Client['raw'] = [];
  let taken = 0;
  socket.on('message', (data, binary) => raw.push({ data: data as Buffer, binary }));
  const settle = async (): Promise<void> => {
    socket.ping();
    await once(socket, 'pong');
  };
  const take = async (): Promise<Frame[]> => {
    await settle();
    const fresh = raw.slice(taken).map(({ data }) => JSON.parse(data.toString()) as Frame);
    taken = raw.length;
    return fresh;
  };
  const send = async (text: string | Buffer): Promise<void> => {
    socket.send(text);
    await settle();
  };
  return {
    socket,
    raw,
    take,
    send,
    ask: async (text, advanceMs = 0) => {
      await send(text);
      if (advanceMs > 0) desk.clock.advance(advanceMs);
      return take();
    },
  };
}
