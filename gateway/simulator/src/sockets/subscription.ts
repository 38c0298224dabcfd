// What a topic gets to work with: the world, a clock of this connection, and a place for its subscriptions.
import type { World } from '../brokerage/world.ts';
import type { Clock } from '../clock.ts';
import type { Request } from './frame.ts';

export interface Connection {
  world: World;
  /** Timers end with the connection. */
  clock: Clock;
  /** Owner of market data streams. */
  id: string;
  send(frame: unknown): void;
  /** Not JSON. */
  sendText(text: string): void;
  /** Replaces what stood under the key. */
  keep(key: string, subscription: Subscription): void;
  drop(key: string): boolean;
  /** Keys that start like this. */
  kept(prefix: string): string[];
}

export interface Subscription {
  stop(): void;
  /** Ends with the brokerage session. */
  brokerage: boolean;
}

export interface Topic {
  brokerage: boolean;
  run(connection: Connection, request: Request): void;
}

/** Runs now and then every so often until stopped. */
export function repeat(clock: Clock, periodMs: number, run: () => void): () => void {
  run();
  const timer = clock.every(periodMs, run);
  return () => timer.cancel();
}
