// A Gateway's WebSocket side that does what a test says, over TLS, and a client that keeps what it gets.

import { createServer, type Server } from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate } from 'selfsigned';
import { WebSocket, WebSocketServer } from 'ws';

export interface Received {
  text: string;
  isBinary: boolean;
}

/** A socket with what came over it, and ways to wait for more. */
export interface Watched {
  socket: WebSocket;
  received: Received[];
  /** Resolves once so many frames have come. */
  frames(count: number): Promise<Received[]>;
  closed: Promise<{ code: number; reason: string }>;
}

export function watch(socket: WebSocket): Watched {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  socket.on('message', (data, isBinary) => {
    received.push({ text: (data as Buffer).toString('latin1'), isBinary });
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
  });
  socket.on('error', () => undefined);
  return {
    socket,
    received,
    async frames(count) {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return received;
    },
    closed: new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    }),
  };
}

export interface SocketGateway {
  origin: string;
  cert: string;
  /** Upgrades that came, oldest first. */
  upgrades: IncomingMessage[];
  /** The next accepted socket. */
  accepted(): Promise<Watched>;
  /** What to do with the next upgrades instead of accepting them. */
  instead(act: ((socket: Duplex) => void) | null): void;
  stop(): Promise<void>;
}

const identity = generate([{ name: 'commonName', value: 'gateway stand-in' }], {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
});

export async function startSocketGateway(): Promise<SocketGateway> {
  const { cert, private: key } = await identity;
  const sockets = new WebSocketServer({ noServer: true });
  const upgrades: IncomingMessage[] = [];
  let ready: Watched[] = [];
  let waiting: ((watched: Watched) => void)[] = [];
  let act: ((socket: Duplex) => void) | null = null;

  const server: Server = createServer({ cert, key });
  server.on('tlsClientError', () => undefined);
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    upgrades.push(request);
    if (act !== null) return act(socket);
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      const watched = watch(accepted);
      const next = waiting.shift();
      if (next === undefined) ready.push(watched);
      else next(watched);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    cert,
    upgrades,
    accepted() {
      const first = ready.shift();
      if (first !== undefined) return Promise.resolve(first);
      return new Promise((resolve) => waiting.push(resolve));
    },
    instead: (next) => void (act = next),
    async stop() {
      for (const client of sockets.clients) client.terminate();
      ready = [];
      waiting = [];
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
