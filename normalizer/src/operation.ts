// The operations of a document, and what is asked of one everywhere: what it is called, which parameters it takes.

import { list, METHODS, object } from './document.ts';
import { isObject, textOf, type JsonObject } from './json.ts';
import { join, locate, type Located } from './pointer.ts';
import { Problem } from './problem.ts';

export interface Operation {
  readonly path: string;
  readonly method: (typeof METHODS)[number];
  readonly item: JsonObject;
  readonly node: JsonObject;
  readonly at: string;
}

/** The operations under `paths`, in the document's order. */
export function operations(document: JsonObject): Operation[] {
  return Object.entries(object(document, 'paths') ?? {}).flatMap(([path, item]) =>
    !isObject(item) || path.startsWith('x-')
      ? []
      : METHODS.flatMap((method) => {
          const node = item[method];
          return isObject(node) ? [{ path, method, item, node, at: join('', 'paths', path, method) }] : [];
        }),
  );
}

/** How the overlay and messages name an operation: `GET /iserver/accounts` */
export function keyOf({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path}`;
}

export function idOf(operation: Operation): string {
  const id = textOf(operation.node['operationId']);
  if (id === '') throw new Problem(`${keyOf(operation)} has no operationId: give it one`);
  return id;
}

/** Those of the path, then those of the operation itself; references followed. */
export function parametersOf(document: JsonObject, { path, item, node, at }: Operation): Located[] {
  const of = (owner: JsonObject, ownerAt: string) =>
    list(owner, 'parameters').flatMap(
      (entry, index) => locate(document, entry, join(ownerAt, 'parameters', index)) ?? [],
    );
  return [...of(item, join('', 'paths', path)), ...of(node, at)];
}

/** `/a/{b}/{c}` → b, c */
export function placeholders(path: string): string[] {
  return [...path.matchAll(/\{([^{}]+)\}/g)].map(([, name = '']) => name);
}
