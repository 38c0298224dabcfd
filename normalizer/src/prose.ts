// Interface facts, not prose. spec/vendor holds what IBKR's document states as interface (paths, parameters, schemas,
// enums, media types, statuses, example values) and none of its sentences. OpenAPI demands a few of those members:
// on the way back neutral words stand in for them.

import { STATUS_CODES } from 'node:http';
import { KINDS, object, walk } from './document.ts';
import { isObject, type JsonObject } from './json.ts';
import { operations } from './operation.ts';

/** Members that hold sentences, whatever object of OpenAPI they stand on. */
const PROSE = new Set([
  'title',
  'summary',
  'description',
  'externalDocs',
  'contact',
  'license',
  'termsOfService',
  '$comment',
]);

/** Members by which IBKR routes requests inside its own house. */
const PROVIDER_NOISE = 'x-ib-';

/** Removes prose by position: a property named `description` and example values stay. */
export function dropProse(document: JsonObject): void {
  for (const { node } of walk(document, ...KINDS)) {
    for (const name of Object.keys(node)) {
      if (PROSE.has(name) || name.startsWith(PROVIDER_NOISE)) Reflect.deleteProperty(node, name);
    }
  }
}

/** Puts neutral words where OpenAPI requires some and the document has none. */
export function fillRequiredWords(document: JsonObject): void {
  const info = object(document, 'info') ?? {};
  document['info'] = { title: 'IBKR Web API', version: 'unknown', ...info };
  const responses = (holder: JsonObject, words: (key: string) => string): void => {
    for (const [key, response] of Object.entries(object(holder, 'responses') ?? {})) {
      if (isObject(response) && !('$ref' in response) && typeof response['description'] !== 'string') {
        holder['responses'] = {
          ...object(holder, 'responses'),
          [key]: { description: words(key), ...response },
        };
      }
    }
  };
  for (const { node } of operations(document)) responses(node, reasonPhrase);
  responses(object(document, 'components') ?? {}, spaced);
}

function reasonPhrase(status: string): string {
  return STATUS_CODES[status] ?? (status === 'default' ? 'Any other answer' : `Status ${status}`);
}

/** `TooManyRequests` → `Too many requests` */
function spaced(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
