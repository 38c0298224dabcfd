// Path and query of a call. A value never changes which path is meant: `../../logout` as an account id would.

import { invalidArgument } from './errors.ts';
import type { ApiRequest } from './call.ts';

export function targetOf({ path, params = {}, query, own = false }: ApiRequest): string {
  const filled = path.replace(/\{([^{}]+)\}/g, (_, name: string) => segmentOf(name, params[name]));
  const search = new URLSearchParams(query === undefined ? [] : pairsOf(query)).toString();
  return `${own ? '' : '/v1/api'}${filled}${search === '' ? '' : `?${search}`}`;
}

function segmentOf(name: string, value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  if (text === '') throw invalidArgument(`${name} is missing: give it as text or a number`);
  // As a whole segment these lead to another path, and no encoding stops URL parsers from following them.
  if (text === '.' || text === '..') throw invalidArgument(`${name} must not be "${text}"`);
  return encodeURIComponent(text);
}

export function pairsOf(query: object): [string, string][] {
  return Object.entries(query).flatMap(([name, value]: [string, unknown]) =>
    value === undefined || value === null ? [] : [[name, textOf(value)] as [string, string]],
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
