// operations.json: one row for each operation, from the normalised document and the overlay. Everything that asks "what is
// this call, may I make it, how often" reads this table.

import { follow, list, object, operations } from '../document.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import type { Guard, OperationFacts, Overlay, Pacing, Route, Safety, ServedBy } from '../overlay.ts';
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
    .map(({ path, method, item, node }) => {
      const key = `${method.toUpperCase()} ${path}`;
      const facts = overlay.operations.get(key);
      if (facts === undefined) throw new Problem(`${key} has no entry in spec/overlay; add one.`);
      return operationRow(
        document,
        key,
        [...list(item, 'parameters'), ...list(node, 'parameters')],
        node,
        facts,
      );
    })
    .sort((one, other) => compare(one.path, other.path) || compare(one.method, other.method));
}

function operationRow(
  document: JsonObject,
  key: string,
  parameters: Json[],
  node: JsonObject,
  facts: OperationFacts,
): OperationRow {
  const [method = '', path = ''] = key.split(' ');
  const { summary, safety, servedBy } = facts;
  if (summary === undefined || safety === undefined || servedBy === undefined)
    throw new Problem(
      `${key} lacks a summary, a safety class or servedBy in spec/overlay/${facts.file}; add them.`,
    );
  return {
    id: String(node['operationId']),
    method,
    path,
    tag: facts.tag,
    summary,
    origin: facts.id === undefined ? 'ibkr' : 'overlay',
    parameters: parameters.flatMap((parameter) => parameterRow(document, follow(document, parameter))),
    body: body(follow(document, node['requestBody'])),
    responses: Object.fromEntries(
      Object.entries(object(node, 'responses') ?? {}).map(([status, response]) => [
        status,
        Object.keys(object(follow(document, response) ?? {}, 'content') ?? {}),
      ]),
    ),
    servedBy,
    safety,
    guards: facts.guards,
    pacing: facts.pacing,
    preflight: facts.preflight,
    cacheMs: facts.cacheMs,
    routes: facts.routes,
    tool: facts.tool,
  };
}

function parameterRow(document: JsonObject, parameter: JsonObject | undefined): ParameterRow[] {
  if (parameter === undefined) return [];
  const { name, in: position, required } = parameter;
  const type = follow(document, parameter['schema'])?.['type'];
  return [
    {
      name: String(name),
      in: String(position),
      required: required === true,
      type: typeof type === 'string' ? type : 'string',
    },
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
