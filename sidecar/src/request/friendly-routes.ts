// The short paths: `/accounts/{accountId}/positions` for `/v1/api/portfolio/{accountId}/positions/{pageId}`. All from the
// table; answers are IBKR's bytes, but a login page or a web page becomes a problem that a program can read.

import type { Request, RequestHandler } from 'express';
import type { FriendlyRoute, Operation, ParameterSource } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { readBody } from './body.ts';
import { callOf, type Call } from './call.ts';
import { callerOf, queryOf } from './caller.ts';
import { exchangeOf } from './exchange.ts';
import { forward } from './forward.ts';
import { readJson } from './media-type.ts';
import { segmentsOf } from './paths.ts';
import type { Pipeline } from './pipeline.ts';
import { refuseNonJson } from './problem.ts';
import { wrongMethod, type Match, type Routes } from './route.ts';
import { badRequest } from './validate.ts';

export function createFriendlyRoutes(deps: {
  routes: Routes;
  pipeline: Pipeline;
  gateway: Gateway;
}): RequestHandler {
  const { routes, pipeline, gateway } = deps;
  return async (request, response, next) => {
    const segments = segmentsOf(request.path);
    if (segments === null) return next();
    const match = routes.match(request.method === 'HEAD' ? 'GET' : request.method, segments);
    if (match === null) {
      const methods = routes.methods(segments);
      return methods.length === 0 ? next() : next(wrongMethod(request.method, methods));
    }
    const exchange = exchangeOf(request);
    exchange.operation = match.operation.id;
    const call = await toCall(request, match, gateway.url.origin);
    const answer = await pipeline.run(call, exchange.principal).catch((error: unknown) => {
      throw inCallersWords(error, match);
    });
    refuseNonJson(answer);
    forward(response, answer, gateway.url);
  };
}

/** A fault is named as the caller wrote it: `/query/page`, where IBKR's own path has `/path/pageId`. */
function inCallersWords(error: unknown, { operation, friendly }: Match): unknown {
  if (!(error instanceof Problem) || error.code !== 'bad_request' || friendly === null) return error;
  const faults = (error.extra.errors ?? []).map((fault) => ({
    ...fault,
    pointer: callersPointer(fault.pointer, friendly),
  }));
  return badRequest(operation, faults);
}

function callersPointer(pointer: string, { params, body }: FriendlyRoute): string {
  const [, place = '', name = ''] = pointer.split('/');
  const source: Pick<ParameterSource, 'query' | 'path'> | undefined =
    place === 'body' ? body?.[name] : params[name];
  if (source?.query !== undefined) return `/query/${source.query}`;
  return source?.path === undefined ? pointer : `/path/${source.path}`;
}

async function toCall(request: Request, match: Match, gatewayOrigin: string): Promise<Call> {
  const { operation, friendly, params } = match;
  if (friendly === null) throw new Error('not a friendly route');
  const caller = callerOf(request, gatewayOrigin);
  const given = queryOf(request);
  const values = parameterValues(operation, friendly, params, given);
  if (friendly.body !== undefined) {
    const json = bodyFromQuery(operation, friendly.body, given);
    const headers = { ...caller.headers, 'content-type': 'application/json' };
    return callOf(
      operation,
      { ...caller, headers },
      { ...values, body: Buffer.from(JSON.stringify(json)), json },
    );
  }
  const body = await readBody(request, caller.signal);
  const contentType = request.headers['content-type'];
  if (body !== null && operation.body !== null) requireJson(operation, contentType);
  return callOf(operation, caller, { ...values, body, json: readJson(operation, body, contentType) });
}

function requireJson(operation: Operation, contentType: string | undefined): void {
  if (!/^application\/(.+\+)?json\s*(;|$)/i.test(contentType ?? '')) {
    throw new Problem('unsupported_media_type', `${operation.id} takes a body of type application/json.`);
  }
}

function parameterValues(
  operation: Operation,
  friendly: FriendlyRoute,
  params: Readonly<Record<string, string>>,
  given: URLSearchParams,
): { path: Record<string, string>; query: URLSearchParams } {
  const path: Record<string, string> = {};
  const query = new URLSearchParams();
  for (const parameter of operation.parameters) {
    const source = friendly.params[parameter.name] ?? {};
    const asked = source.query ?? parameter.name;
    const fromPath = params[source.path ?? parameter.name];
    const value = fromPath ?? given.getAll(asked).at(-1) ?? source.default;
    if (value === undefined) {
      const required = source.required ?? parameter.required;
      if (required) throw missingParameter(asked);
    } else if (parameter.in === 'path') {
      path[parameter.name] = value;
    } else if (parameter.in === 'query') {
      query.set(parameter.name, value);
    }
  }
  return { path, query };
}

function bodyFromQuery(
  operation: Operation,
  sources: NonNullable<FriendlyRoute['body']>,
  given: URLSearchParams,
): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [field, source] of Object.entries(sources)) {
    const text = given.getAll(source.query).at(-1);
    if (text !== undefined) body[field] = readField(operation, source.query, source.type, text);
    else if (source.default !== undefined) body[field] = source.default;
    else if (source.required === true) throw missingParameter(source.query);
  }
  return body;
}

function readField(
  operation: Operation,
  name: string,
  type: 'string' | 'boolean' | 'integer',
  text: string,
): unknown {
  if (type === 'string') return text;
  const value: unknown = type === 'boolean' ? { true: true, false: false }[text.toLowerCase()] : Number(text);
  if (typeof value === 'boolean' || Number.isInteger(value)) return value;
  const wanted = type === 'boolean' ? 'true or false' : 'a whole number';
  throw badRequest(operation, [{ pointer: `/query/${name}`, message: `must be ${wanted}` }]);
}

const missingParameter = (name: string): Problem =>
  new Problem('missing_query_param', `The query parameter "${name}" is missing.`, {
    errors: [{ pointer: `/query/${name}`, message: 'is required' }],
  });
