// The first step: who is being called and by which page, how many at once, how long. Nothing past here runs for a
// request that a web page of another origin made.

import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestHandler } from 'express';
import { Problem } from '../errors.ts';
import type { HostCheck } from '../host-check.ts';
import type { Observe } from '../observe.ts';
import { CallerLeft, type Exchange } from './exchange.ts';

const requestIdPattern = /^[A-Za-z0-9._-]{1,128}$/;

/** A path and a query, and nothing that two readers of a URL could take for something else, such as a fragment. */
const targetPattern = /^\/[!"$-~]*$/;

/** nginx's number for a caller who did not wait for the answer. */
const callerLeftStatus = 499;

export interface Peer {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
}

/** Why this peer may not be served, or null. Shared by requests and WebSocket upgrades. */
export function refusePeer(peer: Peer, check: HostCheck): Problem | null {
  const { host, origin } = peer.headers;
  if (!check.isHostAllowed(host)) {
    return new Problem('host_refused', 'The Host header names a server that this is not.');
  }
  if (origin !== undefined) {
    if (check.isOriginAllowed(origin, host)) return null;
    return new Problem('origin_refused', 'The Origin header names a page of another server.');
  }
  const site = peer.headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none' || isVisit(peer)) return null;
  return new Problem('origin_refused', 'A page of another server made the browser send this.');
}

/** A person following a link, to the login page or to what only reads; no page can see the answer. */
function isVisit({ method, path, headers }: Peer): boolean {
  const navigates = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return method === 'GET' && navigates && !mayAct(path);
}

/** IBKR's own paths: some act on a GET, and /sso/Logout ends the session. */
function mayAct(path: string): boolean {
  return /^\/(v1|sso)\//.test(path) && path !== '/sso/Login';
}

export function createEdge(deps: {
  check: HostCheck;
  observe: Observe;
  maxConcurrency: number;
  timeoutMs: number;
  isStopping: () => boolean;
}): RequestHandler {
  let underWay = 0;
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && requestIdPattern.test(given) ? given : randomUUID();
    const abort = new AbortController();
    const expire = (): void => {
      const message = `The request was not done within ${deps.timeoutMs / 1000} s.`;
      abort.abort(new Problem('upstream_timeout', message));
      // What is left is to send the answer: a caller who takes nothing of it for as long again is not waited for.
      if (response.headersSent) response.setTimeout(deps.timeoutMs, () => response.destroy());
    };
    let deadline = setTimeout(expire, deps.timeoutMs);
    let counts = true;
    let isOver = false;
    underWay += 1;
    const leave = (): void => {
      if (counts) underWay -= 1;
      counts = false;
      clearTimeout(deadline);
    };
    const exchange: Exchange = {
      requestId,
      startedMs: performance.now(),
      signal: abort.signal,
      linger(ms) {
        leave();
        if (ms !== Infinity && !isOver) deadline = setTimeout(expire, deps.timeoutMs + ms);
      },
      operation: 'unknown',
      principal: null,
    };
    request.exchange = exchange;
    response.setHeader('x-request-id', requestId);

    const { socket } = request;
    const end = (): void => {
      socket.off('close', end);
      response.off('close', end);
      leave();
      isOver = true;
      if (!response.writableFinished) abort.abort(new CallerLeft());
      const problem = response.locals['problem'] as Problem | undefined;
      deps.observe({
        kind: 'request',
        requestId,
        operation: exchange.operation,
        method: request.method,
        status: response.headersSent ? response.statusCode : callerLeftStatus,
        durationMs: performance.now() - exchange.startedMs,
        ...(problem === undefined ? {} : { code: problem.code, cause: problem.extra.cause }),
      });
    };
    response.on('close', end);
    // Of requests sent ahead on one connection, only the first response hears that it closed.
    socket.setMaxListeners(0).on('close', end);

    const refusal =
      refusePeer({ method: request.method, path: request.path, headers: request.headers }, deps.check) ??
      (deps.isStopping()
        ? new Problem('shutting_down', 'This server is shutting down.', { retryAfterSeconds: 5 })
        : null) ??
      (underWay > deps.maxConcurrency
        ? new Problem('overloaded', `${deps.maxConcurrency} requests are under way already.`, {
            retryAfterSeconds: 1,
          })
        : null);
    if (refusal !== null) throw refusal;

    const { origin } = request.headers;
    if (origin !== undefined) {
      response.setHeader('vary', 'Origin');
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader(
        'access-control-expose-headers',
        'x-request-id, retry-after, ratelimit, x-bezant-cursor, mcp-session-id, mcp-protocol-version',
      );
    }
    if (!targetPattern.test(request.url))
      throw new Problem('path_refused', 'The request line has something other than a path and a query.');
    if (request.method === 'OPTIONS') {
      exchange.operation = 'preflight';
      response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE');
      response.setHeader(
        'access-control-allow-headers',
        'authorization, content-type, x-api-key, x-request-id, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id',
      );
      response.setHeader('access-control-max-age', '600');
      response.status(204).end();
      return;
    }
    next();
  };
}
