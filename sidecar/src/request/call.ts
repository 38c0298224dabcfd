// One call of an operation on its way to IBKR, whoever makes it: a route, a composite, a tool or this server itself.

import type { Operation } from '../contract.ts';

export interface Call {
  operation: Operation;
  /** Path and query as they go to the Gateway, such as `/v1/api/portfolio/accounts`. */
  target: string;
  /** Decoded values of the template's placeholders. */
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  /** Reduced to what IBKR needs: see headers.ts. */
  headers: Readonly<Record<string, string | readonly string[]>>;
  body: Buffer | null;
  /** The body read as JSON; undefined when there is none or it is something else. */
  json: unknown;
  signal: AbortSignal;
  /** The caller wants no remembered answer (`Cache-Control: no-cache`). */
  fresh: boolean;
}

/** What a call has of whoever makes it, whatever operation it is of. */
export type Caller = Pick<Call, 'headers' | 'signal' | 'fresh'>;

const apiPrefix = '/v1/api';

/** A call by values: of the placeholders, of the query, and of a body as bytes with what they say. */
export function callOf(
  operation: Operation,
  caller: Caller,
  values: Partial<Pick<Call, 'path' | 'query' | 'body' | 'json'>> = {},
): Call {
  const { path = {}, query = new URLSearchParams(), body = null, json } = values;
  const search = query.toString();
  const target = apiPrefix + fillTemplate(operation.path, path) + (search === '' ? '' : `?${search}`);
  return { ...caller, operation, target, path, query, body, json };
}

/** `/iserver/account/{accountId}/orders` with its values, each encoded as one segment. */
function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
