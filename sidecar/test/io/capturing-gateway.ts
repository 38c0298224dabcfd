// A stand-in for the Gateway that keeps every request as it came over the wire and answers what the test says, faults
// included. Like the real one it speaks HTTP/1.1 over TLS with a certificate nobody knows.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { generate } from 'selfsigned';

export type Pairs = readonly (readonly [string, string])[];

export interface Captured {
  method: string;
  /** Path and query, undecoded. */
  target: string;
  /** In wire order, with duplicates. */
  headers: Pairs;
  body: Buffer;
}

export type Reply = (response: ServerResponse, request: Captured) => void;

export interface CapturingGateway {
  origin: string;
  /** What IBKR_GATEWAY_URL names. */
  apiUrl: string;
  port: number;
  /** PEM. */
  cert: string;
  /** `GET /v1/api/tickle`, or `* /v1/api/tickle` for any method; the query does not count. The last reply stays. */
  on(route: string, ...replies: Reply[]): void;
  /** All calls, or those to one path, oldest first. */
  calls(path?: string): Captured[];
  /** Method and target of all calls. */
  seen(): string[];
  /** The next call to a path, whether or not it is answered. */
  next(path: string): Promise<Captured>;
  /** Forgets calls and scripts. */
  reset(): void;
  stop(): Promise<void>;
}

const identity = generate([{ name: 'commonName', value: 'gateway stand-in' }], {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
});

export async function startCapturingGateway(): Promise<CapturingGateway> {
  const { cert, private: key } = await identity;
  const scripts = new Map<string, Reply[]>();
  let captured: Captured[] = [];
  let waiting: { path: string; resolve: (call: Captured) => void }[] = [];

  const replyTo = (call: Captured): Reply => {
    const path = pathOf(call);
    const script = scripts.get(`${call.method} ${path}`) ?? scripts.get(`* ${path}`);
    if (script === undefined) return firstCalls[path] ?? notFound;
    return (script.length > 1 ? script.shift() : script[0]) ?? notFound;
  };

  const server = createServer({ cert, key }, (request, response) => {
    response.sendDate = false;
    response.on('error', () => undefined);
    void readCall(request).then((call) => {
      captured.push(call);
      const arrived = waiting.filter(({ path }) => path === pathOf(call));
      waiting = waiting.filter((waiter) => !arrived.includes(waiter));
      replyTo(call)(response, call);
      for (const { resolve } of arrived) resolve(call);
    });
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `https://localhost:${port}`;

  return {
    origin,
    apiUrl: `${origin}/v1/api`,
    port,
    cert,
    on: (route, ...replies) => void scripts.set(route, replies),
    calls: (path) => captured.filter((call) => path === undefined || pathOf(call) === path),
    seen: () => captured.map(({ method, target }) => `${method} ${target}`),
    next: (path) => new Promise((resolve) => waiting.push({ path, resolve })),
    reset() {
      captured = [];
      scripts.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Values of a header in wire order. */
export const valuesOf = (call: Captured, name: string): string[] =>
  call.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);

export const pathOf = (call: Captured): string => call.target.split('?', 1)[0] ?? '';
export const queryOf = (call: Captured): URLSearchParams =>
  new URLSearchParams(call.target.split('?').slice(1).join('?'));

/** Names and values go out as given; without a length the body is chunked, as the real Gateway's always is. */
export function answer(status: number, headers: Pairs, body: string | Buffer = ''): Reply {
  return (response) => {
    response.writeHead(status, headers.flat());
    response.end(body);
  };
}

export const json = (value: unknown, status = 200): Reply =>
  answer(status, [['content-type', 'application/json']], JSON.stringify(value));

export const html = (body: string, status = 200): Reply =>
  answer(status, [['content-type', 'text/html; charset=utf-8']], body);

export const loginRedirect: Reply = (response) => {
  response.writeHead(302, { location: '/sso/Login?forwardTo=22&RL=1&ip2loc=US' });
  response.end();
};

/** What the Gateway does while IBKR is unreachable. */
export const hang: Reply = () => undefined;

/** The head and the start of a body, and then nothing more. */
export function stall(start: string): Reply {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(start);
  };
}

/** Promises more than it sends, then closes. */
export function truncate(status: number, start: string): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': start.length + 100 });
    response.write(start, () => response.socket?.destroy());
  };
}

export const reset: Reply = (response) => {
  response.socket?.destroy();
};

/** Holds the answer back until it is released. */
export function held(reply: Reply): { reply: Reply; release: () => void } {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  return { reply: (response, call) => void released.then(() => reply(response, call)), release };
}

const notFound = html('<html><body><h1>Resource not found</h1></body></html>', 404);

/** IBKR wants these asked once per session; every test may rely on them. */
const firstCalls: Readonly<Record<string, Reply>> = {
  '/v1/api/iserver/accounts': json({ accounts: ['DU1'], selectedAccount: 'DU1' }),
  '/v1/api/portfolio/accounts': json([{ id: 'DU1', accountId: 'DU1' }]),
};

async function readCall(request: IncomingMessage): Promise<Captured> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { rawHeaders, method = '', url = '' } = request;
  const headers: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return { method, target: url, headers, body: Buffer.concat(chunks) };
}
