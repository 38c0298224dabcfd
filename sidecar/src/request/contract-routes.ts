// IBKR's own paths, /v1/api/* and /v1/portal/*: what the Gateway answers, byte for byte.

import type { Request, RequestHandler } from 'express';
import type { Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { Gateway, GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { readBody } from './body.ts';
import type { Call } from './call.ts';
import { callerOf, queryOf } from './caller.ts';
import { exchangeOf } from './exchange.ts';
import { forward } from './forward.ts';
import { readJson } from './media-type.ts';
import { isPlain, segmentsOf } from './paths.ts';
import type { Pipeline } from './pipeline.ts';
import { refusePageAsSuccess } from './problem.ts';
import { wrongMethod, type Routes } from './route.ts';

export type Passthrough = 'read' | 'all' | 'off';

/** Two names of the same API: the Gateway rewrites the second to the first. */
const prefixes: ReadonlySet<string> = new Set(['v1/api', 'v1/portal']);

/** A path that the contract does not know: a read when its method is, under the global limit alone. */
const unknownOperation = (method: string): Operation => ({
  id: 'passthrough',
  method,
  path: '',
  tag: '',
  summary: '',
  origin: 'overlay',
  parameters: [],
  body: null,
  responses: {},
  servedBy: 'unknown',
  safety: isReading(method) ? 'read' : 'write',
  guards: [],
  pacing: null,
  preflight: [],
  cacheMs: 0,
  routes: [],
  tool: null,
});

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

export function createContractRoutes(deps: {
  routes: Routes;
  pipeline: Pipeline;
  gateway: Gateway;
  observe: Observe;
  passthrough: Passthrough;
  readOnly: boolean;
}): RequestHandler {
  const { routes, pipeline, gateway, observe } = deps;

  async function serve(request: Request, segments: readonly string[]): Promise<GatewayAnswer> {
    const exchange = exchangeOf(request);
    const match = routes.match(request.method === 'HEAD' ? 'GET' : request.method, segments);
    const operation = match?.operation ?? unknownOperation(request.method);
    exchange.operation = operation.id;
    if (match === null) refuseUnknown(request, segments);
    const body = await readBody(request, exchange.signal);
    const call: Call = {
      ...callerOf(request, gateway.url.origin),
      operation,
      target: request.url,
      path: match?.params ?? {},
      query: queryOf(request),
      body: match === null && isReading(request.method) ? null : body,
      json: match === null ? undefined : readJson(operation, body, request.headers['content-type']),
    };
    if (match === null) observe({ kind: 'passthrough', method: request.method });
    const answer = await pipeline.run(call, exchange.principal);
    refusePageAsSuccess(answer, operation);
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
    if (
      deps.passthrough === 'off' ||
      (!isReading(method) && (deps.passthrough === 'read' || deps.readOnly))
    ) {
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
