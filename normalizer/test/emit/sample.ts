// A value that a schema accepts, made from the schema alone: for tests that need a good request for every operation.

import { list, object } from '../../src/document.ts';
import type { Json, JsonObject } from '../../src/json.ts';
import { follow } from '../../src/pointer.ts';

// Recursive schemas and nine-storey account applications end here; what lies deeper is optional everywhere.
const MAX_DEPTH = 6;

export type Fill = 'every member' | 'required members';

/** Undefined when the depth limit was reached: the caller leaves the member out. */
export function sample(
  document: JsonObject,
  schema: Json | undefined,
  fill: Fill,
  depth = 0,
): Json | undefined {
  const parts = partsOf(document, schema);
  const [choice] = parts.flatMap((part) => list(part, 'enum')).filter((value) => value !== null);
  if (choice !== undefined) return choice;
  const kinds = parts.map((part) => typeOf(part));
  const plain = parts[kinds.findIndex((kind) => kind !== undefined && kind !== 'object')];
  if (plain !== undefined) return ofType(document, plain, fill, depth);
  return kinds.includes('object') ? ofObject(document, parts, fill, depth) : 'text';
}

/** The schema with everything that holds beside it: all of `allOf`, the first of `oneOf` and `anyOf`. */
function partsOf(document: JsonObject, schema: Json | undefined): JsonObject[] {
  const node = follow(document, schema);
  if (node === undefined) return [];
  const beside = [
    ...list(node, 'allOf'),
    ...list(node, 'oneOf').slice(0, 1),
    ...list(node, 'anyOf').slice(0, 1),
  ];
  return [node, ...beside.flatMap((part) => partsOf(document, part))];
}

function ofObject(
  document: JsonObject,
  parts: readonly JsonObject[],
  fill: Fill,
  depth: number,
): Json | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const properties = Object.assign(
    {},
    ...parts.map((part) => object(part, 'properties') ?? {}),
  ) as JsonObject;
  const required = parts.flatMap((part) => list(part, 'required')).map(String);
  const names = fill === 'every member' ? [...Object.keys(properties), ...required] : required;
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => {
      const value = sample(document, properties[name], fill, depth + 1);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function ofType(document: JsonObject, node: JsonObject, fill: Fill, depth: number): Json | undefined {
  switch (typeOf(node)) {
    case 'array': {
      const item = depth >= MAX_DEPTH ? undefined : sample(document, node['items'], fill, depth + 1);
      return item === undefined ? [] : [item];
    }
    case 'integer':
    case 'number':
      return typeof node['minimum'] === 'number' ? node['minimum'] : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return ofText(node);
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T09:30:00Z',
  uri: 'https://example.com/',
  byte: 'dGV4dA==',
};

function ofText({ format, minLength, maxLength }: JsonObject): string {
  const known = typeof format === 'string' ? TEXTS[format] : undefined;
  const text = known ?? 'text'.padEnd(typeof minLength === 'number' ? minLength : 0, '-');
  return typeof maxLength === 'number' ? text.slice(0, maxLength) : text;
}

function typeOf({ type, properties, items }: JsonObject): string | undefined {
  const named = Array.isArray(type) ? type[0] : type;
  if (typeof named === 'string') return named;
  return properties === undefined ? (items === undefined ? undefined : 'array') : 'object';
}
