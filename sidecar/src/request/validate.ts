// A request against the contract, with validators compiled at build time. Lenient where the real API is: `True` is a
// boolean, a list may be joined by commas or repeated, undocumented members pass. What is sent on is the caller's own bytes.

import type { Contract, Operation, Parameter } from '../contract.ts';
import { Problem, type Fault } from '../errors.ts';
import type { Call } from './call.ts';

/** Whether a value is fine; `errors` tells about the latest call. A lenient check changes the value it is given. */
export interface Check {
  (value: unknown): boolean;
  readonly errors: readonly { instancePath: string; message: string }[] | null;
}

export type Validators = Readonly<
  Record<string, { parameters: Check | null; body: Check | null } | undefined>
>;

export async function loadValidators(folder: URL): Promise<Validators> {
  const module = (await import(new URL('validators.js', folder).href)) as { default: Validators };
  return module.default;
}

/** Throws `bad_request` naming every faulty member by JSON pointer; nothing has been sent then. */
export function createValidate(deps: { contract: Contract; validators: Validators }): (call: Call) => void {
  const readers = new Map(
    deps.contract.operations.map((operation) => [operation.id, parameterReader(operation)]),
  );
  return (call) => {
    const { operation } = call;
    const compiled = deps.validators[operation.id];
    const faults = [
      ...faultsOf(compiled?.parameters, () => readers.get(operation.id)?.(call) ?? {}, ''),
      ...bodyFaults(call, compiled?.body),
    ];
    if (faults.length > 0) throw badRequest(operation, faults);
  };
}

export function badRequest(operation: Operation, faults: readonly Fault[]): Problem {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  const what = first === undefined ? 'is malformed' : `${first.pointer} ${first.message}${more}`;
  return new Problem('bad_request', `${operation.id}: ${what}.`, { errors: faults });
}

function faultsOf(check: Check | null | undefined, value: () => unknown, prefix: string): Fault[] {
  if (check === null || check === undefined || check(value())) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => ({
    pointer: prefix + instancePath,
    message,
  }));
}

function bodyFaults(call: Call, check: Check | null | undefined): Fault[] {
  const { operation, body, json } = call;
  if (body === null) {
    const required =
      operation.body?.required === true && operation.safety !== 'read' && operation.safety !== 'session';
    return required ? [{ pointer: '/body', message: 'is required' }] : [];
  }
  return json === undefined ? [] : faultsOf(check, () => json, '/body');
}

/** Prepares the copy that is validated: lists split, booleans in lower case, the last of repeated values. */
function parameterReader(operation: Operation): (call: Call) => unknown {
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  return (call) => {
    const values: Record<string, unknown> = {};
    for (const parameter of query) {
      const given = call.query.getAll(parameter.name);
      if (given.length > 0) values[parameter.name] = readValue(parameter, given);
    }
    return { path: { ...call.path }, query: values };
  };
}

function readValue({ type }: Parameter, given: readonly string[]): unknown {
  if (type === 'array') return given.flatMap((value) => value.split(','));
  const last = given.at(-1) ?? '';
  return type === 'boolean' ? last.toLowerCase() : last;
}
