// tools.json: the tools of an MCP client's model, and what such a model must know of an operation to call it by name: its
// parameters, its body and one answer, each without references. tool-validators.js: the arguments' schemas, compiled.

import { list, object } from '../document.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { idOf, keyOf, operations, parametersOf, type Operation } from '../operation.ts';
import type { Overlay } from '../overlay.ts';
import { follow } from '../pointer.ts';
import type { Tool } from '../tools.ts';
import { compile } from './compile.ts';
import type { Emitter } from './emitter.ts';
import { declarations, module } from './validator-module.ts';

export const emitTools: Emitter = ({ document, overlay }) => ({
  'tools.json': `${JSON.stringify(
    {
      tools: overlay.tools.map((tool) => ({ ...tool, operations: operationsOf(tool, document, overlay) })),
      operations: Object.fromEntries(
        operations(document)
          .filter((operation) => overlay.operations.get(keyOf(operation))?.servedBy !== 'cloud')
          .map((operation) => [idOf(operation), described(document, operation)]),
      ),
    },
    null,
    1,
  )}\n`,
  'tool-validators.js': toolValidators(overlay.tools),
  'tool-validators.d.ts': declarations('Check', 'by tool: checks its arguments'),
});

function toolValidators(tools: readonly Tool[]): string {
  const schemas = new Map(tools.map(({ name, inputSchema }) => [name, inputSchema]));
  const compiled = compile({}, schemas, { coerce: false, open: false });
  return module(
    `const all = ${compiled};`,
    tools.map(({ name }) => `${name}: check(all[${JSON.stringify(name)}]),`),
  );
}

function operationsOf({ name }: Tool, document: JsonObject, overlay: Overlay): string[] {
  return operations(document)
    .filter((operation) => overlay.operations.get(keyOf(operation))?.tool === name)
    .map(idOf);
}

function described(document: JsonObject, operation: Operation): JsonObject {
  const properties: JsonObject = {};
  const required: string[] = [];
  for (const { node } of parametersOf(document, operation)) {
    const { name, in: position, schema } = node;
    if (typeof name !== 'string' || (position !== 'path' && position !== 'query')) continue;
    properties[name] = inlined(document, schema ?? {});
    if (node['required'] === true) required.push(name);
  }
  const body = object(jsonContent(document, operation.node['requestBody']) ?? {}, 'schema');
  const answer = exampleOf(document, operation);
  return {
    params: { type: 'object', properties, required },
    ...(body === undefined ? {} : { body: inlined(document, body) }),
    ...(answer === undefined ? {} : { answer: shortened(answer) }),
  };
}

function jsonContent(document: JsonObject, holder: Json | undefined): JsonObject | undefined {
  const content = object(follow(document, holder) ?? {}, 'content') ?? {};
  const type = Object.keys(content).find((name) => /[/+]json\b/.test(name));
  return type === undefined ? undefined : object(content, type);
}

/** What a schema says to somebody who has to fill it in. */
const KEPT: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  'format',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'default',
  'required',
]);
const ONE = ['items', 'additionalProperties'] as const;
const SEVERAL = ['oneOf', 'anyOf', 'allOf'] as const;

/** The schema with everything it refers to in place; what contains itself is left open where it would begin again. */
function inlined(document: JsonObject, schema: Json, above: readonly JsonObject[] = []): JsonObject {
  const node = follow(document, schema);
  if (node === undefined || above.includes(node)) return {};
  const into = (inner: Json): JsonObject => inlined(document, inner, [...above, node]);
  const result = Object.fromEntries(Object.entries(node).filter(([name]) => KEPT.has(name)));
  const properties = object(node, 'properties');
  if (properties !== undefined)
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [name, into(property)]),
    );
  for (const name of ONE) if (isObject(node[name])) result[name] = into(node[name]);
  for (const name of SEVERAL) if (list(node, name).length > 0) result[name] = list(node, name).map(into);
  return result;
}

function exampleOf(document: JsonObject, { node }: Operation): Json | undefined {
  const media = jsonContent(document, object(node, 'responses')?.['200']);
  if (media === undefined) return undefined;
  const [named] = Object.values(object(media, 'examples') ?? {});
  const [own] = list(follow(document, media['schema']) ?? {}, 'examples');
  return media['example'] ?? follow(document, named)?.['value'] ?? own;
}

const MAX_TEXT = 120;
const MAX_MEMBERS = 40;

/** One row of each list, and no text longer than a line. */
function shortened(value: Json): Json {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (Array.isArray(value)) return value.slice(0, 1).map(shortened);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([name, inner]) => [name, shortened(inner)]),
  );
}
