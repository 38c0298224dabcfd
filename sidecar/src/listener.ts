// The public port. It answers HTTP and HTTPS alike, because some clients know only the one and some only the other: the first
// byte of a connection tells which (22 begins a TLS handshake and no HTTP request). Both end in the same HTTP server, so
// its timeouts and its list of connections cover both.

import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { listen } from './listen.ts';
import { mask } from './mask.ts';
import type { Observe } from './observe.ts';
import type { Address } from './setting-values.ts';

/** PEM texts. */
export interface Identity {
  cert: string;
  key: string;
}

export interface Listener {
  address: Address;
  /** Takes no more, lets what is under way finish, and cuts off what is left at the deadline. */
  stop(deadlineMs: number): Promise<{ drained: boolean }>;
}

const tlsHandshake = 22;

/** Nobody needs longer to say the first byte, or to shake hands. */
const firstByteTimeoutMs = 10_000;

const limits = {
  headersTimeout: 15_000,
  /** Of receiving a request: 10 MiB at 180 KiB a second. */
  requestTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
  /** Longer than the idle time of the usual proxies (60 s), so that it is they who close. */
  keepAliveTimeout: 75_000,
  /** Browsers send localhost the cookies of every program there. */
  maxHeaderSize: 32 * 1024,
};

const maxConnections = 2048;

export async function startListener(deps: {
  bind: Address;
  handler: RequestListener;
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Answers bytes that are no request. */
  brokenRequest?: (error: Error, socket: Duplex) => void;
  /** Asked at each TLS connection, so that it may be made late and renewed; null when HTTPS is off. */
  identity: (() => Promise<Identity>) | null;
  observe: Observe;
  firstByteTimeoutMs?: number;
}): Promise<Listener> {
  const server = createServer({ ...limits, noDelay: true, keepAlive: true }, deps.handler);
  server.maxConnections = maxConnections;
  if (deps.upgrade !== undefined) server.on('upgrade', deps.upgrade);
  if (deps.brokenRequest !== undefined) server.on('clientError', deps.brokenRequest);

  // Node's own listeners turn a socket into HTTP; from here on they get it when it has been looked at.
  const speakHttp = server.listeners('connection');
  server.removeAllListeners('connection');
  const serve = (socket: Socket): void => {
    for (const listener of speakHttp) Reflect.apply(listener, server, [socket]);
  };
  const serveTls = deps.identity === null ? null : createTlsDoor(deps.identity, serve, deps.observe);

  const open = new Set<Socket>();
  const silent = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (serveTls === null) return serve(socket);
    silent.add(socket);
    onFirstByte(socket, deps.firstByteTimeoutMs ?? firstByteTimeoutMs, (byte) => {
      silent.delete(socket);
      if (byte === tlsHandshake) serveTls(socket);
      else if (byte !== null) serve(socket);
    });
  });

  const address = await listen(server, deps.bind, 'BEZANT_BIND');
  server.on('error', (error) => {
    deps.observe({ kind: 'warning', message: `A connection could not be accepted: ${error.message}` });
  });

  return {
    address,
    stop: (deadlineMs) =>
      new Promise((resolve) => {
        let drained = true;
        // A connection becomes idle when its last answer is out, and Node tells nobody.
        const sweep = setInterval(() => server.closeIdleConnections(), 50);
        const deadline = setTimeout(() => {
          drained = false;
          for (const socket of open) socket.destroy();
        }, deadlineMs);
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(deadline);
          resolve({ drained });
        });
        for (const socket of silent) socket.destroy();
      }),
  };
}

/** Tells the first byte and leaves it to be read; null when the socket ends without one. */
function onFirstByte(socket: Socket, timeoutMs: number, tell: (byte: number | null) => void): void {
  const look = (): void => {
    clearTimeout(timer);
    socket.off('readable', look).off('close', look);
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) socket.destroy();
    else socket.unshift(chunk);
    tell(chunk?.[0] ?? null);
  };
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  // Whoever takes the socket over listens for errors itself; until then an error just ends it.
  socket
    .on('readable', look)
    .on('close', look)
    .on('error', () => undefined);
}

/** Ends the TLS of a socket and hands on what is inside. */
function createTlsDoor(
  identity: () => Promise<Identity>,
  serve: (socket: TLSSocket) => void,
  observe: Observe,
): (socket: Socket) => void {
  const server = createTlsServer({ ALPNProtocols: ['http/1.1'], handshakeTimeout: firstByteTimeoutMs });
  server.on('secureConnection', serve);
  // A caller who does not trust the certificate, or does not speak TLS after all: its own affair.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  let shown: Identity | null = null;

  const shakeHands = async (socket: Socket): Promise<void> => {
    const current = await identity();
    if (current !== shown) {
      server.setSecureContext(current);
      shown = current;
    }
    if (socket.destroyed) return;
    // The HTTP server opens its sockets half-open; under TLS a caller who leaves in mid-handshake would linger.
    socket.allowHalfOpen = false;
    server.emit('connection', socket);
  };
  return (socket) => {
    shakeHands(socket).catch((error: unknown) => {
      socket.destroy();
      observe({ kind: 'warning', message: `HTTPS cannot be served: ${mask((error as Error).message)}` });
    });
  };
}
