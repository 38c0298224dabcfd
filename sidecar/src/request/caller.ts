// What every call of a request has of it: headers for IBKR, the signal that ends it, the query, the wish for a fresh answer.

import type { Request } from 'express';
import type { Caller } from './call.ts';
import { exchangeOf } from './exchange.ts';
import { requestHeaders } from './headers.ts';

export function callerOf(request: Request, gatewayOrigin: string): Caller {
  return {
    headers: requestHeaders(request.headers, gatewayOrigin),
    signal: exchangeOf(request).signal,
    fresh: /\bno-(cache|store)\b/i.test(request.headers['cache-control'] ?? ''),
  };
}

export function queryOf({ url }: Request): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
}
