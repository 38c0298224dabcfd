// IBKR's operations as tools call them: the whole way of a caller's call, and the answer read.

import type { Principal } from '../api-keys.ts';
import type { Contract, Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { redactMember } from '../redact-body.ts';
import { callOf } from '../request/call.ts';
import type { Pipeline } from '../request/pipeline.ts';
import { refuseNonJson } from '../request/problem.ts';
import { ToolFault } from './fault.ts';
import { plain, record, written } from './reading.ts';

/** Who a tool works for, and until when. */
export interface Caller {
  readonly principal: Principal | null;
  readonly signal: AbortSignal;
}

export interface Given {
  /** Values of path and query by name; a list is joined by commas. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Resolves to the answer's JSON, or to its text when it is none. */
export type Ask = (caller: Caller, operationId: string, given?: Given) => Promise<unknown>;

export function createAsk(deps: { contract: Contract; pipeline: Pick<Pipeline, 'run'> }): Ask {
  return async (caller, operationId, { params = {}, body } = {}) => {
    const operation = deps.contract.byId.get(operationId);
    if (operation === undefined) throw new Error(`the contract has no operation ${operationId}`);
    const { path, query } = placed(operation, params);
    const call = callOf(
      operation,
      {
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        signal: caller.signal,
        fresh: false,
      },
      { path, query, ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)), json: body }) },
    );
    return readAnswer(await deps.pipeline.run(call, caller.principal));
  };
}

function placed(
  operation: Operation,
  params: Readonly<Record<string, unknown>>,
): { path: Record<string, string>; query: URLSearchParams } {
  const path: Record<string, string> = {};
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    const inPath = operation.parameters.some(
      (parameter) => parameter.in === 'path' && parameter.name === name,
    );
    if (inPath) path[name] = written(value);
    else query.set(name, written(value));
  }
  return { path, query };
}

function readAnswer(answer: GatewayAnswer): unknown {
  refuseNonJson(answer);
  const json = parsed(answer);
  const said = plain(record(json)['error']) ?? plain(record(json)['message']);
  if (answer.status >= 400) throw refusal(answer.status, said ?? plain(json) ?? 'without a reason');
  const isRefused = typeof record(json)['error'] === 'string' && Object.keys(record(json)).length <= 2;
  if (isRefused) throw refusal(answer.status, said ?? '');
  return json;
}

/** Without members that are secrets: no tool can give away what it does not get. */
function parsed({ body }: GatewayAnswer): unknown {
  const content = body.toString('utf8');
  try {
    return JSON.parse(content, redactMember) as unknown;
  } catch {
    return content;
  }
}

const noSession = /no bridge|init session first|not authenticated|no session/i;

function refusal(status: number, said: string): Error {
  if (noSession.test(said)) return new Problem('no_session', `IBKR has no brokerage session (“${said}”).`);
  if (status === 429) return new Problem('penalty_box', 'IBKR says that there were too many calls.');
  if (status >= 500)
    return new ToolFault(
      'ibkr_failed',
      `IBKR failed with status ${status}: ${said}.`,
      'Check the ids that were given; if they are right, call health and repeat reads after a moment.',
    );
  return new ToolFault('ibkr_refused', `IBKR refused: ${said}.`, 'Correct what it names.');
}
