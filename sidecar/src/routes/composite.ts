// Routes of ours that take several calls. Each of those goes the whole way of a caller's call.

import type { RequestHandler } from 'express';
import type { Parameter } from '../contract.ts';
import type { Gateway, GatewayAnswer } from '../gateway.ts';
import type { Call, Caller } from '../request/call.ts';
import { callerOf, queryOf } from '../request/caller.ts';
import { exchangeOf } from '../request/exchange.ts';
import { forward } from '../request/forward.ts';
import { segmentsOf } from '../request/paths.ts';
import type { Pipeline } from '../request/pipeline.ts';
import { refuseNonJson } from '../request/problem.ts';
import { wrongMethod } from '../request/route.ts';
import { writeJson } from './write-json.ts';

export interface Composite {
  method: 'GET';
  path: string;
  /** Its name in logs, metrics and /openapi.json. */
  operation: string;
  summary: string;
  parameters: readonly Parameter[];
  /** JSON of ours, or an answer of IBKR's to hand on. */
  run(step: {
    path: Readonly<Record<string, string>>;
    query: URLSearchParams;
    caller: Caller;
    run: (call: Call) => Promise<GatewayAnswer>;
  }): Promise<GatewayAnswer | { json: unknown }>;
}

export function createCompositeRoutes(deps: {
  composites: readonly Composite[];
  pipeline: Pipeline;
  gateway: Gateway;
}): RequestHandler {
  const templates = deps.composites.map((composite) => ({
    composite,
    parts: composite.path.split('/').slice(1),
  }));
  return async (request, response, next) => {
    const segments = segmentsOf(request.path) ?? [];
    const found = templates.find(({ parts }) => matches(parts, segments));
    if (found === undefined) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') throw wrongMethod(request.method, ['GET']);
    const { composite, parts } = found;
    const exchange = exchangeOf(request);
    exchange.operation = composite.operation;
    const answer = await composite.run({
      path: Object.fromEntries(
        parts.flatMap((part, index) => (isName(part) ? [[part.slice(1, -1), segments[index] ?? '']] : [])),
      ),
      query: queryOf(request),
      caller: callerOf(request, deps.gateway.url.origin),
      run: async (call) => {
        const step = await deps.pipeline.run(call, exchange.principal);
        refuseNonJson(step);
        return step;
      },
    });
    if ('json' in answer) writeJson(response, 200, answer.json);
    else forward(response, answer, deps.gateway.url);
  };
}

const isName = (part: string): boolean => part.startsWith('{');

function matches(parts: readonly string[], segments: readonly string[]): boolean {
  return (
    parts.length === segments.length && parts.every((part, index) => isName(part) || part === segments[index])
  );
}
