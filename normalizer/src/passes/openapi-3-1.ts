// OpenAPI 3.0 → 3.1. Schemas become JSON Schema 2020-12: `nullable` turns into the type "null" (also beside a $ref and
// in enums), boolean exclusive bounds into numbers, `type: file` into binary text, `example` into `examples`.
// Reference: OpenAPI Initiative, "Migrating from OpenAPI 3.0 to 3.1.0".

import { list, walk } from '../document.ts';
import { isNumber, type Json, type JsonObject } from '../json.ts';
import type { Pass } from './pass.ts';

export const openapi31: Pass = {
  name: 'openapi-3-1',
  run(document, report) {
    const was = document['openapi'];
    const from30 = typeof was === 'string' && was.startsWith('3.0.');
    if (from30) {
      document['openapi'] = '3.1.0';
      report('/openapi', was, '3.1.0');
    }
    for (const { node, at } of walk(document, 'schema')) {
      for (const upgrade of [...(from30 ? [loneReference] : []), nullable, exclusive, file, example]) {
        const before = { ...node };
        upgrade(node);
        const changed = difference(before, node);
        if (changed) report(at, changed.was, changed.is);
      }
    }
  },
};

/** 3.0 ignores what stands beside a $ref and 3.1 does not: what had no effect must not gain one. */
function loneReference(schema: JsonObject): void {
  if (typeof schema['$ref'] !== 'string') return;
  for (const name of Object.keys(schema))
    if (name !== '$ref' && name !== 'nullable') Reflect.deleteProperty(schema, name);
}

function nullable(schema: JsonObject): void {
  if (typeof schema['nullable'] !== 'boolean') return;
  const isNullable = schema['nullable'];
  delete schema['nullable'];
  if (!isNullable) return;
  const { type, enum: values } = schema;
  if (Array.isArray(values) && !values.includes(null)) schema['enum'] = [...values, null];
  if (type !== undefined) {
    const types = Array.isArray(type) ? type : [type];
    schema['type'] = types.includes('null') ? types : [...types, 'null'];
  } else if ('$ref' in schema || 'allOf' in schema) {
    const inner = { ...schema };
    for (const name of Object.keys(inner)) Reflect.deleteProperty(schema, name);
    schema['anyOf'] = [inner, { type: 'null' }];
  } else {
    // without a type, null is refused only by what is listed here
    const name = 'oneOf' in schema ? 'oneOf' : 'anyOf';
    if (name in schema) schema[name] = [...list(schema, name), { type: 'null' }];
  }
}

function exclusive(schema: JsonObject): void {
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    const is = schema[flag];
    if (typeof is !== 'boolean') continue;
    const limit = schema[bound];
    Reflect.deleteProperty(schema, flag);
    if (!is || !isNumber(limit)) continue;
    schema[flag] = limit;
    Reflect.deleteProperty(schema, bound);
  }
}

function file(schema: JsonObject): void {
  if (schema['type'] !== 'file') return;
  schema['type'] = 'string';
  schema['format'] = 'binary';
}

function example(schema: JsonObject): void {
  const { example: single, examples } = schema;
  if (single === undefined) return;
  delete schema['example'];
  schema['examples'] = Array.isArray(examples) ? [single, ...examples] : [single];
}

/** The members that differ, before and after; undefined when none does. */
function difference(before: JsonObject, after: JsonObject): { was: JsonObject; is: JsonObject } | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return differing.length === 0 ? undefined : { was: pick(before, differing), is: pick(after, differing) };
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name): [string, Json][] => (object[name] === undefined ? [] : [[name, object[name]]])),
  );
}
