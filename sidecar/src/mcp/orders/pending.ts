// What waits for a second step: an order that was previewed, a call that was announced, a question of IBKR's. Each is known
// by a secret of its own, belongs to whoever began it, and is gone when its time is over.

import { randomBytes } from 'node:crypto';
import type { Principal } from '../../api-keys.ts';
import type { Clock } from '../../clock.ts';

export interface Pending<Value> {
  add(principal: Principal | null, value: Value, key?: string): { key: string; expiresMs: number };
  /** Null when it is unknown, somebody else's or too old. */
  find(principal: Principal | null, key: string): Value | null;
  drop(key: string): void;
}

/** More than anybody previews within their time; the oldest gives way. */
const maxWaiting = 1000;

export function createPending<Value>(deps: { clock: Clock; lifetimeMs: number }): Pending<Value> {
  const { clock, lifetimeMs } = deps;
  const waiting = new Map<string, { owner: string; value: Value; expiresMs: number }>();
  const ownerOf = (principal: Principal | null): string => principal?.name ?? '';
  return {
    add(principal, value, key = randomBytes(18).toString('base64url')) {
      const expiresMs = clock.now() + lifetimeMs;
      for (const [old, { expiresMs: endMs }] of waiting)
        if (endMs <= clock.now() || waiting.size >= maxWaiting) waiting.delete(old);
      waiting.set(key, { owner: ownerOf(principal), value, expiresMs });
      return { key, expiresMs };
    },
    find(principal, key) {
      const found = waiting.get(key);
      if (found === undefined || found.owner !== ownerOf(principal) || found.expiresMs <= clock.now())
        return null;
      return found.value;
    },
    drop: (key) => void waiting.delete(key),
  };
}
