// Where things stand in an OpenAPI document. Passes ask for "every schema" or "every operation" and get them by position,
// so a schema property that happens to be called `content`, `in` or `nullable` is never mistaken for structure.
// Positions as the OpenAPI Specification 3.0 and 3.1 define them; callbacks and links hold nothing that we read.

import { isObject, type Json, type JsonObject } from './json.ts';
import { join } from './pointer.ts';

export const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

export type Kind =
  | 'document'
  | 'info'
  | 'tag'
  | 'server'
  | 'externalDocs'
  | 'components'
  | 'pathItem'
  | 'operation'
  | 'parameter'
  | 'header'
  | 'requestBody'
  | 'response'
  | 'mediaType'
  | 'encoding'
  | 'example'
  | 'schema'
  | 'securityScheme';

/** How a member leads on: to one object, to a list, to a map, or to a map whose `x-` members are extensions. */
type Shape = 'one' | 'list' | 'map' | 'patterned';
type Edge = readonly [Kind, Shape];
type Edges = Readonly<Record<string, Edge>>;

const payload: Edges = {
  schema: ['schema', 'one'],
  content: ['mediaType', 'map'],
  examples: ['example', 'map'],
};

const EDGES: Readonly<Record<Kind, Edges>> = {
  document: {
    info: ['info', 'one'],
    externalDocs: ['externalDocs', 'one'],
    servers: ['server', 'list'],
    tags: ['tag', 'list'],
    paths: ['pathItem', 'patterned'],
    webhooks: ['pathItem', 'map'],
    components: ['components', 'one'],
  },
  info: {},
  tag: { externalDocs: ['externalDocs', 'one'] },
  server: {},
  externalDocs: {},
  components: {
    schemas: ['schema', 'map'],
    responses: ['response', 'map'],
    parameters: ['parameter', 'map'],
    examples: ['example', 'map'],
    requestBodies: ['requestBody', 'map'],
    headers: ['header', 'map'],
    securitySchemes: ['securityScheme', 'map'],
    pathItems: ['pathItem', 'map'],
  },
  pathItem: {
    parameters: ['parameter', 'list'],
    servers: ['server', 'list'],
    ...Object.fromEntries(METHODS.map((method): [string, Edge] => [method, ['operation', 'one']])),
  },
  operation: {
    parameters: ['parameter', 'list'],
    requestBody: ['requestBody', 'one'],
    responses: ['response', 'patterned'],
    servers: ['server', 'list'],
    externalDocs: ['externalDocs', 'one'],
  },
  parameter: payload,
  header: payload,
  requestBody: { content: ['mediaType', 'map'] },
  response: { headers: ['header', 'map'], content: ['mediaType', 'map'] },
  mediaType: { schema: ['schema', 'one'], examples: ['example', 'map'], encoding: ['encoding', 'map'] },
  encoding: { headers: ['header', 'map'] },
  example: {},
  schema: {
    properties: ['schema', 'map'],
    patternProperties: ['schema', 'map'],
    dependentSchemas: ['schema', 'map'],
    $defs: ['schema', 'map'],
    allOf: ['schema', 'list'],
    oneOf: ['schema', 'list'],
    anyOf: ['schema', 'list'],
    prefixItems: ['schema', 'list'],
    items: ['schema', 'one'],
    additionalProperties: ['schema', 'one'],
    unevaluatedItems: ['schema', 'one'],
    unevaluatedProperties: ['schema', 'one'],
    propertyNames: ['schema', 'one'],
    contains: ['schema', 'one'],
    not: ['schema', 'one'],
    if: ['schema', 'one'],
    then: ['schema', 'one'],
    else: ['schema', 'one'],
    externalDocs: ['externalDocs', 'one'],
  },
  securityScheme: {},
};

export const KINDS = Object.keys(EDGES) as readonly Kind[];

export interface Place {
  readonly kind: Kind;
  readonly node: JsonObject;
  /** JSON pointer */
  readonly at: string;
}

/** Every object of the kinds asked for, parents before children. A caller may change the node it was just given. */
export function* walk(document: JsonObject, ...kinds: Kind[]): Generator<Place> {
  const wanted = new Set(kinds);
  const open: Place[] = [{ kind: 'document', node: document, at: '' }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (wanted.has(place.kind)) yield place;
    open.push(...children(place).reverse());
  }
}

function children({ kind, node, at }: Place): Place[] {
  const found: Place[] = [];
  for (const [name, [child, shape]] of Object.entries(EDGES[kind])) {
    const value = Object.hasOwn(node, name) ? node[name] : undefined;
    for (const [key, item] of shape === 'one' ? [[undefined, value] as const] : members(value, shape)) {
      if (!isObject(item)) continue;
      found.push({ kind: child, node: item, at: key === undefined ? join(at, name) : join(at, name, key) });
    }
  }
  return found;
}

function members(value: Json | undefined, shape: Shape): (readonly [string, Json])[] {
  if (shape === 'list')
    return Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : [];
  if (!isObject(value)) return [];
  return Object.entries(value).filter(([key]) => shape === 'map' || !key.startsWith('x-'));
}

/** A list member of a node; empty when absent or not a list. */
export function list(node: JsonObject, name: string): Json[] {
  const value = node[name];
  return Array.isArray(value) ? value : [];
}

/** An object member of a node; undefined when absent or not an object. */
export function object(node: JsonObject, name: string): JsonObject | undefined {
  const value = Object.hasOwn(node, name) ? node[name] : undefined;
  return isObject(value) ? value : undefined;
}
