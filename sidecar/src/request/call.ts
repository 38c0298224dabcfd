// One call of an operation on its way to IBKR, whoever makes it: a route, a composite or a tool.

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

/** What a call has of the request behind it, whatever operation it is of. */
export type Caller = Pick<Call, 'headers' | 'body' | 'json' | 'signal' | 'fresh'>;

export const apiPrefix = '/v1/api';

/** `/iserver/account/{accountId}/orders` with its values, each encoded as one segment. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
