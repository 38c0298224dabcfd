// The Gateway itself, in front of api.ibkr.com: what it answers alone, what it forwards and how it changes that on
// the way. All of it observed on the Gateway build 2023-04-24.
import type { GatewayCalls } from './gateway-calls.ts';
import { hanging, type Reply, type Request, type Responder } from './message.ts';
import type { OwnedSession } from './session.ts';
import { assetPath, bulletinPath } from './upstream.ts';

export interface GatewayDeps {
  session: OwnedSession;
  upstream: Responder;
  calls: GatewayCalls;
}

/** Connections that the Gateway opens to IBKR; more requests wait inside it. */
const upstreamConnections = 5;

type Answer = Reply | 'forward';

const environments = 'v1|qa|ci|alpha|local';
const json: [string, string] = ['Content-Type', 'application/json; charset=utf-8'];

/** In matching order. Header names are spelt as on the wire. */
const routes: { path: RegExp; answer: (gateway: Belief, path: string, name: string) => Answer }[] = [
  { path: /^\/$/, answer: () => local(302, '', [['Location', '/sso/Login?forwardTo=22&RL=1&ip2loc=US']]) },
  { path: /^\/status\/?$/, answer: () => hanging },
  {
    path: /^\/clear\/?$/,
    answer: ({ session }) => {
      session.end();
      return sized(200, 'cleared');
    },
  },
  {
    path: /^\/v1\/(?:portal|api)\/iserver\/reauthenticate$/,
    answer: (gateway) => {
      if (!gateway.loggedIn()) return sized(200, JSON.stringify({ error: 'not logged in' }), [json]);
      gateway.calls.loggedIn();
      return sized(200, JSON.stringify({ message: 'triggered' }), [json]);
    },
  },
  { path: assetPath, answer: () => 'forward' },
  { path: bulletinPath, answer: () => 'forward' },
  { path: /^\/sso\//, answer: () => 'forward' },
  { path: new RegExp(`^/(?:${environments})/(?:portal|api)/`), answer: () => 'forward' },
  {
    path: new RegExp(`^/(?:${environments})/(am|tws)/`),
    answer: (_gateway, _path, name) => local(200, `Unknown service ${name}`),
  },
  {
    path: /^/,
    answer: (_gateway, path) => local(302, '', [['Location', `https://api.ibkr.com${path}`]]),
  },
];

function local(status: number, body: string, headers: [string, string][] = []): Reply {
  return { status, headers, body, local: 'chunked' };
}

function sized(status: number, body: string, headers: [string, string][] = []): Reply {
  return { status, headers, body, local: 'sized' };
}

interface Belief extends GatewayDeps {
  /** What the Gateway thinks: set by the success text, and not even cleared by /clear. */
  loggedIn: () => boolean;
}

export function createGateway(deps: GatewayDeps): Responder {
  const queue = createQueue(upstreamConnections);
  let succeeded = false;
  const belief: Belief = { ...deps, loggedIn: () => succeeded || deps.session.loggedIn };

  const forward = async (request: Request): Promise<Reply> => {
    const reply = await queue(() => deps.upstream(toUpstream(request)));
    if (!request.path.startsWith('/sso/Dispatcher') || reply.status !== 302) return reply;
    succeeded = true;
    deps.calls.loggedIn();
    // The success text replaces the redirect, whose Location stays.
    return { ...reply, status: 200, body: 'Client login succeeds' };
  };

  return async (request) => {
    if (isPreflight(request)) return anyOrigin;
    const asked = normalized(request.path);
    for (const { path, answer } of routes) {
      const found = path.exec(asked);
      if (found === null) continue;
      const reply = answer(belief, asked, found[1] ?? '');
      if (reply === 'forward') return await forward(request);
      if (request.headers.origin === undefined) return reply;
      return { ...reply, headers: [['Access-Control-Allow-Origin', '*'], ...reply.headers] };
    }
    throw new Error('the last route takes every path');
  };
}

/**
 * Routes are looked up with escapes of unreserved characters undone, and without double slashes and dot segments;
 * what is forwarded keeps all of them. So `/%63lear` and `/sso/../clear` are `/clear`.
 */
function normalized(path: string): string {
  const plain = path.replaceAll(/%([0-9a-f]{2})/gi, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[\w.~-]/.test(character) ? character : escape;
  });
  return new URL(`https://gateway/${plain}`.replaceAll(/(?<!:)\/{2,}/g, '/')).pathname;
}

/** A chunked body does not survive the Gateway: it goes on without body and without length. */
function toUpstream(request: Request): Request {
  const { 'transfer-encoding': chunked, ...headers } = request.headers;
  return chunked === undefined ? request : { ...request, headers, body: Buffer.alloc(0) };
}

function isPreflight({ method, headers }: Request): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

const anyOrigin = sized(204, '', [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Allow-Methods', 'POST,GET,OPTIONS,DELETE,PUT'],
  ['Access-Control-Allow-Headers', 'Content-Type,portal,Cookie'],
]);

function createQueue(size: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = size;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
