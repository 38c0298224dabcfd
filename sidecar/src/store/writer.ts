// Between what happens and the store: `write` never waits and never fails. Events go to the store in batches, one at a time;
// while it does not take them, or not fast enough, they go to the spool, and from there to the store in their order.

import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { NewEvent, StoredEvent, Topic } from '../event.ts';
import type { DropReason, Observe } from '../observe.ts';
import { EventQueue } from './queue.ts';
import type { Batch, Spool } from './spool.ts';
import { RowsRefusedError, type EventStore } from './store.ts';

/** Measured: larger batches gain nothing. */
const batchRows = 500;

/** With this many waiting behind a batch that takes this long, the rest goes to the spool instead of growing in memory. */
const spillRows = 4 * batchRows;
const slowMs = 1000;

/** Waiting after the n-th failure in a row. */
const retriesMs = [250, 500, 1000, 2000, 5000, 10_000];

/** Drops are told together, so that thousands of them are no flood of their own. */
const tellDropsMs = 1000;

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
  readonly #queue: EventQueue;
  readonly #listeners = new Set<(events: readonly StoredEvent[]) => void>();
  readonly #drops = new Map<string, { topic: Topic; reason: DropReason; count: number }>();
  /** The batch that the store is busy with, or that neither store nor spool has taken: before all in the spool. */
  #held: Batch | null = null;
  #isAppending = false;
  #appendingSinceMs = Infinity;
  #isSpilling = false;
  #isWoken = false;
  #isStopped = false;
  #failures = 0;
  #failure: unknown = null;
  /** The disk does not take more: until the next attempt. */
  #isSpoolFull = false;
  #cancelRetry: (() => void) | null = null;

  constructor(deps: WriterDeps) {
    this.#deps = deps;
    this.#queue = new EventQueue((topic) => this.#drop(topic, 'queue-full', 1));
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
      this.#drop(event.topic, 'stopped', 1);
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
    await this.#spoolRest();
    await this.#deps.spool.stop();
    this.#tellDrops();
  }

  /** Once in a turn of the event loop: what comes in together is written together. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    setImmediate(() => {
      this.#isWoken = false;
      void this.#append();
      void this.#spill();
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
    if (this.#mayAppend() && this.#queue.length > 0 && !this.#isSpilling) this.wake();
  }

  #mayAppend(): boolean {
    return this.#failure === null;
  }

  /** The next of the queue, unless events before it are on their way to the spool. */
  #next(): Batch | null {
    if (this.#isSpilling || this.#queue.length === 0) return null;
    return { name: randomUUID(), events: this.#queue.take(batchRows) };
  }

  async #store(batch: Batch): Promise<StoredEvent[]> {
    const { clock, observe, store } = this.#deps;
    this.#appendingSinceMs = clock.now();
    const stored = await this.#appendWhatFits(store, batch);
    this.#isSpoolFull = false;
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

  /** One row that the database refuses must not hold up the others: it is searched for by halves. */
  async #appendWhatFits(store: EventStore, { name, events }: Batch): Promise<StoredEvent[]> {
    try {
      return await store.append(events, name);
    } catch (error) {
      if (!(error instanceof RowsRefusedError)) throw error;
      const [only] = events;
      if (events.length === 1 && only !== undefined) {
        this.#drop(only.topic, 'refused', 1);
        return [];
      }
      const middle = Math.ceil(events.length / 2);
      return [
        ...(await this.#appendWhatFits(store, { name: `${name}/0`, events: events.slice(0, middle) })),
        ...(await this.#appendWhatFits(store, { name: `${name}/1`, events: events.slice(middle) })),
      ];
    }
  }

  async #fail(error: unknown): Promise<void> {
    const { clock, observe, spool } = this.#deps;
    this.#failure ??= error;
    this.#appendingSinceMs = Infinity;
    // What is left is spooled by `stop`.
    if (this.#isStopped) return;
    if (this.#failures === 0) observe({ kind: 'event-store', ok: false, cause: error });
    const waitMs = retriesMs[Math.min(this.#failures, retriesMs.length - 1)] ?? 0;
    this.#failures++;
    if (this.#held !== null) {
      try {
        await spool.prepend(this.#held);
        this.#observeSpooled(this.#held.events.length);
        this.#held = null;
      } catch (cause) {
        this.#tellSpoolFull(cause);
      }
    }
    this.#cancelRetry = clock.after(waitMs, () => {
      this.#failure = null;
      this.#isSpoolFull = false;
      this.wake();
    });
    this.wake();
  }

  get #waiting(): number {
    return this.#queue.length + (this.#held?.events.length ?? 0);
  }

  get #mustSpill(): boolean {
    if (this.#queue.length === 0 || this.#isSpoolFull) return false;
    const { clock, spool } = this.#deps;
    const isLate = this.#queue.length >= spillRows && clock.now() - this.#appendingSinceMs >= slowMs;
    return this.#failures > 0 || !spool.isEmpty || isLate;
  }

  async #spill(): Promise<void> {
    if (this.#isSpilling) return;
    this.#isSpilling = true;
    while (this.#mustSpill) await this.#spillBatch();
    this.#isSpilling = false;
    if (this.#queue.length > 0 || !this.#deps.spool.isEmpty) void this.#append();
  }

  async #spillBatch(): Promise<void> {
    const { spool } = this.#deps;
    const taken = this.#queue.take(batchRows);
    const events = spool.bytes > spool.capBytes / 2 ? this.#withoutPrices(taken) : taken;
    if (events.length === 0) return;
    try {
      if (spool.bytes > spool.capBytes)
        throw new Error('the spool is as large as BEZANT_EVENTS_DISK_CAP_MB allows');
      await spool.append({ name: randomUUID(), events });
      this.#observeSpooled(events.length);
    } catch (cause) {
      this.#queue.putBack(this.#withoutPrices(events));
      this.#tellSpoolFull(cause);
    }
  }

  #withoutPrices(events: readonly NewEvent[]): NewEvent[] {
    const kept = events.filter(({ topic }) => topic !== 'marketdata');
    this.#drop('marketdata', 'spool-full', events.length - kept.length);
    return kept;
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
        const isIdle = !this.#isAppending && !this.#isSpilling && !this.#isWoken;
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

  /** A batch that the store may still be busy with is kept too: under its name it is not stored twice. */
  async #spoolRest(): Promise<void> {
    const { spool } = this.#deps;
    const held = this.#held;
    const rest = this.#queue.take(Infinity);
    try {
      if (held !== null) await spool.prepend(held);
      for (let at = 0; at < rest.length; at += batchRows)
        await spool.append({ name: randomUUID(), events: rest.slice(at, at + batchRows) });
      if (held !== null || rest.length > 0) this.#observeSpooled((held?.events.length ?? 0) + rest.length);
    } catch (cause) {
      this.#tellSpoolFull(cause);
      for (const { topic } of [...(held?.events ?? []), ...rest]) this.#drop(topic, 'spool-full', 1);
    }
  }

  #observeSpooled(count: number): void {
    this.#deps.observe({
      kind: 'spooled',
      count,
      spooledBytes: this.#deps.spool.bytes,
      queued: this.#waiting,
    });
  }

  #tellSpoolFull(cause: unknown): void {
    if (this.#isSpoolFull) return;
    this.#isSpoolFull = true;
    this.#deps.observe({ kind: 'spool-failed', cause, queued: this.#waiting });
  }

  #drop(topic: Topic, reason: DropReason, count: number): void {
    if (count === 0) return;
    if (this.#drops.size === 0) this.#deps.clock.after(tellDropsMs, () => this.#tellDrops());
    const key = `${topic} ${reason}`;
    const before = this.#drops.get(key)?.count ?? 0;
    this.#drops.set(key, { topic, reason, count: before + count });
  }

  #tellDrops(): void {
    for (const drop of this.#drops.values()) this.#deps.observe({ kind: 'event-dropped', ...drop });
    this.#drops.clear();
  }
}

function countByTopic(events: readonly StoredEvent[]): Partial<Record<Topic, number>> {
  const counts: Partial<Record<Topic, number>> = {};
  for (const { topic } of events) counts[topic] = (counts[topic] ?? 0) + 1;
  return counts;
}
