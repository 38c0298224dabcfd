// What we know about IBKR's operations beyond IBKR's document: one YAML file for each tag under spec/overlay. `defaults`
// of a file hold for those of its operations that do not say otherwise.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from './json.ts';
import { overlayFileSchema, type SAFETY, type SERVED_BY } from './overlay-schema.ts';
import { unescapeKey } from './pointer.ts';
import { Problem } from './problem.ts';
import { parseAny } from './read.ts';
import { parseTools, toolsFile, type Tool } from './tools.ts';

export type Safety = (typeof SAFETY)[number];
export type ServedBy = (typeof SERVED_BY)[number];
export type Pacing = { readonly limit: number; readonly windowMs: number } | { readonly concurrent: number };

export interface Guard {
  readonly in: 'path' | 'query' | 'body';
  readonly name: string;
  readonly equals: string;
  readonly safety: Safety;
}

export interface RouteParam {
  readonly query?: string;
  readonly path?: string;
  readonly default?: string;
  readonly required?: true;
}

export interface RouteField {
  readonly query: string;
  readonly type: 'string' | 'boolean' | 'integer';
  readonly default?: string | boolean | number;
  readonly required?: true;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, RouteParam>>;
  readonly body?: Readonly<Record<string, RouteField>>;
}

/** One operation's entry. `summary`, `safety`, `servedBy` and `source` may be missing here: a rule asks for them. */
export interface OperationFacts {
  readonly file: string;
  readonly tag: string;
  readonly summary?: string;
  readonly safety?: Safety;
  readonly servedBy?: ServedBy;
  readonly source?: string;
  readonly pacing: Pacing | null;
  readonly preflight: readonly string[];
  readonly cacheMs: number;
  readonly guards: readonly Guard[];
  readonly routes: readonly Route[];
  readonly tool: string | null;
  /** operationId of an operation that IBKR's document does not know */
  readonly id?: string;
  readonly parameters: Readonly<Record<string, JsonObject>>;
  readonly body?: { readonly required?: boolean; readonly schema?: JsonObject };
  readonly answer?: JsonObject;
}

export interface Overlay {
  /** by `METHOD /path` */
  readonly operations: ReadonlyMap<string, OperationFacts>;
  /** JSON merge patches by component schema name */
  readonly schemas: ReadonlyMap<string, JsonObject>;
  readonly tools: readonly Tool[];
}

type Written = Omit<OperationFacts, 'pacing' | 'routes'> & {
  readonly pacing?: string;
  readonly routes?: readonly (string | (Partial<Route> & { path: string }))[];
};

interface OverlayFile {
  readonly tag: string;
  readonly defaults?: { readonly servedBy?: ServedBy; readonly source?: string };
  readonly operations: Readonly<Record<string, Partial<Written>>>;
  readonly schemas?: Readonly<Record<string, { readonly source: string; readonly patch: JsonObject }>>;
}

/** Reads every overlay file of a folder; `additions-*` files hold pieces of the document itself and are not ours. */
export function loadOverlay(folder: string): Overlay {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && !name.startsWith('additions-'))
    .sort();
  return parseOverlay(
    Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  );
}

/** File name → YAML text; every fault of every file is reported together. */
export function parseOverlay(texts: Readonly<Record<string, string>>): Overlay {
  const isOverlayFile = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile<OverlayFile>(
    overlayFileSchema,
  );
  const operations = new Map<string, OperationFacts>();
  const schemas = new Map<string, JsonObject>();
  const faults: string[] = [];
  for (const [file, text] of Object.entries(texts)) {
    if (file === toolsFile) continue;
    const content = parseAny(text, file);
    if (!isOverlayFile(content)) {
      for (const { instancePath, message, params } of isOverlayFile.errors ?? [])
        faults.push(
          `${file}: ${instancePath.split('/').slice(1).map(unescapeKey).join(' > ')} ${message ?? 'is wrong'} ${JSON.stringify(params)}`,
        );
      continue;
    }
    for (const [key, written] of Object.entries(content.operations)) {
      if (operations.has(key))
        faults.push(`${file}: ${key} also stands in ${operations.get(key)?.file ?? ''}`);
      operations.set(key, facts(file, content, written));
    }
    for (const [name, { patch }] of Object.entries(content.schemas ?? {})) {
      if (schemas.has(name)) faults.push(`${file}: schema ${name} is patched in two files`);
      schemas.set(name, patch);
    }
  }
  if (faults.length > 0) throw new Problem(`The overlay does not read:\n${faults.join('\n')}`);
  const tools = texts[toolsFile] === undefined ? [] : parseTools(texts[toolsFile]);
  return { operations, schemas, tools };
}

function facts(file: string, { tag, defaults }: OverlayFile, written: Partial<Written>): OperationFacts {
  return {
    preflight: [],
    cacheMs: 0,
    guards: [],
    tool: null,
    parameters: {},
    ...defaults,
    ...written,
    file,
    tag,
    pacing: written.pacing === undefined ? null : pacing(written.pacing),
    routes: (written.routes ?? []).map(route),
  };
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000 };

/** `10/s`, `1/5s`, `1/15min` or `5 concurrent` */
function pacing(text: string): Pacing {
  const [, limit = '', count = '', unit = ''] = /^(\d+)\/(\d*)(s|min)$/.exec(text) ?? [];
  if (limit === '') return { concurrent: Number.parseInt(text, 10) };
  return { limit: Number(limit), windowMs: Number(count || 1) * (UNIT_MS[unit] ?? 0) };
}

function route(written: string | (Partial<Route> & { path: string })): Route {
  const { path: call, params = {}, body } = typeof written === 'string' ? { path: written } : written;
  const [method = '', path = ''] = call.split(' ');
  return { method, path, params, ...(body === undefined ? {} : { body }) };
}
