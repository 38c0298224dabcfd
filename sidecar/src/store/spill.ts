// From the queue to the spool: what the store does not take, or not fast enough. Prices give way to everything else when the
// disk has no room for both.

import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../event.ts';
import type { Observe } from '../observe.ts';
import type { Drops } from './drops.ts';
import { batchRows, type EventQueue } from './queue.ts';
import type { Batch, Spool } from './spool.ts';

export interface SpillDeps {
  readonly queue: EventQueue;
  readonly spool: Spool;
  readonly drops: Drops;
  readonly observe: Observe;
  /** How many events wait in memory. */
  readonly waiting: () => number;
}

export class Spill {
  readonly #deps: SpillDeps;
  #isBusy = false;
  /** The disk does not take more, until `tryAgain`. */
  #isFull = false;

  constructor(deps: SpillDeps) {
    this.#deps = deps;
  }

  /** Whether events of the queue are on their way. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  tryAgain(): void {
    this.#isFull = false;
  }

  /** Batch by batch, as long as it is needed. */
  async run(isNeeded: () => boolean): Promise<void> {
    this.#isBusy = true;
    while (this.#deps.queue.length > 0 && !this.#isFull && isNeeded()) await this.#next();
    this.#isBusy = false;
  }

  /** Before all others. Resolves to whether the disk has taken it. */
  async first(batch: Batch): Promise<boolean> {
    try {
      await this.#deps.spool.prepend(batch);
      this.#tellSpooled(batch.events.length);
      return true;
    } catch (cause) {
      this.#tellFull(cause);
      return false;
    }
  }

  /** All there is, the batch that the store may still be busy with first: under its name it is not stored twice. */
  async rest(held: Batch | null): Promise<void> {
    const { drops, queue, spool } = this.#deps;
    const rest = queue.take(Infinity);
    const events = [...(held?.events ?? []), ...rest];
    if (events.length === 0) return;
    try {
      if (held !== null) await spool.prepend(held);
      for (let at = 0; at < rest.length; at += batchRows)
        await spool.append({ name: randomUUID(), events: rest.slice(at, at + batchRows) });
      this.#tellSpooled(events.length);
    } catch (cause) {
      this.#tellFull(cause);
      for (const { topic } of events) drops.count(topic, 'spool-full');
    }
  }

  async #next(): Promise<void> {
    const { queue, spool } = this.#deps;
    const taken = queue.take(batchRows);
    const events = spool.bytes > spool.capBytes / 2 ? this.#withoutPrices(taken) : taken;
    if (events.length === 0) return;
    try {
      if (spool.bytes > spool.capBytes)
        throw new Error('the spool is as large as BEZANT_EVENTS_DISK_CAP_MB allows');
      await spool.append({ name: randomUUID(), events });
      this.#tellSpooled(events.length);
    } catch (cause) {
      queue.putBack(this.#withoutPrices(events));
      this.#tellFull(cause);
    }
  }

  #withoutPrices(events: readonly NewEvent[]): NewEvent[] {
    const kept = events.filter(({ topic }) => topic !== 'marketdata');
    this.#deps.drops.count('marketdata', 'spool-full', events.length - kept.length);
    return kept;
  }

  #tellSpooled(count: number): void {
    const { observe, spool, waiting } = this.#deps;
    observe({ kind: 'spooled', count, spooledBytes: spool.bytes, queued: waiting() });
  }

  #tellFull(cause: unknown): void {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#deps.observe({ kind: 'spool-failed', cause, queued: this.#deps.waiting() });
  }
}
