// A writer over a real SQLite file and a real spool, on a clock that the test moves, with a gate before the store.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { openSpool } from '../../src/store/spool.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import type { EventStore } from '../../src/store/store.ts';
import { createWriter, type Writer } from '../../src/store/writer.ts';
import { ManualClock } from '../manual-clock.ts';

export interface Writing {
  readonly folder: string;
  readonly path: string;
  readonly clock: ManualClock;
  readonly writer: Writer;
  readonly stored: StoredEvent[];
  readonly happened: Happening[];
  readonly of: <Kind extends Happening['kind']>(kind: Kind) => Extract<Happening, { kind: Kind }>[];
  /** How often the writer has turned to the store. */
  asked(): number;
  /** What the writer asks of the store waits, or fails, until the gate is opened. */
  close(): void;
  fail(error: Error): void;
  open(): void;
  readAll(): Promise<StoredEvent[]>;
  /** Lets the clock run until it holds. */
  passTime(condition: () => boolean): Promise<void>;
  /** So that the folder can be opened again. */
  closeStore(): Promise<void>;
  end(): Promise<void>;
}

export async function startWriting(
  options: { folder?: string; spoolCapBytes?: number } = {},
): Promise<Writing> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'bezant-writing-'));
  const path = join(folder, 'events.db');
  const store = openSqlite(path);
  const clock = new ManualClock();
  const stored: StoredEvent[] = [];
  const happened: Happening[] = [];
  let gate: Promise<void> = Promise.resolve();
  let open: () => void = () => undefined;
  let failure: Error | null = null;
  let asked = 0;
  const gated: EventStore = {
    ...store,
    async append(events, batch) {
      asked++;
      await gate;
      if (failure !== null) throw failure;
      return store.append(events, batch);
    },
  };
  const spool = await openSpool({
    folder: join(folder, 'spool'),
    capBytes: options.spoolCapBytes ?? 1e9,
    lastTaken: (await store.bounds()).lastBatch,
    onUnreadable: (file) => happened.push({ kind: 'warning', message: file }),
  });
  const writer = createWriter({ store: gated, spool, clock, observe: (one) => happened.push(one) });
  writer.onStored((events) => stored.push(...events));
  return {
    folder,
    path,
    clock,
    writer,
    stored,
    happened,
    of: (kind) => happened.filter((one) => one.kind === kind) as never,
    asked: () => asked,
    close() {
      gate = new Promise((resolve) => {
        open = resolve;
      });
    },
    fail(error) {
      failure = error;
    },
    open() {
      failure = null;
      open();
    },
    readAll: () => store.readAfter({ streams: null, topics: null }, 0, 1_000_000),
    async passTime(condition) {
      while (!condition()) await clock.advance(1000);
    },
    closeStore: () => store.stop(),
    async end() {
      await store.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Lets the event loop turn until it holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
