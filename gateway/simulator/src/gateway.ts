// The Gateway itself, in front of api.ibkr.com: what it answers alone, what it forwards and how it changes that on
// the way. All of it observed on the Gateway build 2023-04-24.
import type { Clock } from './clock.ts';
import { hanging, redirect, textReply, type Reply, type Request, type Responder } from './message.ts';
import type { OwnedSession } from './session.ts';
import { assetPath, bulletinPath } from './upstream.ts';

export interface GatewayDeps {
  clock: Clock;
  session: OwnedSession;
  upstream: Responder;
  /** Told when a login went through, so that the Gateway's own calls begin. */
  onLogin: () => void;
}

/** Connections that the Gateway opens to IBKR; more requests wait inside it. */
const upstreamConnections = 5;

const service = /^\/(?:v1|qa|ci|alpha|local)\/(portal|am|api|tws)\//;

const routes: {
  path: RegExp;
  answer: (deps: GatewayDeps, request: Request, found: RegExpExecArray) => Reply | 'forward';
}[] = [
  { path: /^\/$/, answer: () => redirect('/sso/Login?forwardTo=22&RL=1&ip2loc=US') },
  { path: /^\/status$/, answer: () => hanging },
  {
    path: /^\/clear$/,
    answer: ({ session }) => {
      session.end();
      return textReply(200, 'cleared');
    },
  },
  {
    path: /^\/(?:v1|qa|ci|alpha|local)\/(?:portal|api)\/iserver\/reauthenticate$/,
    answer: ({ session, onLogin }) => {
      if (!session.loggedIn) return textReply(200, JSON.stringify({ error: 'not logged in' }));
      onLogin();
      return textReply(200, JSON.stringify({ message: 'triggered' }));
    },
  },
  { path: assetPath, answer: () => 'forward' },
  { path: bulletinPath, answer: () => 'forward' },
  { path: /^\/sso\//, answer: () => 'forward' },
  {
    path: service,
    answer: (_deps, _request, found) => {
      const [, name = ''] = found;
      return name === 'am' || name === 'tws' ? textReply(200, `Unknown service ${name}`) : 'forward';
    },
  },
  { path: /^/, answer: (_deps, { path }) => redirect(`https://api.ibkr.com${path}`) },
];

export function createGateway(deps: GatewayDeps): Responder {
  const queue = createQueue(upstreamConnections);
  const forward = async (request: Request): Promise<Reply> => {
    const reply = await queue(() => deps.upstream(toUpstream(request)));
    return request.path.startsWith('/sso/Dispatcher') && reply.status === 302 ? loggedIn(deps, reply) : reply;
  };
  return async (request) => {
    const preflight = isPreflight(request);
    if (preflight) return allowAnyOrigin;
    for (const { path, answer } of routes) {
      const found = path.exec(request.path);
      if (found === null) continue;
      const reply = answer(deps, request, found);
      return reply === 'forward' ? await forward(request) : { ...reply, local: true };
    }
    throw new Error('the last route takes every path');
  };
}

/** The success text replaces the redirect, whose Location stays. */
function loggedIn({ onLogin }: GatewayDeps, reply: Reply): Reply {
  onLogin();
  return { ...reply, status: 200, body: 'Client login succeeds' };
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

const allowAnyOrigin: Reply = {
  status: 204,
  headers: [
    ['access-control-allow-origin', '*'],
    ['access-control-allow-methods', 'POST,GET,OPTIONS,DELETE,PUT'],
    ['access-control-allow-headers', 'Content-Type,portal,Cookie'],
  ],
  body: '',
  local: true,
};

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
