// Every example beside the schema it illustrates, and on downwards: which schema governs which piece of the example.
// Passes that learn from examples use this, so that what one operation shows never changes another's field of that name.

import { list, object, walk, type Place } from './document.ts';
import { isNumber, isObject, type Json, type JsonObject } from './json.ts';
import { follow, join, locate } from './pointer.ts';

export interface Piece {
  /** JSON pointer of the value */
  readonly at: string;
  readonly value: Json;
  readonly schema: JsonObject;
  readonly schemaAt: string;
}

export interface Example extends Piece {
  readonly of: 'mediaType' | 'parameter' | 'header' | 'schema';
  /** puts another value in the example's place; undefined takes the example out of the document */
  readonly replace: (value: Json | undefined) => void;
}

/** Whole examples: of media types, parameters and headers, and those inside schemas. */
export function examples(document: JsonObject): Example[] {
  return [...walk(document, 'mediaType', 'parameter', 'header', 'schema')].flatMap((place) => {
    if (place.kind === 'schema') return inSchema(place);
    const schema = place.node['schema'];
    return isObject(schema) ? shown(document, place, schema) : [];
  });
}

function inSchema({ node, at }: Place): Example[] {
  return list(node, 'examples').map((value, index) => ({
    of: 'schema',
    at: join(at, 'examples', index),
    value,
    schema: node,
    schemaAt: at,
    replace(is) {
      const rest = list(node, 'examples').flatMap((other) =>
        other === value ? (is === undefined ? [] : [is]) : [other],
      );
      if (rest.length > 0) node['examples'] = rest;
      else delete node['examples'];
    },
  }));
}

function shown(document: JsonObject, { kind, node, at }: Place, schema: JsonObject): Example[] {
  const common = { of: kind as Example['of'], schema, schemaAt: join(at, 'schema') };
  const found: Example[] = [];
  const single = node['example'];
  if (single !== undefined) {
    const replace = (is: Json | undefined) => {
      if (is === undefined) delete node['example'];
      else node['example'] = is;
    };
    found.push({ ...common, at: join(at, 'example'), value: single, replace });
  }
  const named = object(node, 'examples') ?? {};
  for (const [name, example] of Object.entries(named)) {
    const shared = locate(document, example, join(at, 'examples', name));
    const value = shared?.node['value'];
    if (!shared || value === undefined) continue;
    const replace = (is: Json | undefined) => {
      if (is !== undefined) shared.node['value'] = is;
      else Reflect.deleteProperty(named, name);
      if (Object.keys(named).length === 0) delete node['examples'];
    };
    found.push({ ...common, at: join(shared.at, 'value'), value, replace });
  }
  return found;
}

/** The example itself and every piece of it, each with the schemas that govern it (references followed). */
export function* pieces(document: JsonObject, example: Piece): Generator<Piece> {
  const open: { piece: Piece; passed: readonly JsonObject[] }[] = [{ piece: example, passed: [] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const governing = locate(document, next.piece.schema, next.piece.schemaAt);
    // the second case: a schema that leads back to itself without going deeper into the example
    if (governing === undefined || next.passed.includes(governing.node)) continue;
    const piece = { ...next.piece, schema: governing.node, schemaAt: governing.at };
    yield piece;
    for (const below of deeper(piece)) open.push({ piece: below, passed: [] });
    for (const beside of branches(document, piece))
      open.push({ piece: beside, passed: [...next.passed, piece.schema] });
  }
}

function* deeper({ at, value, schema, schemaAt }: Piece): Generator<Piece> {
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

/** Of `oneOf` and `anyOf` only the choices the example resembles most. */
function branches(document: JsonObject, { at, value, schema, schemaAt }: Piece): Piece[] {
  const below = (name: string): Piece[] =>
    list(schema, name).flatMap((choice, index) =>
      isObject(choice) ? [{ at, value, schema: choice, schemaAt: join(schemaAt, name, index) }] : [],
    );
  const choices = [...below('oneOf'), ...below('anyOf')].map((piece) => ({
    piece,
    score: resemblance(document, piece.schema, value),
  }));
  const best = Math.max(...choices.map(({ score }) => score));
  return [
    ...below('allOf'),
    ...choices.filter(({ score }) => score === best && score > 0).map(({ piece }) => piece),
  ];
}

// deep enough to tell IBKR's order answers (lists of objects) apart
const LOOK_AHEAD = 3;

/** 0: of another type altogether. More: the more of the value's members the schema knows. */
function resemblance(
  document: JsonObject,
  schema: JsonObject,
  value: Json | undefined,
  depth = LOOK_AHEAD,
): number {
  const governing = follow(document, schema);
  if (!governing || value === undefined) return 0;
  const types = [governing['type'] ?? []].flat();
  if (types.length > 0 && !typesOf(value).some((type) => types.includes(type))) return 0;
  if (depth === 0) return 1;
  const inner = [...list(governing, 'allOf'), ...list(governing, 'oneOf'), ...list(governing, 'anyOf')]
    .filter(isObject)
    .map((choice) => resemblance(document, choice, value, depth - 1));
  return 1 + ownMembers(document, governing, value, depth) + Math.max(0, ...inner);
}

function ownMembers(document: JsonObject, schema: JsonObject, value: Json, depth: number): number {
  if (Array.isArray(value)) return resemblance(document, object(schema, 'items') ?? {}, value[0], depth - 1);
  const known = object(schema, 'properties') ?? {};
  return isObject(value) ? Object.keys(value).filter((key) => Object.hasOwn(known, key)).length : 0;
}

/** JSON Schema's names for the type of a value, the narrowest first. */
export function typesOf(value: Json): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  if (isNumber(value))
    return Number.isInteger(Number(JSON.stringify(value))) ? ['integer', 'number'] : ['number'];
  return [typeof value];
}
