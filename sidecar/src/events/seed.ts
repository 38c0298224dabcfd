// What a former run has told of orders and trades, so that IBKR's next snapshot tells only what is new.

import type { StoredEvent } from '../event.ts';
import type { FrameMemory } from './frames.ts';

/** As far back as IBKR's trades go, and a day. An order that has not changed for longer is told by its key alone. */
const seedMs = 8 * 86_400_000;
const pageSize = 1_000;
/** Against a store in which something ran wild. */
const maxPages = 100;

export type History = (
  stream: string,
  from: { sinceMs: number; afterCursor: number },
  toMs: number | null,
  limit: number,
) => Promise<StoredEvent[]>;

export async function seed(history: History, memory: FrameMemory, nowMs: number): Promise<void> {
  await eachEvent(history, 'orders', nowMs, (event) => memory.orders.remember(event));
  await eachEvent(history, 'trades', nowMs, ({ executionId, payload }) =>
    memory.trades.remember(executionId, payload),
  );
}

async function eachEvent(
  history: History,
  stream: string,
  nowMs: number,
  take: (event: StoredEvent) => void,
): Promise<void> {
  let from = { sinceMs: nowMs - seedMs, afterCursor: 0 };
  for (let page = 0; page < maxPages; page += 1) {
    const events = await history(stream, from, null, pageSize);
    events.forEach(take);
    const last = events.at(-1);
    if (last === undefined || events.length < pageSize) return;
    from = { sinceMs: last.receivedAtMs, afterCursor: last.cursor };
  }
}
