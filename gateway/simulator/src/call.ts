// What passes between the listener and whoever answers one operation. A handler is synchronous and pure of
// transport: it reads a call, changes the world, and says what to answer; waiting is `delayMs` of simulated time.
import type { Operation } from './operation.ts';
import type { World } from './brokerage/world.ts';

export interface Call {
  operation: Operation;
  method: string;
  /** Path below /v1/api, e.g. "/iserver/accounts", without the query. */
  path: string;
  params: Record<string, string>;
  query: URLSearchParams;
  /** The parsed JSON or form body; undefined when there is none or it does not parse (`text` has it as sent). */
  body: unknown;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

export interface Answer {
  /** 200 unless told. */
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  /** Simulated milliseconds before the answer leaves. */
  delayMs?: number;
}

export type Handler = (call: Call, world: World) => Answer;

/** Keyed by operationId. */
export type Handlers = Record<string, Handler>;

/** What `startSockets({ server, mode, world, session, clock, faults, log })` gives back. */
export interface Sockets {
  /** Open connections now. */
  readonly count: number;
  /** Sends a raw message to every open connection, as the wire would carry it. */
  broadcast(data: string | Buffer): void;
  stop(): Promise<void>;
}
