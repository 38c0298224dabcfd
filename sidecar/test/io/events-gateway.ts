// A Gateway whose WebSocket a test has in its own hands: it sees what is sent to IBKR, and says when IBKR speaks. What the
// server asks over REST is answered as by an account where nothing happens.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate } from 'selfsigned';
import { WebSocketServer, type WebSocket } from 'ws';
import { until } from './events-until.ts';

export interface Line {
  readonly socket: WebSocket;
  /** What the server has sent. */
  readonly received: string[];
  /** Once it is closed. */
  closeCode: number | null;
  /** One frame, as IBKR's: JSON in a binary message. */
  say(...frames: unknown[]): void;
  /** The user, the accounts, the session. */
  greet(): void;
}

export interface EventsGateway {
  readonly apiUrl: string;
  /** When each upgrade came, by performance.now(). */
  readonly dialedMs: readonly number[];
  /** Accepted ones, the oldest first. */
  readonly lines: readonly Line[];
  line(number: number, limitMs?: number): Promise<Line>;
  /** What is done with upgrades from now on. */
  onDial(act: 'accept' | 'refuse' | 'hang'): void;
  stop(): Promise<void>;
}

const identity = generate([{ name: 'commonName', value: 'gateway stand-in' }], {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
});

const authStatus = { authenticated: true, connected: true, competing: false, message: '' };
const answers: Readonly<Record<string, unknown>> = {
  '/v1/api/tickle': { session: 'aaaa', ssoExpires: 600_000, userId: 1, iserver: { authStatus } },
  '/v1/api/iserver/auth/status': authStatus,
  '/v1/api/iserver/accounts': { accounts: ['DU1'], selectedAccount: 'DU1' },
  '/v1/api/portfolio/accounts': [{ id: 'DU1', accountId: 'DU1' }],
  '/v1/api/iserver/account/orders': { orders: [], snapshot: true },
  '/v1/api/iserver/account/trades': [],
};

export async function startEventsGateway(): Promise<EventsGateway> {
  const { cert, private: key } = await identity;
  const lines: Line[] = [];
  const dialedMs: number[] = [];
  let act: 'accept' | 'refuse' | 'hang' = 'accept';
  const sockets = new WebSocketServer({ noServer: true });
  const hanging = new Set<Duplex>();
  const server = createServer({ cert, key }, (request, response) => {
    const answer = answers[(request.url ?? '').split('?', 1)[0] ?? ''];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    request.resume().on('end', () => response.end(JSON.stringify(answer ?? { error: 'not here' })));
  });
  server.on('tlsClientError', () => undefined);
  server.on('upgrade', (request, stream, head) => {
    stream.on('error', () => undefined);
    dialedMs.push(performance.now());
    if (act === 'hang') return void hanging.add(stream);
    if (act === 'refuse') {
      stream.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => lines.push(lineOf(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1/api`,
    dialedMs,
    lines,
    line: (number, limitMs) => until(`connection ${number}`, () => lines[number - 1], limitMs),
    onDial: (next) => void (act = next),
    async stop() {
      for (const stream of hanging) stream.destroy();
      for (const { socket } of lines) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function lineOf(socket: WebSocket): Line {
  const say = (frame: unknown): void =>
    socket.send(Buffer.isBuffer(frame) ? frame : Buffer.from(JSON.stringify(frame)), { binary: true });
  const line: Line = {
    socket,
    received: [],
    closeCode: null,
    say: (...frames) => frames.forEach(say),
    greet: () => line.say(system, accounts, status),
  };
  socket.on('message', (data) => void line.received.push((data as Buffer).toString()));
  socket.on('close', (code) => void (line.closeCode = code));
  socket.on('error', () => undefined);
  return line;
}

export const system = { topic: 'system', success: 'somebody', isFT: false, isPaper: true };
export const accounts = { topic: 'act', args: { accounts: ['DU1'], selectedAccount: 'DU1' } };
export const status = {
  topic: 'sts',
  args: {
    authenticated: true,
    connected: true,
    competing: false,
    message: '',
    fail: '',
    username: 'somebody',
  },
};

/** An order as IBKR pushes it. */
export const orderOf = (orderId: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  acct: 'DU1',
  account: 'DU1',
  conid: 265598,
  conidex: '265598',
  orderId,
  status: 'Submitted',
  filledQuantity: 0,
  totalSize: 10,
  ...more,
});

export const ordersFrame = (...args: Record<string, unknown>[]): Record<string, unknown> => ({
  topic: 'sor',
  args,
});
