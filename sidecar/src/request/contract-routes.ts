// IBKR's own paths, /v1/api/* and /v1/portal/*: what the Gateway answers, byte for byte.

import type { Request, RequestHandler } from 'express';
import type { Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { readBody } from './body.ts';
import type { Call } from './call.ts';
import { exchangeOf } from './exchange.ts';
import { forward } from './forward.ts';
import { requireScope } from './guard.ts';
import { requestHeaders } from './headers.ts';
import { readJson } from './media-type.ts';
import { isPlain, segmentsOf } from './paths.ts';
import type { Pipeline } from './pipeline.ts';
import { refusePageAsSuccess } from './problem.ts';
import { wrongMethod, type Routes } from './route.ts';

export type Passthrough = 'read' | 'all' | 'off';

/** Two names of the same API: the Gateway rewrites the second to the first. */
const prefixes: ReadonlySet<string> = new Set(['v1/api', 'v1/portal']);

/** An unknown path is a read when its method is: it counts against the global limit alone. */
const unknownOperation: Operation = {
  id: 'passthrough',
  method: 'GET',
  path: '',
  tag: '',
  summary: '',
  origin: 'overlay',
  parameters: [],
  body: null,
  responses: {},
  servedBy: 'unknown',
  safety: 'read',
  guards: [],
  pacing: null,
  preflight: [],
  cacheMs: 0,
  routes: [],
  tool: null,
};

export function createContractRoutes(deps: {
  routes: Routes;
  pipeline: Pipeline;
  gateway: Gateway;
  observe: Observe;
  passthrough: Passthrough;
  readOnly: boolean;
}): RequestHandler {
  const { routes, pipeline, gateway, observe } = deps;

  async function serve(
    request: Request,
    segments: readonly string[],
  ): Promise<Parameters<typeof forward>[1]> {
    const exchange = exchangeOf(request);
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const match = routes.match(method, segments);
    exchange.operation = match?.operation.id ?? unknownOperation.id;
    if (match === null) refuseUnknown(request, segments);
    const body = await readBody(request, exchange.signal);
    const operation = match?.operation ?? { ...unknownOperation, method: request.method };
    const call: Call = {
      operation,
      target: request.url,
      path: match?.params ?? {},
      query: searchOf(request.url),
      headers: requestHeaders(request.headers, gateway.url.origin),
      body: match === null && method === 'GET' ? null : body,
      json: match === null ? undefined : readJson(operation, body, request.headers['content-type']),
      signal: exchange.signal,
      fresh: wantsFresh(request),
    };
    if (match === null) {
      requireScope(exchange.principal, method === 'GET' ? 'read' : 'trade');
      observe({ kind: 'passthrough', method: request.method });
      return pipeline.raw(call);
    }
    const answer = await pipeline.run(call, exchange.principal);
    refusePageAsSuccess(
      answer,
      Object.entries(operation.responses).flatMap(([status, types]) => (status.startsWith('2') ? types : [])),
    );
    return answer;
  }

  /** A spelling of a known path that a server behind us might straighten out would go around its guard. */
  function refuseUnknown({ method, path }: Request, segments: readonly string[]): void {
    const known = routes.methods(segments);
    if (
      !isPlain(path) ||
      (known.length === 0 && routes.knows(segments.map((segment) => segment.toLowerCase())))
    ) {
      throw new Problem('path_refused', 'The path is not spelt as the contract has it.');
    }
    if (known.length > 0 && deps.passthrough !== 'all') throw wrongMethod(method, known);
    const reads = method === 'GET' || method === 'HEAD';
    if (deps.passthrough === 'off' || (!reads && (deps.passthrough === 'read' || deps.readOnly))) {
      throw new Problem('passthrough_refused', `The contract has no operation ${method} at this path.`);
    }
  }

  return async (request, response, next) => {
    const segments = segmentsOf(request.path);
    if (segments === null) {
      if (/^\/v1(\/|$)/i.test(request.path))
        throw new Problem('path_refused', 'The path is not one that can be passed on.');
      return next();
    }
    if (segments.length < 3 || !prefixes.has(segments.slice(0, 2).join('/'))) return next();
    const answer = await serve(request, segments.slice(2));
    forward(response, answer, gateway.url);
  };
}

export function searchOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}

export function wantsFresh(request: Request): boolean {
  return /\bno-(cache|store)\b/i.test(request.headers['cache-control'] ?? '');
}
