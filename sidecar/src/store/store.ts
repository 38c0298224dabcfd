// Where events are kept, whatever the database. The store gives cursors; whoever reads relies on three promises: they
// grow, none is given twice, and an event whose cursor has been told is on disk.

import type { NewEvent, StoredEvent, Topic } from '../event.ts';

/** Both null: everything. Both given: those streams whose topic is listed too. */
export interface EventFilter {
  readonly streams: readonly string[] | null;
  readonly topics: readonly Topic[] | null;
}

export interface Bounds {
  /** The highest cursor ever given; 0 before the first. */
  readonly head: number;
  /** By topic the highest cursor that is gone. What a reader has not read up to there, it has missed. */
  readonly prunedThrough: ReadonlyMap<string, number>;
  /** The name of the batch appended last. */
  readonly lastBatch: string | null;
  /** Another database has another one. */
  readonly storeId: string;
}

export interface PruneRules {
  readonly keepDays: Readonly<Record<Topic, number>>;
  readonly capBytes: number;
}

export interface Pruned {
  /** Events deleted because of their age. */
  readonly aged: number;
  /** Events deleted, younger than that, because the store was larger than its cap. */
  readonly squeezed: number;
  readonly sizeBytes: number;
}

export interface EventStore {
  /**
   * Appends in order, all or nothing; repeats (equal `dedup`) are left out. Resolves to what was stored. A batch that is
   * the last one appended, by its name, is not appended again: whoever does not know how an attempt ended may repeat it.
   * Rejects with RowsRefusedError for what no repetition will help.
   */
  append(events: readonly NewEvent[], batch?: string): Promise<StoredEvent[]>;
  /** Ascending by cursor, all above the given one. */
  readAfter(filter: EventFilter, cursor: number, limit: number): Promise<StoredEvent[]>;
  /** One stream ascending by (time, cursor): all after the given pair, up to and including `toMs`. */
  history(
    stream: string,
    from: { readonly sinceMs: number; readonly afterCursor: number },
    toMs: number | null,
    limit: number,
  ): Promise<StoredEvent[]>;
  bounds(): Promise<Bounds>;
  /** Durable, strictly growing. */
  nextEpoch(): Promise<number>;
  /** Later cursors and epochs are above these. `isElsewhere`: the events up to there are in another database. */
  raise(floor: {
    readonly cursor: number;
    readonly epoch: number;
    readonly isElsewhere: boolean;
  }): Promise<void>;
  prune(rules: PruneRules, nowMs: number): Promise<Pruned>;
  sizeBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** The order in which topics give way to the cap: prices can be had again, executions are what an account did. */
export const squeezeOrder: readonly Topic[] = [
  'marketdata',
  'pnl',
  'notifications',
  'session',
  'gap',
  'orders',
  'trades',
];

/** Down to this share of the cap, so that the next minutes' events do not need another run. */
export const squeezeTo = 0.9;

export const dayMs = 86_400_000;

/** The store cannot be opened: for people, names the setting. */
export class StoreError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
  }
}

/** The database works and does not take these rows. */
export class RowsRefusedError extends Error {
  constructor(cause: unknown) {
    super(`The database refuses the rows: ${(cause as Error).message}`, { cause });
    this.name = 'RowsRefusedError';
  }
}
