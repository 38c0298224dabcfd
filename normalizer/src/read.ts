// Reads an OpenAPI document, JSON or YAML, and says in one line what is wrong when it is none.

import { readFile, stat } from 'node:fs/promises';
import { isScalar, parseDocument, visit } from 'yaml';
import { cloneJson, isObject, number, parseJson, type Json, type JsonObject } from './json.ts';
import { Problem, reasonOf } from './problem.ts';

// IBKR's document is 0.8 MB of JSON; one of 10,000 paths stays below 32 MB.
export const MAX_BYTES = 64 * 1024 * 1024;
// IBKR's document is 30 deep; recursion in the libraries behind us ends near 3,000.
const MAX_DEPTH = 500;

export async function readText(file: string): Promise<string> {
  let size: number;
  try {
    size = (await stat(file)).size;
    if (size <= MAX_BYTES) return await readFile(file, 'utf8');
  } catch (error) {
    throw new Problem(`cannot read ${file} (${reasonOf(error)}): give the path of an OpenAPI document`);
  }
  throw new Problem(`${file} is larger than ${MAX_BYTES / 1024 / 1024} MB: this is not IBKR's document`);
}

export async function readDocument(file: string): Promise<JsonObject> {
  return parseOpenapi(await readText(file), file);
}

/** `name` is what messages call the document. */
export function parseOpenapi(text: string, name: string): JsonObject {
  const document = parseAny(text, name);
  if (!isObject(document))
    throw new Problem(`${name} is not an OpenAPI document: the top level is not an object`);
  if ('swagger' in document) {
    throw new Problem(
      `${name} is Swagger ${show(document['swagger'])}, not OpenAPI 3: convert it to OpenAPI 3 first`,
    );
  }
  const version = document['openapi'];
  if (version === undefined)
    throw new Problem(`${name} is not an OpenAPI document: it has no "openapi" member`);
  if (typeof version !== 'string' || !/^3\.[01]\./.test(version)) {
    throw new Problem(`${name} is OpenAPI ${show(version)}: only 3.0 and 3.1 are understood`);
  }
  if (!isObject(document['paths'])) throw new Problem(`${name} has no "paths" object: nothing to normalise`);
  return document;
}

export function parseAny(text: string, name: string): Json {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') throw new Problem(`${name} is empty: get a complete copy of it`);
  const isJson = /^\s*[{[]/.test(content);
  let value: Json;
  try {
    value = isJson ? parseJson(content) : parseYaml(content);
  } catch (error) {
    const said = reasonOf(error).replace(/:$/, '');
    const reason = said.startsWith('Maximum call stack') ? 'it is nested too deeply' : said;
    throw new Problem(
      `${name} is not valid ${isJson ? 'JSON' : 'YAML'} (${reason}): correct it, or get a complete copy`,
    );
  }
  if (depthExceeds(value, MAX_DEPTH)) {
    throw new Problem(`${name} is nested deeper than ${MAX_DEPTH} levels: this is not an OpenAPI document`);
  }
  // aliases of YAML make one object stand in two places; a pass must be able to change one of them
  return isJson ? value : cloneJson(value);
}

function parseYaml(text: string): Json {
  const parsed = parseDocument(text, { logLevel: 'silent' });
  // its words say more than its code
  if (parsed.errors[0]) throw new SyntaxError(parsed.errors[0].message);
  visit(parsed, {
    Scalar(_key, node) {
      if (
        isScalar(node) &&
        typeof node.value === 'number' &&
        /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(node.source ?? '')
      ) {
        node.value = number(node.source ?? '');
      }
    },
  });
  return parsed.toJS({ maxAliasCount: 1000 }) as Json;
}

function depthExceeds(value: Json, limit: number): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true;
    level = level.flatMap((item) => (Array.isArray(item) ? item : isObject(item) ? Object.values(item) : []));
  }
  return false;
}

function show(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
