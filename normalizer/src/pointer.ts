// JSON pointers (RFC 6901) and the references that are made of them.

import { isObject, type Json, type JsonObject } from './json.ts';

/** Extends a JSON pointer. */
export function join(at: string, ...keys: (string | number)[]): string {
  return keys.reduce<string>((whole, key) => `${whole}/${escapeKey(String(key))}`, at);
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

export function unescapeKey(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** What a JSON pointer (`/a/b`) leads to. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = unescapeKey(part);
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

export interface Located {
  readonly node: JsonObject;
  readonly at: string;
}

/** Follows `$ref`, however many steps, to the object itself; undefined when it leads nowhere or round in a circle. */
export function locate(document: JsonObject, node: Json | undefined, at: string): Located | undefined {
  const seen = new Set<string>();
  let value = node;
  let where = at;
  while (isObject(value) && typeof value['$ref'] === 'string') {
    const ref = value['$ref'];
    if (!ref.startsWith('#') || seen.has(ref)) return undefined;
    seen.add(ref);
    where = decodeFragment(ref);
    value = valueAt(document, where);
  }
  return isObject(value) ? { node: value, at: where } : undefined;
}

export function follow(document: JsonObject, node: Json | undefined): JsonObject | undefined {
  return locate(document, node, '')?.node;
}

function decodeFragment(ref: string): string {
  try {
    return decodeURIComponent(ref.slice(1));
  } catch {
    return ref.slice(1);
  }
}
