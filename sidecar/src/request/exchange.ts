// What is known about one request while it is under way; the edge makes it, the steps read it.

import type { Request } from 'express';
import type { Principal } from '../api-keys.ts';

export interface Exchange {
  readonly requestId: string;
  readonly startedMs: number;
  /** Aborts when the caller leaves or the request's deadline passes. */
  readonly signal: AbortSignal;
  /** For logs and metric labels: an operationId or a route's name, never a path. */
  operation: string;
  principal: Principal | null;
}

declare module 'express-serve-static-core' {
  interface Request {
    exchange?: Exchange;
  }
}

export function exchangeOf(request: Request): Exchange {
  if (request.exchange === undefined) throw new Error('the edge has not run');
  return request.exchange;
}
