// Reads up what was missed: after each connect, and after a frame that could not be read, IBKR's orders and trades are
// compared with what was told, until that has worked once.

import { sleep, type Clock } from '../clock.ts';
import type { Observe } from '../observe.ts';
import type { Json } from './client-frames.ts';
import {
  daysSince,
  isReadFailure,
  readOrders,
  readTrades,
  refreshOrders,
  type OwnRead,
} from './own-reads.ts';

/** After a failure; the last one again and again. */
const retriesMs = [5_000, 10_000, 20_000, 40_000, 60_000];

export interface HealDeps {
  read: OwnRead;
  clock: Clock;
  observe: Observe;
  /** The accounts of this connection, once IBKR has told them. */
  accounts: (signal: AbortSignal) => Promise<readonly string[]>;
  /** How far what was pushed has come: rows that are read later may be older. */
  mark: () => number;
  /** Both tell how many were missing. */
  takeOrders: (rows: readonly Json[], mark: number) => number;
  takeTrades: (rows: readonly Json[]) => number;
}

export interface Healing {
  /** Whether IBKR still had all trades of the time. */
  isComplete: boolean;
}

/** Resolves when it has worked; rejects with the signal's reason alone. */
export async function heal(deps: HealDeps, sinceMs: number, signal: AbortSignal): Promise<Healing> {
  const { clock, observe } = deps;
  const found = { orders: 0, trades: 0 };
  for (let failures = 0; ; failures += 1) {
    try {
      const isComplete = await compare(deps, sinceMs, found, signal);
      observe({ kind: 'healed', ok: true, ...found, detail: '' });
      return { isComplete };
    } catch (error) {
      signal.throwIfAborted();
      // What was found is kept, but told with the attempt that finds the rest.
      const detail = isReadFailure(error) ? error.message : 'it failed in this server';
      observe({ kind: 'healed', ok: false, orders: 0, trades: 0, detail });
      if (!isReadFailure(error)) observe({ kind: 'events-fault', part: 'heal', cause: error });
      await sleep(clock, retriesMs[Math.min(failures, retriesMs.length - 1)] ?? 0, signal);
    }
  }
}

async function compare(
  deps: HealDeps,
  sinceMs: number,
  found: { orders: number; trades: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { read, clock } = deps;
  const { days, isAll } = daysSince(sinceMs, clock.now());
  const accounts = await deps.accounts(signal);
  found.trades += deps.takeTrades(await readTrades(read, days, signal));
  await refreshOrders(read, signal);
  for (const account of accounts.length > 1 ? accounts : [null]) {
    const mark = deps.mark();
    found.orders += deps.takeOrders(await readOrders(deps, account, signal), mark);
  }
  return isAll;
}
