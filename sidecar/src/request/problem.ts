// The one place where an error becomes an answer: RFC 9457 problem details that also carry the predecessor's members.

import type { ErrorRequestHandler, Request, Response } from 'express';
import type { ServerResponse } from 'node:http';
import type { Operation } from '../contract.ts';
import { Problem, problemKinds } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { isLoggedOut } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { CallerLeft } from './exchange.ts';
import { isHtml } from './headers.ts';

export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal', 'The request failed in this server.', { cause: error });
}

export function problemBody(problem: Problem, requestId: string): Buffer {
  const { title, hint } = problemKinds[problem.code];
  const { errors, members } = problem.extra;
  return Buffer.from(
    JSON.stringify({
      type: `urn:bezant:problem:${problem.code}`,
      title,
      status: problem.status,
      detail: problem.message,
      instance: `urn:bezant:request:${requestId}`,
      code: problem.code,
      message: problem.message,
      hint,
      requestId,
      ...(errors === undefined ? {} : { errors }),
      ...members,
    }),
  );
}

export function writeProblem(response: ServerResponse, problem: Problem, requestId: string): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = problemBody(problem, requestId);
  const { retryAfterSeconds, headers } = problem.extra;
  response.writeHead(problem.status, {
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    ...headers,
  });
  response.write(body);
  afterRequest(response, () => response.end());
}

/** nginx's `lingering_timeout`. */
const lingerMs = 5_000;

/**
 * Waits for what is left of the request, and throws it away: to end an answer may close the connection, and closing it on a
 * caller who is still sending takes the answer from him.
 */
function afterRequest({ req: request }: ServerResponse, end: () => void): void {
  if (request.complete || request.destroyed) return end();
  const timer = setTimeout(end, lingerMs);
  request.once('close', () => {
    clearTimeout(timer);
    end();
  });
  request.resume();
}

/** Express's last handler. */
export function problemWriter(observe: Observe): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, _next) => {
    if (error instanceof CallerLeft && error === request.exchange?.signal.reason) return;
    const problem = toProblem(error);
    if (problem.status < 500) observe({ kind: 'refused', reason: problem.code });
    response.locals['problem'] = problem;
    writeProblem(response, problem, request.exchange?.requestId ?? '');
  };
}

/** On our own routes a login page or a web page is never handed to a caller who expects JSON. */
export function refuseNonJson(answer: GatewayAnswer): void {
  if (isLoggedOut(answer)) throw new Problem('not_authenticated', 'The Gateway asks for a login.');
  const { status } = answer;
  if (status >= 300 && status < 400) {
    throw new Problem('upstream_status', `The Gateway answered with an unexpected redirect (${status}).`);
  }
  if (!isHtml(answer)) return;
  if (status < 300)
    throw new Problem('upstream_decode_error', 'The Gateway answered with a web page where JSON is due.');
  if (status === 429 || status >= 500) {
    throw new Problem('upstream_status', `IBKR answered with status ${status}.`, { status });
  }
  throw new Problem('upstream_client_error', `IBKR refused the call with status ${status}.`, { status });
}

/** On IBKR's own paths everything is relayed as it is, but a web page is no success of a JSON operation. */
export function refusePageAsSuccess(answer: GatewayAnswer, operation: Operation): void {
  if (answer.status < 200 || answer.status > 299 || !isHtml(answer)) return;
  const types = Object.entries(operation.responses).flatMap(([status, each]) =>
    status.startsWith('2') ? each : [],
  );
  if (types.length > 0 && types.every((type) => type.includes('json')))
    throw new Problem('upstream_decode_error', 'The Gateway answered with a web page where JSON is due.');
}
