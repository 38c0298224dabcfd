// The statements over a SQLite file. Long work is done in slices, and few commits wait for the disk.

import { statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { topics, type NewEvent, type StoredEvent, type Topic } from '../event.ts';
import { fromRow, toRow, type ReadRow } from './row.ts';
import { mergeByCursor, rangesOf } from './selection.ts';
import {
  dayMs,
  RowsRefusedError,
  squeezeOrder,
  squeezeTo,
  type Bounds,
  type EventFilter,
  type Pruned,
  type PruneRules,
} from './store.ts';

/** Rows deleted, and pages given back, at a time: some milliseconds. */
const sliceRows = 1000;
const slicePages = 256;

const columns =
  'topic, stream, received_at_ms, account, order_id, conid, execution_id, dedup, healed, payload, raw';

const statements = {
  insert: `INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (dedup) WHERE dedup IS NOT NULL DO NOTHING`,
  ofTopic: `SELECT cursor, ${columns} FROM events WHERE topic = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
  ofStream: `SELECT cursor, ${columns} FROM events WHERE stream = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
  between: `SELECT cursor, ${columns} FROM events WHERE cursor > ? AND cursor <= ? ORDER BY cursor`,
  history: `SELECT cursor, ${columns} FROM events
    WHERE stream = ? AND (received_at_ms, cursor) > (?, ?) AND received_at_ms <= ?
    ORDER BY received_at_ms, cursor LIMIT ?`,
  head: `SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS head`,
  noteBatch: 'UPDATE state SET batch = ?, batch_after = ?, batch_through = ?',
  state: 'SELECT store_id, batch, batch_after, batch_through FROM state',
  pruned: 'SELECT topic, through FROM pruned',
  notePruned: `INSERT INTO pruned VALUES (?, ?)
    ON CONFLICT (topic) DO UPDATE SET through = max(through, excluded.through)`,
  nextEpoch: 'UPDATE state SET epoch = epoch + 1 RETURNING epoch',
  raiseEpoch: 'UPDATE state SET epoch = max(epoch, ?)',
  dropSequence: `DELETE FROM sqlite_sequence WHERE name = 'events'`,
  setSequence: `INSERT INTO sqlite_sequence (name, seq) VALUES ('events', ?)`,
  oldest: `SELECT cursor, received_at_ms FROM events WHERE topic = ? AND cursor > ? ORDER BY cursor LIMIT ?`,
  remove: 'DELETE FROM events WHERE cursor = ?',
} as const;

export class SqliteEvents {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #prepared: Readonly<Record<keyof typeof statements, StatementSync>>;
  #synchronous: 'FULL' | 'NORMAL' | null = null;

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
    this.#prepared = Object.fromEntries(
      Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof statements, StatementSync>;
  }

  append(events: readonly NewEvent[], batch?: string): StoredEvent[] {
    const last = this.#state();
    if (batch !== undefined && batch === last.batch)
      return this.#read('between', last.batch_after, last.batch_through);
    return this.#transaction(
      events.some(({ topic }) => topic !== 'marketdata'),
      () => {
        const before = this.#head();
        const stored: StoredEvent[] = [];
        for (const event of events) {
          const cursor = this.#insert(event);
          if (cursor !== null) stored.push({ ...event, cursor });
        }
        this.#prepared.noteBatch.run(batch ?? null, before, stored.at(-1)?.cursor ?? before);
        return stored;
      },
    );
  }

  readAfter(filter: EventFilter, cursor: number, limit: number): StoredEvent[] {
    const answers = rangesOf(filter).map(({ topic, stream }) =>
      stream === null
        ? this.#read('ofTopic', topic, cursor, limit)
        : this.#read('ofStream', stream, cursor, limit),
    );
    return mergeByCursor(answers, limit);
  }

  history(
    stream: string,
    from: { sinceMs: number; afterCursor: number },
    toMs: number | null,
    limit: number,
  ): StoredEvent[] {
    const until = toMs ?? Number.MAX_SAFE_INTEGER;
    return this.#read('history', stream, from.sinceMs, from.afterCursor, until, limit);
  }

  bounds(): Bounds {
    const { store_id: storeId, batch } = this.#state();
    const rows = this.#prepared.pruned.all() as unknown as { topic: string; through: number }[];
    const prunedThrough = new Map(rows.map(({ topic, through }) => [topic, through]));
    return { head: this.#head(), prunedThrough, lastBatch: batch, storeId };
  }

  nextEpoch(): number {
    return this.#transaction(
      true,
      () => (this.#prepared.nextEpoch.get() as unknown as { epoch: number }).epoch,
    );
  }

  raise(floor: { cursor: number; epoch: number; isElsewhere: boolean }): void {
    this.#transaction(true, () => {
      this.#prepared.raiseEpoch.run(floor.epoch);
      if (floor.cursor <= this.#head()) return;
      this.#prepared.dropSequence.run();
      this.#prepared.setSequence.run(floor.cursor);
      if (floor.isElsewhere) for (const topic of topics) this.#prepared.notePruned.run(topic, floor.cursor);
    });
  }

  async prune(rules: PruneRules, nowMs: number): Promise<Pruned> {
    let aged = 0;
    for (const topic of topics) aged += await this.#age(topic, nowMs - rules.keepDays[topic] * dayMs);
    const squeezed = await this.#squeeze(rules.capBytes);
    while (this.#database.isOpen && this.#pragma('freelist_count') > 0) {
      // `exec` runs it to its end: a prepared one would give back a page a step.
      this.#database.exec(`PRAGMA incremental_vacuum(${slicePages})`);
      await setImmediate();
    }
    if (aged + squeezed > 0) this.#cutJournal();
    return { aged, squeezed, sizeBytes: this.#database.isOpen ? this.sizeBytes() : 0 };
  }

  sizeBytes(): number {
    const journal = statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    return this.#pragma('page_count') * this.#pragma('page_size') + journal;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** The cursor given; null for a repeat. */
  #insert(event: NewEvent): number | null {
    const row = toRow(event);
    try {
      const { changes, lastInsertRowid } = this.#prepared.insert.run(
        row.topic,
        row.stream,
        row.received_at_ms,
        row.account,
        row.order_id,
        row.conid,
        row.execution_id,
        row.dedup,
        row.healed ? 1 : 0,
        row.payload,
        row.raw,
      );
      return changes === 0 ? null : Number(lastInsertRowid);
    } catch (error) {
      throw isRefusal(error) ? new RowsRefusedError(error) : error;
    }
  }

  /** From the oldest on, until a slice has nothing that old: a clock that was wrong for a while does not stop it. */
  async #age(topic: Topic, beforeMs: number): Promise<number> {
    let deleted = 0;
    for (let after = 0; this.#database.isOpen; await setImmediate()) {
      const slice = this.#oldest(topic, after);
      const old = slice.filter(({ received_at_ms: atMs }) => atMs < beforeMs);
      this.#remove(topic, old);
      deleted += old.length;
      after = slice.at(-1)?.cursor ?? after;
      if (old.length === 0) break;
    }
    return deleted;
  }

  async #squeeze(capBytes: number): Promise<number> {
    if (!this.#database.isOpen || this.sizeBytes() <= capBytes) return 0;
    this.#cutJournal();
    let deleted = 0;
    for (const topic of squeezeOrder) {
      while (this.#usedBytes() > capBytes * squeezeTo) {
        const slice = this.#oldest(topic, 0);
        if (slice.length === 0) break;
        this.#remove(topic, slice);
        deleted += slice.length;
        await setImmediate();
      }
    }
    return deleted;
  }

  #oldest(topic: Topic, after: number): { cursor: number; received_at_ms: number }[] {
    return this.#prepared.oldest.all(topic, after, sliceRows) as unknown as {
      cursor: number;
      received_at_ms: number;
    }[];
  }

  #remove(topic: Topic, rows: readonly { cursor: number }[]): void {
    const last = rows.at(-1);
    if (last === undefined) return;
    this.#transaction(false, () => {
      for (const { cursor } of rows) this.#prepared.remove.run(cursor);
      this.#prepared.notePruned.run(topic, last.cursor);
    });
  }

  /**
   * A commit that must last waits for the disk, so that no power cut takes an event whose cursor was told. For prices that
   * is not worth the wait: they would be old by then, and the head file keeps their cursors from being given again.
   */
  #transaction<Result>(mustLast: boolean, run: () => Result): Result {
    const synchronous = mustLast ? 'FULL' : 'NORMAL';
    if (synchronous !== this.#synchronous) this.#database.exec(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #read(name: keyof typeof statements, ...values: SQLInputValue[]): StoredEvent[] {
    return (this.#prepared[name].all(...values) as unknown as ReadRow[]).map(fromRow);
  }

  #state() {
    return this.#prepared.state.get() as unknown as {
      store_id: string;
      batch: string | null;
      batch_after: number;
      batch_through: number;
    };
  }

  #head(): number {
    return (this.#prepared.head.get() as unknown as { head: number }).head;
  }

  #pragma(name: 'freelist_count' | 'page_count' | 'page_size'): number {
    return Object.values(this.#database.prepare(`PRAGMA ${name}`).get() ?? {})[0] as number;
  }

  /** A reader in another program may keep it as it is: the next run is soon enough. */
  #cutJournal(): void {
    if (this.#database.isOpen) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** Nothing once the store has been stopped, so that what runs in slices comes to its end. */
  #usedBytes(): number {
    if (!this.#database.isOpen) return 0;
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }
}

/** SQLite's primary result codes TOOBIG, CONSTRAINT and MISMATCH, and values that node:sqlite cannot bind. */
const refusals: ReadonlySet<number> = new Set([18, 19, 20]);

function isRefusal(error: unknown): boolean {
  const { code, errcode = 0 } = error as { code?: string; errcode?: number };
  return code === 'ERR_INVALID_ARG_TYPE' || refusals.has(errcode & 0xff);
}
