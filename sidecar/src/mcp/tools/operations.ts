// The whole of IBKR's API by name, for what no other tool covers: find an operation, read how it is called, call it.

import type { Contract, Operation } from '../../contract.ts';
import type { Ask } from '../calls.ts';
import { ToolFault } from '../fault.ts';
import { createSearch } from '../operation-search.ts';
import { known, record, text, whole, type Json } from '../reading.ts';
import type { Tools, ToolTable } from '../tool.ts';

export interface OperationDeps {
  ask: Ask;
  contract: Contract;
  table: ToolTable;
}

export function operationTools(deps: OperationDeps): Tools {
  const { ask, contract, table } = deps;
  const servable = contract.operations.filter(({ servedBy }) => servedBy !== 'cloud');
  const search = createSearch(servable);
  return {
    api_search(args) {
      const found = search(text(args['query']) ?? '', whole(args['limit']) ?? 8);
      return Promise.resolve({ json: { operations: found.map(hit) } });
    },

    api_describe(args) {
      const operation = operationNamed(contract, args['operation']);
      const sketch = table.operations[operation.id];
      return Promise.resolve({
        json: known({
          operation: operation.id,
          call: `${operation.method} ${operation.path}`,
          summary: operation.summary,
          safety: operation.safety,
          tool: operation.tool ?? undefined,
          pacing: operation.pacing ?? undefined,
          params: sketch?.params,
          body: sketch?.body,
          answer_example: sketch?.answer,
        }),
      });
    },

    async api_read(args, caller) {
      const operation = operationNamed(contract, args['operation']);
      if (operation.safety !== 'read')
        throw new ToolFault(
          'not_a_read',
          `${operation.id} is not a read but ${operation.safety}.`,
          caller.mayOrder ? 'Use api_write.' : 'This client may only read.',
        );
      const answer = await ask(caller, operation.id, givenTo(operation, table, args));
      return { json: trimmed(answer, args) };
    },
  };
}

const hit = ({ id, summary, safety, tool }: Operation): Json =>
  known({ operation: id, summary, safety, tool: tool ?? undefined });

export function operationNamed(contract: Contract, name: unknown): Operation {
  const operation = contract.byId.get(String(name));
  if (operation === undefined)
    throw new ToolFault(
      'unknown_operation',
      `There is no operation ${String(name)}.`,
      'Find it with api_search.',
    );
  if (operation.servedBy !== 'cloud') return operation;
  throw new ToolFault(
    'not_served',
    `${operation.id} belongs to IBKR’s institutional API, which the Gateway does not serve.`,
    'There is no way to it from here.',
  );
}

/** What is unknown is refused by name: dropped, it would change what the call means. */
export function givenTo(
  operation: Operation,
  table: ToolTable,
  args: Json,
): { params: Json; body?: unknown } {
  const params = record(args['params']);
  const places = operation.parameters.filter(({ in: place }) => place !== 'header');
  const strange = Object.keys(params).filter((name) => !places.some((each) => each.name === name));
  if (strange.length > 0)
    throw new ToolFault(
      'bad_arguments',
      `${operation.id} has no parameter ${strange.join(', ')}.`,
      `It takes: ${places.map(({ name }) => name).join(', ') || 'none'}.`,
    );
  const missing = places.filter(({ name, required }) => required && params[name] === undefined);
  if (missing.length > 0)
    throw new ToolFault(
      'bad_arguments',
      `${operation.id} needs the parameter ${missing.map(({ name }) => name).join(', ')}.`,
      'Give it in params.',
    );
  const { body } = args;
  if (body !== undefined && operation.body === null)
    throw new ToolFault('bad_arguments', `${operation.id} takes no body.`, 'Leave it out.');
  if (
    body === undefined &&
    table.operations[operation.id]?.body !== undefined &&
    operation.body?.required === true
  )
    throw new ToolFault('bad_arguments', `${operation.id} needs a body.`, 'See api_describe.');
  return { params, ...(body === undefined ? {} : { body }) };
}

/** About 10,000 tokens. */
const maxCharacters = 40_000;

/** Rows and members that were asked for, and never more than a model can hold. */
export function trimmed(answer: unknown, args: Json): Json {
  const offset = whole(args['offset']) ?? 0;
  const limit = whole(args['limit']) ?? 100;
  const fields = Array.isArray(args['fields']) ? args['fields'].map(String) : null;
  const rows = Array.isArray(answer) ? (answer as unknown[]) : null;
  const part = rows === null ? answer : rows.slice(offset, offset + limit);
  const picked = fields === null ? part : pick(part, fields);
  const written = JSON.stringify(picked);
  const more =
    rows !== null && offset + limit < rows.length ? { total: rows.length, next_offset: offset + limit } : {};
  if (written.length <= maxCharacters) return { answer: picked, ...more };
  return {
    cut: `The answer has ${written.length} characters; these are the first ${maxCharacters}. Ask for less with fields, offset and limit.`,
    answer_begins: written.slice(0, maxCharacters),
    ...more,
  };
}

function pick(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map((item) => pick(item, fields));
  const members = record(value);
  return Object.fromEntries(fields.filter((name) => name in members).map((name) => [name, members[name]]));
}
