// operations.json: one row for each operation, from the normalised document and the overlay. Everything that asks "what is
// this call, may I make it, how often" reads this table.

import { object } from '../document.ts';
import { isObject, type JsonObject } from '../json.ts';
import { idOf, keyOf, operations, parametersOf, type Operation } from '../operation.ts';
import type { Guard, OperationFacts, Overlay, Pacing, Route, Safety, ServedBy } from '../overlay.ts';
import { follow } from '../pointer.ts';
import { Problem } from '../problem.ts';
import type { Emitter } from './emitter.ts';

export interface OperationRow {
  readonly id: string;
  readonly method: string;
  /** relative to /v1/api */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** `overlay`: real, but absent from IBKR's document */
  readonly origin: 'ibkr' | 'overlay';
  readonly parameters: readonly ParameterRow[];
  readonly body: { readonly required: boolean; readonly mediaTypes: readonly string[] } | null;
  /** status → media types */
  readonly responses: Readonly<Record<string, readonly string[]>>;
  readonly servedBy: ServedBy;
  readonly safety: Safety;
  readonly guards: readonly Guard[];
  /** null: only the limit that holds for every call */
  readonly pacing: Pacing | null;
  readonly preflight: readonly string[];
  readonly cacheMs: number;
  readonly routes: readonly Route[];
  readonly tool: string | null;
}

export interface ParameterRow {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly type: string;
}

export const emitOperations: Emitter = ({ document, overlay }) => ({
  'operations.json': `[\n${operationRows(document, overlay)
    .map((row) => JSON.stringify(row, null, 1))
    .join(',\n')}\n]\n`,
});

/** Sorted by path, then method. */
export function operationRows(document: JsonObject, overlay: Overlay): OperationRow[] {
  return operations(document)
    .map((operation) => operationRow(document, operation, overlay.operations.get(keyOf(operation))))
    .sort((one, other) => compare(one.path, other.path) || compare(one.method, other.method));
}

function operationRow(
  document: JsonObject,
  operation: Operation,
  facts: OperationFacts | undefined,
): OperationRow {
  const { path, method, node } = operation;
  if (facts?.summary === undefined || facts.safety === undefined || facts.servedBy === undefined)
    throw new Problem(`${keyOf(operation)} has no complete entry in spec/overlay: complete it`);
  return {
    id: idOf(operation),
    method: method.toUpperCase(),
    path,
    tag: facts.tag,
    summary: facts.summary,
    origin: facts.id === undefined ? 'ibkr' : 'overlay',
    parameters: parametersOf(document, operation).flatMap(({ node }) => parameterRow(document, node)),
    body: body(follow(document, node['requestBody'])),
    responses: Object.fromEntries(
      Object.entries(object(node, 'responses') ?? {}).map(([status, response]) => [
        status,
        Object.keys(object(follow(document, response) ?? {}, 'content') ?? {}),
      ]),
    ),
    servedBy: facts.servedBy,
    safety: facts.safety,
    guards: facts.guards,
    pacing: facts.pacing,
    preflight: facts.preflight,
    cacheMs: facts.cacheMs,
    routes: facts.routes,
    tool: facts.tool,
  };
}

function parameterRow(
  document: JsonObject,
  { name, in: position, required, schema }: JsonObject,
): ParameterRow[] {
  if (typeof name !== 'string' || typeof position !== 'string') return [];
  const type = follow(document, schema)?.['type'];
  return [
    { name, in: position, required: required === true, type: typeof type === 'string' ? type : 'string' },
  ];
}

function body(requestBody: JsonObject | undefined): OperationRow['body'] {
  const content = requestBody?.['content'];
  if (requestBody === undefined || !isObject(content)) return null;
  return { required: requestBody['required'] === true, mediaTypes: Object.keys(content) };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
