// Between what happens and the store: `write` never waits and never fails. Events go to the store in batches, one at a time;
// while it does not take them, or not fast enough, they go to the spool, and from there to the store in their order.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { NewEvent, StoredEvent, Topic } from '../event.ts';
import type { Observe } from '../observe.ts';
import { appendWhatFits } from './append-what-fits.ts';
import { Drops } from './drops.ts';
import { batchRows, EventQueue } from './queue.ts';
import { Spill } from './spill.ts';
import type { Batch, Spool } from './spool.ts';
import type { EventStore } from './store.ts';

/** With this many waiting behind a batch that takes this long, the rest goes to the spool instead of growing in memory. */
const spillRows = 4 * batchRows;
const slowMs = 1000;

/** Waiting after the n-th failure in a row. */
const retriesMs = [250, 500, 1000, 2000, 5000, 10_000];

export interface WriterState {
  readonly queued: number;
  readonly spooledBytes: number;
  /** Why the store does not take events; null when it does. */
  readonly failure: unknown;
  /** So much waits that prices are dropped: whatever can wait should. */
  readonly isPressed: boolean;
}

export interface Writer {
  write(event: NewEvent): void;
  /** Called with what was stored, in order, when it is on disk. The returned function ends it. */
  onStored(listener: (events: readonly StoredEvent[]) => void): () => void;
  readonly state: WriterState;
  /** Writes what is left: to the store, or to the spool when that takes longer. */
  stop(deadlineMs?: number): Promise<void>;
}

export interface WriterDeps {
  readonly store: EventStore;
  readonly spool: Spool;
  readonly observe: Observe;
  readonly clock: Clock;
}

/** Starts with what a former run left in the spool. */
export function createWriter(deps: WriterDeps): Writer {
  const writer = new BatchWriter(deps);
  writer.wake();
  return writer;
}

