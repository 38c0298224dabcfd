// What is known about one request while it is under way; the edge makes it, the steps read it.

import type { Request } from 'express';
import type { Principal } from '../api-keys.ts';

/** Why a call is given up when nobody waits for it any more: no fault of anybody's, so no Problem. */
export class CallerLeft extends Error {
  constructor() {
    super('the caller left');
    this.name = 'CallerLeft';
  }
}

export interface Exchange {
  readonly requestId: string;
  readonly startedMs: number;
  /** Aborts when the caller leaves (CallerLeft) or the request's deadline passes (a Problem). */
  readonly signal: AbortSignal;
  /** For what waits for news instead of an answer: it no longer counts as under way, and its deadline is so much later. */
  linger(ms: number): void;
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
