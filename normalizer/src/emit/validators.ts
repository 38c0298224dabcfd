// validators.js and response-validators.js: every schema of every operation, compiled. Requests are checked before they
// go out, so they load at start; responses are only sampled, so theirs load on first use.

import { object } from '../document.ts';
import type { Json, JsonObject } from '../json.ts';
import { idOf, keyOf, operations, parametersOf, type Operation } from '../operation.ts';
import type { Overlay } from '../overlay.ts';
import { follow, join, locate, valueAt } from '../pointer.ts';
import { compile, refTo, type Dialect } from './compile.ts';
import type { Emitter } from './emitter.ts';
import { declarations, module } from './validator-module.ts';

// The path and query of every call arrive as text, and readers of IBKR's API are used to it being forgiving. A write is
// taken at its word: nobody wants "1O" read as a quantity.
const LENIENT: Dialect = { coerce: true, open: true };
const STRICT: Dialect = { coerce: false, open: true };
const AS_DOCUMENTED: Dialect = { coerce: false, open: false };

export const emitValidators: Emitter = ({ document, overlay }) => ({
  'validators.js': requestValidators(document, overlay),
  'validators.d.ts': declarations(
    '{ readonly parameters: Check | null; readonly body: Check | null }',
    'by operationId: `parameters` checks `{ path, query }`, `body` the parsed JSON body; null when there is nothing to check',
  ),
  'response-validators.js': responseValidators(document),
  'response-validators.d.ts': declarations(
    '{ readonly [status: string]: { readonly [mediaType: string]: Check } }',
    'by operationId, status and media type',
  ),
});

function requestValidators(document: JsonObject, overlay: Overlay): string {
  const compiled = { lenient: new Map<string, JsonObject>(), strict: new Map<string, JsonObject>() };
  const use = (kind: keyof typeof compiled, name: string, schema: JsonObject | undefined): string => {
    if (schema === undefined) return 'null';
    compiled[kind].set(name, schema);
    return `check(${kind}[${JSON.stringify(name)}])`;
  };
  const rows = operations(document).map((operation) => {
    const id = idOf(operation);
    const reads = overlay.operations.get(keyOf(operation))?.safety === 'read';
    const parameters = use('lenient', `${id} parameters`, parametersSchema(document, operation));
    const body = use(reads ? 'lenient' : 'strict', `${id} body`, bodySchema(document, operation));
    return `${id}: { parameters: ${parameters}, body: ${body} },`;
  });
  return module(
    `const lenient = ${compile(document, compiled.lenient, LENIENT)};
const strict = ${compile(document, compiled.strict, STRICT)};`,
    rows,
  );
}

function responseValidators(document: JsonObject): string {
  const schemas = new Map<string, JsonObject>();
  const names = new Map<string, string>();
  // IBKR writes the same few error bodies out again and again: each is compiled once, under the name of its first user
  const shared = (pointer: string, name: string): string => {
    const text = JSON.stringify(valueAt(document, pointer));
    const known = names.get(text);
    if (known !== undefined) return known;
    names.set(text, name);
    schemas.set(name, refTo(pointer));
    return name;
  };
  const rows = operations(document).map((operation) => {
    const { node, at } = operation;
    const id = idOf(operation);
    const statuses = Object.entries(object(node, 'responses') ?? {}).map(([status, response]) => {
      const media = jsonMedia(document, response, join(at, 'responses', status)).map(({ type, schema }) => {
        const name = shared(schema, `${id} ${status} ${type}`);
        return `${JSON.stringify(type)}: check(all[${JSON.stringify(name)}])`;
      });
      return media.length === 0 ? '' : `${JSON.stringify(status)}: { ${media.join(', ')} },`;
    });
    return `${id}: { ${statuses.join(' ')} },`;
  });
  return module(`const all = ${compile(document, schemas, AS_DOCUMENTED)};`, rows);
}

/** Path and query of a call as one object. Headers, and objects spread over several query members, are not checked. */
function parametersSchema(document: JsonObject, operation: Operation): JsonObject | undefined {
  const parts: Record<string, { properties: JsonObject; required: Json[] }> = {};
  for (const { node, at } of parametersOf(document, operation)) {
    const { name, in: position, required, schema } = node;
    if (typeof name !== 'string' || (position !== 'path' && position !== 'query')) continue;
    const governing = follow(document, schema);
    if (governing === undefined || governing['type'] === 'object') continue;
    const part = (parts[position] ??= { properties: {}, required: [] });
    part.properties[name] = refTo(join(at, 'schema'));
    if (required === true && governing['default'] === undefined) part.required.push(name);
  }
  if (Object.keys(parts).length === 0) return undefined;
  const properties = Object.entries(parts).map(
    ([name, part]) => [name, { type: 'object', ...part }] as const,
  );
  return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(parts) };
}

function bodySchema(document: JsonObject, { at, node }: Operation): JsonObject | undefined {
  const [media] = jsonMedia(document, node['requestBody'], join(at, 'requestBody'));
  return media && refTo(media.schema);
}

/** The JSON media types of a request body or response, each with the JSON pointer of its schema. */
function jsonMedia(
  document: JsonObject,
  value: Json | undefined,
  at: string,
): { type: string; schema: string }[] {
  const holder = locate(document, value, at);
  const content = (holder && object(holder.node, 'content')) ?? {};
  return Object.keys(content)
    .filter((type) => /[/+]json\b/.test(type) && object(content, type)?.['schema'] !== undefined)
    .map((type) => ({ type, schema: join(holder?.at ?? at, 'content', type, 'schema') }));
}
