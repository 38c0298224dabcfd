// What the descriptions of our own endpoints are put together from.

import type { Safety } from './contract.ts';

export type Json = Readonly<Record<string, unknown>>;

export const text = { type: 'string' };
export const integer = { type: 'integer' };
export const boolean = { type: 'boolean' };
export const nullable = (type: string) => ({ type: [type, 'null'] });

export function object(properties: Readonly<Record<string, Json>>, optional: readonly string[] = []): Json {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

export const answer = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
});

export interface OwnGet {
  operationId: string;
  summary: string;
  responses: Json;
  parameters?: readonly Json[];
  security?: readonly Json[];
  'x-bezant-safety'?: Safety;
}

export const get = (operation: OwnGet) => ({
  get: { tags: ['Server'], 'x-bezant-safety': 'read', ...operation },
});
