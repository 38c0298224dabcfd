// JSON Schema → JavaScript that checks it, as text that needs no library when it runs. Compiling costs a second and tens of
// megabytes; done here it costs the sidecar neither.

import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { fastFormats } from 'ajv-formats/dist/formats.js';
import { list, object, walk } from '../document.ts';
import { cloneJson, plainJson, type Json, type JsonObject } from '../json.ts';
import { Problem } from '../problem.ts';

export interface Dialect {
  /** true: "5" is good enough for an integer and a single value for a list */
  readonly coerce: boolean;
  /** true: members that a closed schema does not name are fine */
  readonly open: boolean;
}

const standaloneCode = standalone.default;
const DOCUMENT = 'bezant:openapi';
const INT32 = 2 ** 31;
const ANNOTATIONS = [
  'description',
  'title',
  'default',
  'example',
  'examples',
  'deprecated',
  'externalDocs',
  'xml',
  'discriminator',
];

/** Expression text that evaluates to `{ name: validate }` for every schema given. */
export function compile(
  document: JsonObject,
  schemas: ReadonlyMap<string, JsonObject>,
  dialect: Dialect,
): string {
  const ajv = new Ajv2020({
    strict: false,
    validateSchema: false,
    inlineRefs: false,
    logger: false,
    coerceTypes: dialect.coerce ? 'array' : false,
    formats: regularFormats(),
    code: { source: true, lines: true },
  });
  ajv.addSchema(plainJson(prepare(document, dialect)) as object, DOCUMENT);
  for (const [name, schema] of schemas) ajv.addSchema(plainJson(schema) as object, name);
  const code = standaloneCode(ajv, Object.fromEntries([...schemas.keys()].map((name) => [name, name])));
  return `((exports) => {\n${inline(code)}\nreturn exports;\n})({})`;
}

/** A schema that stands for the one at this JSON pointer of the document. */
export function refTo(pointer: string): JsonObject {
  return { $ref: `${DOCUMENT}#${pointer.split('/').map(encodeURIComponent).join('/')}` };
}

/** The document's schemas as we check them: annotations gone, references absolute, formats spelt out. */
function prepare(document: JsonObject, { open }: Dialect): JsonObject {
  const copy = cloneJson({ paths: document['paths'] ?? {}, components: document['components'] ?? {} });
  for (const { node } of walk(copy, 'schema')) {
    if (node['required'] !== undefined) node['required'] = withoutDefaults(node);
    for (const name of ANNOTATIONS) Reflect.deleteProperty(node, name);
    if (open && node['additionalProperties'] === false) Reflect.deleteProperty(node, 'additionalProperties');
    if (node['format'] === 'int32') {
      node['minimum'] ??= -INT32;
      node['maximum'] ??= INT32 - 1;
    }
  }
  return copy;
}

/** What has a default may be left out, whatever else the document says. */
function withoutDefaults(schema: JsonObject): Json[] {
  const properties = object(schema, 'properties') ?? {};
  return list(schema, 'required').filter(
    (name) => typeof name !== 'string' || object(properties, name)?.['default'] === undefined,
  );
}

/** Formats that are a regular expression; all others (int64, float, byte, binary …) say nothing the type does not. */
function regularFormats(): Record<string, RegExp | true> {
  return Object.fromEntries(
    Object.entries(fastFormats).map(([name, format]) => {
      const test = typeof format === 'object' && 'validate' in format ? format.validate : format;
      return [name, test instanceof RegExp ? test : true];
    }),
  );
}

const LIBRARY: Readonly<Record<string, string>> = {
  'require("ajv/dist/runtime/ucs2length").default': 'ucs2length',
  'require("ajv/dist/runtime/equal").default': 'equal',
};

/** Puts our own functions in place of the library's. */
function inline(code: string): string {
  const inlined = Object.entries(LIBRARY).reduce((text, [from, to]) => text.replaceAll(from, to), code);
  const left = /require\(.*?\)/.exec(inlined);
  if (left !== null)
    throw new Problem(`The compiled validators need ${left[0]}; write it into validators-runtime.js.`);
  return inlined;
}
