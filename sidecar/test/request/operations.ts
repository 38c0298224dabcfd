// Rows and calls for tests of the steps.

import type { Operation } from '../../src/contract.ts';
import type { GatewayAnswer } from '../../src/gateway.ts';
import type { Call } from '../../src/request/call.ts';

export function operation(given: Partial<Operation> = {}): Operation {
  return {
    id: 'getThing',
    method: 'GET',
    path: '/thing',
    tag: 'Things',
    summary: 'Returns the thing.',
    origin: 'ibkr',
    parameters: [],
    body: null,
    responses: { '200': ['application/json'] },
    servedBy: 'gateway',
    safety: 'read',
    guards: [],
    pacing: null,
    preflight: [],
    cacheMs: 0,
    routes: [],
    tool: null,
    ...given,
  };
}

export function call(of: Operation, given: Partial<Call> = {}): Call {
  const target = given.target ?? `/v1/api${of.path}`;
  return {
    operation: of,
    target,
    path: {},
    query: new URL(target, 'http://localhost').searchParams,
    headers: {},
    body: null,
    json: undefined,
    signal: new AbortController().signal,
    fresh: false,
    ...given,
  };
}

export function answer(json: unknown, given: Partial<GatewayAnswer> = {}): GatewayAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(json)),
    ...given,
  };
}
