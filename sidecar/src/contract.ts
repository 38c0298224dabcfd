// The operation table that everything reads: routes, validation, pacing, preflight, safety and metric labels.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Safety = 'read' | 'write' | 'order' | 'session' | 'destructive' | 'costs-money';
export type ParameterPlace = 'path' | 'query' | 'header';

export interface Parameter {
  name: string;
  in: ParameterPlace;
  required: boolean;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array';
}

/** A value of a parameter that changes what the call does: order id -1 cancels every order. */
export interface Guard {
  in: 'path' | 'query' | 'body';
  name: string;
  equals: string;
  safety: Safety;
}

export type Pacing = { limit: number; windowMs: number } | { concurrent: number };

/** Where a friendly route takes an upstream parameter from. */
export interface ParameterSource {
  query?: string;
  path?: string;
  default?: string;
  required?: boolean;
}

export interface BodySource {
  query: string;
  type: 'string' | 'boolean' | 'integer';
  default?: string | number | boolean;
  required?: boolean;
}

export interface FriendlyRoute {
  method: string;
  path: string;
  params: Record<string, ParameterSource>;
  body?: Record<string, BodySource>;
}

export interface Operation {
  id: string;
  method: string;
  /** Template relative to /v1/api, such as /iserver/account/{accountId}/orders. */
  path: string;
  tag: string;
  summary: string;
  origin: 'ibkr' | 'overlay';
  parameters: readonly Parameter[];
  body: { required: boolean; mediaTypes: readonly string[] } | null;
  responses: Readonly<Record<string, readonly string[]>>;
  servedBy: 'gateway' | 'cloud' | 'unknown';
  safety: Safety;
  guards: readonly Guard[];
  pacing: Pacing | null;
  preflight: readonly string[];
  cacheMs: number;
  routes: readonly FriendlyRoute[];
  tool: string | null;
}

export interface Contract {
  operations: readonly Operation[];
  byId: ReadonlyMap<string, Operation>;
}

/** The folder of generated artefacts: the same distance from `src` and from `dist`. */
export const generatedFolder = new URL('../../spec/generated/', import.meta.url);

export function loadContract(folder: URL = generatedFolder): Contract {
  const file = new URL('operations.json', folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`The operation table is missing at ${fileURLToPath(file)}: run \`npm run generate\`.`, {
      cause,
    });
  }
  const operations = JSON.parse(text) as Operation[];
  return { operations, byId: new Map(operations.map((operation) => [operation.id, operation])) };
}
