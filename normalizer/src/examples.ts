// Every example beside the schema it illustrates, and on downwards: which schema governs which piece of the example.
// Passes that learn from examples use this, so that what one operation shows never changes another's field of that name.

import { join, locate, object, walk, type Place } from './document.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

export interface Example {
  /** JSON pointer of the example value */
  readonly at: string;
  readonly value: Json;
  readonly schema: JsonObject;
  readonly schemaAt: string;
}

/** Whole examples: of media types, parameters and headers, and those inside schemas. */
export function* examples(document: JsonObject): Generator<Example> {
  for (const place of walk(document, 'mediaType', 'parameter', 'header', 'schema')) {
    const { kind, node, at } = place;
    if (kind === 'schema') {
      if (!Array.isArray(node['examples'])) continue;
      for (const [index, value] of node['examples'].entries()) {
        yield { at: join(at, 'examples', index), value, schema: node, schemaAt: at };
      }
    } else {
      const schema = node['schema'];
      if (!isObject(schema)) continue;
      for (const [where, value] of shown(document, place)) {
        yield { at: where, value, schema, schemaAt: join(at, 'schema') };
      }
    }
  }
}

function* shown(document: JsonObject, { node, at }: Place): Generator<[string, Json]> {
  if (node['example'] !== undefined) yield [join(at, 'example'), node['example']];
  for (const [name, example] of Object.entries(object(node, 'examples') ?? {})) {
    const shared = locate(document, example, join(at, 'examples', name));
    const value = shared?.node['value'];
    if (shared && value !== undefined) yield [join(shared.at, 'value'), value];
  }
}

/** The example itself and every piece of it, each with the schema nodes that govern it (references followed). */
export function* pieces(document: JsonObject, example: Example): Generator<Example> {
  const open: { piece: Example; passed: readonly JsonObject[] }[] = [{ piece: example, passed: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const governing = locate(document, next.piece.schema, next.piece.schemaAt);
    // the second case: a schema that leads back to itself without going deeper into the example
    if (governing === undefined || next.passed.includes(governing.node)) continue;
    const piece = { ...next.piece, schema: governing.node, schemaAt: governing.at };
    yield piece;
    for (const below of deeper(piece)) open.push({ piece: below, passed: [] });
    for (const beside of branches(piece)) open.push({ piece: beside, passed: [...next.passed, piece.schema] });
  }
}

function* deeper({ at, value, schema, schemaAt }: Example): Generator<Example> {
  if (Array.isArray(value)) {
    const items = object(schema, 'items');
    if (!items) return;
    for (const [index, item] of value.entries()) {
      yield { at: join(at, index), value: item, schema: items, schemaAt: join(schemaAt, 'items') };
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const own = object(object(schema, 'properties') ?? {}, key);
      const governing = own ?? object(schema, 'additionalProperties');
      if (!governing) continue;
      const where = own ? join(schemaAt, 'properties', key) : join(schemaAt, 'additionalProperties');
      yield { at: join(at, key), value: item, schema: governing, schemaAt: where };
    }
  }
}

function* branches({ at, value, schema, schemaAt }: Example): Generator<Example> {
  for (const name of ['allOf', 'oneOf', 'anyOf']) {
    const choices = schema[name];
    if (!Array.isArray(choices)) continue;
    for (const [index, choice] of choices.entries()) {
      if (isObject(choice)) yield { at, value, schema: choice, schemaAt: join(schemaAt, name, index) };
    }
  }
}
