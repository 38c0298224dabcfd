// What a newer document of IBKR's adds to the one under spec/vendor, as data (spec/overlay/additions-<version>.yaml): for
// when the newer one is known only in a form that lost too much to be the base. Names for operations hold for any base.

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { object } from './document.ts';
import { isObject, textOf, type Json, type JsonObject } from './json.ts';
import { keyOf, operations } from './operation.ts';
import { unescapeKey, valueAt } from './pointer.ts';
import { Problem } from './problem.ts';
import { parseAny } from './read.ts';
import { compareVersions } from './version.ts';

export interface Change {
  readonly at: string;
  /** absent: what stands there goes */
  readonly is?: Json;
}

export interface Additions {
  readonly file: string;
  readonly version: string;
  readonly paths: JsonObject;
  readonly components: JsonObject;
  /** `METHOD /path` */
  readonly remove: readonly string[];
  /** `METHOD /path` → operationId */
  readonly operationIds: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
}

const FILE = /^additions-(\d+(?:\.\d+)*)\.yaml$/;

/** Oldest first. */
export async function loadAdditions(overlayDir: string): Promise<Additions[]> {
  const names = (await readdir(overlayDir)).filter((name) => FILE.test(name));
  const all = names.map(async (name) => parseAdditions(await readFile(join(overlayDir, name), 'utf8'), name));
  return (await Promise.all(all)).sort((one, other) => compareVersions(one.version, other.version));
}

export function parseAdditions(text: string, file: string): Additions {
  const content = parseAny(text, file);
  if (!isObject(content)) throw new Problem(`${file} holds no members: see additions.ts for what it may say`);
  const { remove = [], operationIds = {}, changes = [] } = content;
  return {
    file,
    version: FILE.exec(file)?.[1] ?? '',
    paths: object(content, 'paths') ?? {},
    components: object(content, 'components') ?? {},
    remove: remove as string[],
    operationIds: operationIds as Record<string, string>,
    changes: changes as unknown as Change[],
  };
}

/** Changes the document in place. A base as new as the additions already says what they say and only gets names. */
export function applyAdditions(document: JsonObject, additions: Additions): void {
  const info = object(document, 'info') ?? {};
  if (compareVersions(textOf(info['version']), additions.version) < 0) {
    for (const key of additions.remove) remove(document, key);
    for (const change of additions.changes) applyChange(document, change, additions.file);
    addMembers(document, 'paths', additions.paths);
    for (const [kind, components] of Object.entries(additions.components)) {
      if (isObject(components)) addMembers(object(document, 'components') ?? {}, kind, components);
    }
    info['version'] = additions.version;
  }
  for (const operation of operations(document)) {
    const id = additions.operationIds[keyOf(operation)];
    if (id !== undefined && !operation.node['operationId']) operation.node['operationId'] = id;
  }
}

/** Two levels deep: a path may gain a method, a kind of component gains entries. */
function addMembers(owner: JsonObject, name: string, added: JsonObject): void {
  const present = object(owner, name) ?? {};
  for (const [key, value] of Object.entries(added)) {
    const old = present[key];
    present[key] = name === 'paths' && isObject(old) && isObject(value) ? { ...old, ...value } : value;
  }
  owner[name] = present;
}

function remove(document: JsonObject, key: string): void {
  const [method = '', path = ''] = key.split(' ');
  const paths = object(document, 'paths') ?? {};
  const item = object(paths, path) ?? {};
  Reflect.deleteProperty(item, method.toLowerCase());
  if (!operations({ paths: { [path]: item } }).length) Reflect.deleteProperty(paths, path);
}

function applyChange(document: JsonObject, { at, is }: Change, file: string): void {
  const cut = at.lastIndexOf('/');
  const owner = valueAt(document, at.slice(0, cut));
  const key = unescapeKey(at.slice(cut + 1));
  if (isObject(owner)) {
    if (is === undefined) Reflect.deleteProperty(owner, key);
    else owner[key] = is;
  } else if (Array.isArray(owner) && is !== undefined) {
    owner[Number(key)] = is;
  } else {
    throw new Problem(`${file}: a change names ${at}, which the document does not have; remove the entry`);
  }
}
