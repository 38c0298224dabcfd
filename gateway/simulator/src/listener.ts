// The socket side of HTTP: reads a request whole, keeps it for inspection, sends what the responder says.
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Capture } from './capture.ts';
import type { Identity } from './certificate.ts';
import type { Clock } from './clock.ts';
import type { Control } from './control.ts';
import type { Request, Responder } from './message.ts';
import { send } from './send.ts';

export interface ListenerDeps {
  clock: Clock;
  capture: Capture;
  respond: Responder;
  control: Control;
  log: (line: string) => void;
}

export interface Listener {
  server: Server;
  port: number;
  /** Breaks every WebSocket's connection without a closing handshake; says how many. */
  breakSockets(): number;
  stop(): Promise<void>;
}

export async function startListener(
  deps: ListenerDeps,
  options: { host: string; port: number; identity: Identity | undefined },
): Promise<Listener> {
  const { identity, host, port } = options;
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    handle(deps, incoming, response).catch((error: unknown) => {
      deps.log(
        `${incoming.method ?? ''} ${incoming.url ?? ''} failed: ${(error as Error).stack ?? String(error)}`,
      );
      response.destroy();
    });
  };
  // The real Gateway takes TLS 1.2 only (observed on the build 2023-04-24).
  const server =
    identity === undefined
      ? createHttpServer(listener)
      : createHttpsServer({ ...identity, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, listener);
  // Hanging is part of the trade, and idle connections stay open like the real ones.
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (incoming, stream) => {
    deps.capture.add(toRequest(incoming, Buffer.alloc(0)));
    upgraded.add(stream);
    stream.on('close', () => upgraded.delete(stream));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    breakSockets: () => {
      const count = upgraded.size;
      for (const stream of upgraded) stream.destroy();
      return count;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  deps: ListenerDeps,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => response.destroy());
  const request = await readRequest(incoming);
  if (request === undefined) return;
  const peer = incoming.socket.remoteAddress ?? '';
  if (request.path.startsWith('/simulator/')) {
    await send(deps, response, { ...(await deps.control.answer(request, peer)), local: 'sized' });
    return;
  }
  const settle = deps.capture.add(request);
  const reply = await deps.respond(request);
  if (reply.hang !== true) settle(reply.status);
  deps.log(`${request.method} ${request.path} ${reply.hang === true ? 'hangs' : String(reply.status)}`);
  await send(deps, response, reply);
}

/** undefined when the caller went away before it had said everything. */
async function readRequest(incoming: IncomingMessage): Promise<Request | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return toRequest(incoming, Buffer.concat(chunks));
}

function toRequest(incoming: IncomingMessage, body: Buffer): Request {
  const url = incoming.url ?? '/';
  const at = url.indexOf('?');
  return {
    method: incoming.method ?? 'GET',
    url,
    path: at === -1 ? url : url.slice(0, at),
    query: at === -1 ? '' : url.slice(at),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    body,
  };
}
