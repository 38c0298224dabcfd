// What was written on the command line → the call of an operation. Mistakes are named before anything is sent.

import type { ApiRequest } from 'bezant-client';
import { readFileSync } from 'node:fs';
import { UsageError } from './failure.ts';
import type { Operation, Parameter } from './operations.ts';

export type Given = ReadonlyMap<string, string>;

export function toRequest(
  operation: Operation,
  given: Given,
  body: string | undefined,
): { request: ApiRequest; headers: Record<string, string> } {
  const { id, method, path, safety, parameters } = operation;
  const how = `\`bezant call ${id} --help\` lists what it takes.`;
  for (const name of given.keys()) {
    if (!parameters.some((parameter) => parameter.name === name)) {
      throw new UsageError(`${id} has no parameter ${name}.`, how);
    }
  }
  const missing = parameters.filter(({ name, required }) => required && !given.has(name));
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name);
    const flags = missing.map(({ name, type }) => `--${name} <${type}>`).join(' ');
    throw new UsageError(`${id} needs ${names.join(', ')}.`, `Add ${flags}.`);
  }
  if (body === undefined && operation.body?.required === true) {
    throw new UsageError(`${id} needs a body.`, `Add --body '{…}', --body @FILE or --body -. ${how}`);
  }
  if (body !== undefined && operation.body === null) throw new UsageError(`${id} takes no body.`, how);
  const of = (place: string): Record<string, string> =>
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place)
        .flatMap((parameter) => {
          const value = given.get(parameter.name);
          return value === undefined ? [] : [[parameter.name, checked(parameter, value)]];
        }),
    );
  const type = operation.body?.mediaType;
  const isJson = type === undefined || type.includes('json');
  const request: ApiRequest = {
    method,
    path,
    params: of('path'),
    query: of('query'),
    read: safety === 'read',
    ...(body !== undefined && { body: isJson ? parsed(readBody(body)) : readBody(body) }),
    ...(body !== undefined && !isJson && { type }),
  };
  return { request, headers: of('header') };
}

/** Numbers and flags; what values IBKR knows changes too often to refuse others here. */
function checked({ name, type }: Parameter, value: string): string {
  if (type === 'integer' && !/^[+-]?\d+$/.test(value))
    throw new UsageError(`${name} is no whole number: "${value}".`, again);
  if (type === 'number' && !Number.isFinite(Number(value)))
    throw new UsageError(`${name} is no number: "${value}".`, again);
  if (type === 'boolean' && !/^(true|false)$/i.test(value))
    throw new UsageError(`${name} is true or false, not "${value}".`, again);
  return value;
}

const again = 'Correct it; nothing was sent.';

/** `@file`, `-` for stdin, or the body itself. */
function readBody(body: string): string {
  if (body !== '-' && !body.startsWith('@')) return body;
  try {
    return readFileSync(body === '-' ? 0 : body.slice(1), 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The body cannot be read: ${why}`, 'Give --body JSON, --body @FILE or --body -.');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The body is no JSON: ${why}`, again);
  }
}