class BatchWriter implements Writer {
  readonly #deps: WriterDeps;
  readonly #drops: Drops;
  readonly #queue: EventQueue;
  readonly #spill: Spill;
  readonly #listeners = new Set<(events: readonly StoredEvent[]) => void>();
  /** The batch that the store is busy with, or that neither store nor spool has taken: before all in the spool. */
  #held: Batch | null = null;
  #isAppending = false;
  #appendingSinceMs = Infinity;
  #isWoken = false;
  #isStopped = false;
  #failures = 0;
  #failure: unknown = null;
  #cancelRetry: (() => void) | null = null;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.#drops = new Drops(deps);
    this.#queue = new EventQueue((topic) => this.#drops.count(topic, 'queue-full'));
    this.#spill = new Spill({
      ...deps,
      queue: this.#queue,
      drops: this.#drops,
      waiting: () => this.#waiting,
    });
  }

  get state(): WriterState {
    return {
      queued: this.#waiting,
      spooledBytes: this.#deps.spool.bytes,
      failure: this.#failure,
      isPressed: this.#queue.isFull,
    };
  }

  write(event: NewEvent): void {
    if (this.#isStopped) {
      this.#drops.count(event.topic, 'stopped');
      return;
    }
    this.#queue.push(event);
    this.wake();
  }

  onStored(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(deadlineMs = 2000): Promise<void> {
    this.#isStopped = true;
    await this.#untilWritten(deadlineMs);
    this.#cancelRetry?.();
    this.#failure ??= new Error('stopped');
    await this.#spill.rest(this.#held);
    await this.#deps.spool.stop();
    this.#drops.tell();
  }

  /** Once in a turn of the event loop: what comes in together is written together. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      void this.#append();
      void this.#spillOver();
    });
  }

  async #append(): Promise<void> {
    if (this.#isAppending || !this.#mayAppend()) return;
    this.#isAppending = true;
    try {
      while (this.#mayAppend()) {
        const isFromSpool = this.#held === null && !this.#deps.spool.isEmpty;
        const batch = isFromSpool ? await this.#deps.spool.first() : (this.#held ?? this.#next());
        if (batch === null) break;
        if (!isFromSpool) this.#held = batch;
        const stored = await this.#store(batch);
        if (!isFromSpool) this.#held = null;
        this.#tellStored(batch, stored);
        if (isFromSpool) await this.#deps.spool.shift();
      }
    } catch (error) {
      await this.#fail(error);
    }
    this.#isAppending = false;
    if (this.#mayAppend() && this.#queue.length > 0 && !this.#spill.isBusy) this.wake();
  }

  #mayAppend(): boolean {
    return this.#failure === null;
  }

  /** The next of the queue, unless events before it are on their way to the spool. */
  #next(): Batch | null {
    if (this.#spill.isBusy || this.#queue.length === 0) return null;
    return { name: randomUUID(), events: this.#queue.take(batchRows) };
  }

  async #store(batch: Batch): Promise<StoredEvent[]> {
    const { clock, observe, store } = this.#deps;
    this.#appendingSinceMs = clock.now();
    const stored = await appendWhatFits(store, batch, ({ topic }) => this.#drops.count(topic, 'refused'));
    this.#spill.tryAgain();
    if (this.#failures > 0) observe({ kind: 'event-store', ok: true });
    this.#failures = 0;
    return stored;
  }

  #tellStored({ events }: Batch, stored: readonly StoredEvent[]): void {
    const { clock, observe, spool } = this.#deps;
    observe({
      kind: 'event-written',
      events: countByTopic(stored),
      repeats: events.length - stored.length,
      durationMs: clock.now() - this.#appendingSinceMs,
      queued: this.#waiting,
      spooledBytes: spool.bytes,
    });
    this.#appendingSinceMs = Infinity;
    if (stored.length === 0) return;
    for (const listener of this.#listeners) {
      try {
        listener(stored);
      } catch (cause) {
        observe({ kind: 'crashed', cause });
      }
    }
  }

  async #fail(error: unknown): Promise<void> {
    const { clock, observe } = this.#deps;
    this.#failure ??= error;
    this.#appendingSinceMs = Infinity;
    // What is left is spooled by `stop`.
    if (this.#isStopped) return;
    if (this.#failures === 0) observe({ kind: 'event-store', ok: false, cause: error });
    const waitMs = retriesMs[Math.min(this.#failures, retriesMs.length - 1)] ?? 0;
    this.#failures++;
    if (this.#held !== null && (await this.#spill.first(this.#held))) this.#held = null;
    this.#cancelRetry = clock.after(waitMs, () => {
      this.#failure = null;
      this.#spill.tryAgain();
      this.wake();
    });
    this.wake();
  }

  get #waiting(): number {
    return this.#queue.length + (this.#held?.events.length ?? 0);
  }

  get #mustSpill(): boolean {
    const { clock, spool } = this.#deps;
    const isLate = this.#queue.length >= spillRows && clock.now() - this.#appendingSinceMs >= slowMs;
    return this.#failures > 0 || !spool.isEmpty || isLate;
  }

  async #spillOver(): Promise<void> {
    if (this.#spill.isBusy) return;
    await this.#spill.run(() => this.#mustSpill);
    if (this.#queue.length > 0 || !this.#deps.spool.isEmpty) void this.#append();
  }

  /** Until nothing is left, the store fails, or it has taken too long. */
  #untilWritten(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      let isOver = false;
      const cancel = this.#deps.clock.after(deadlineMs, () => {
        isOver = true;
        resolve();
      });
      const look = (): void => {
        const isIdle = !this.#isAppending && !this.#spill.isBusy && !this.#isWoken;
        if (isOver || (isIdle && (this.#failure !== null || this.#queue.length === 0))) {
          cancel();
          resolve();
        } else {
          setImmediate(look);
        }
      };
      look();
    });
  }
}

function countByTopic(events: readonly StoredEvent[]): Partial<Record<Topic, number>> {
  const counts: Partial<Record<Topic, number>> = {};
  for (const { topic } of events) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}
