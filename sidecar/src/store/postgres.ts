// Events in Postgres, for who has one. One writer, one statement and one commit a batch.

import type pg from 'pg';
import { topics, type NewEvent, type StoredEvent } from '../event.ts';
import { PostgresConnections } from './postgres-connections.ts';
import { dropSlice, type Layout, type Slice } from './postgres-layout.ts';
import { appendStatement, statements, toJson } from './postgres-statements.ts';
import { openTables } from './postgres-tables.ts';
import { fromRow, type ReadRow } from './row.ts';
import { mergeByCursor, rangesOf, topicOf } from './selection.ts';
import {
  dayMs,
  RowsRefusedError,
  squeezeOrder,
  squeezeTo,
  type Bounds,
  type EventFilter,
  type EventStore,
  type Pruned,
  type PruneRules,
} from './store.ts';

export async function openPostgres(deps: {
  url: string;
  nowMs: number;
  mayUseHypertables: boolean;
}): Promise<EventStore> {
  const store = new PostgresStore(deps);
  try {
    await store.connect();
    return store;
  } catch (error) {
    await store.stop();
    throw error;
  }
}

interface State {
  store_id: string;
  head: number;
  batch: string | null;
  batch_after: number;
  batch_through: number;
}

class PostgresStore implements EventStore {
  readonly #connections: PostgresConnections;
  /** As of the last connection; `connect` is the first. */
  #layout!: Layout;
  #append = '';
  #state: State = { store_id: '', head: 0, batch: null, batch_after: 0, batch_through: 0 };

  constructor(deps: { url: string; nowMs: number; mayUseHypertables: boolean }) {
    this.#connections = new PostgresConnections(deps.url, (writer) => this.#prepare(writer, deps));
  }

  connect(): Promise<void> {
    return this.#connections.write(() => Promise.resolve());
  }

  append(events: readonly NewEvent[], batch?: string): Promise<StoredEvent[]> {
    return this.#connections.write(async (writer) => {
      // A connection that was lost has left open whether its last batch was written.
      if (batch !== undefined && batch === this.#state.batch) return this.#between(this.#state);
      const once = withoutRepeats(events);
      await this.#layout.makeRoom(writer, once);
      const rows = await this.#insert(writer, once, batch ?? null);
      const { head: batch_after } = this.#state;
      const head = rows.at(-1)?.cursor ?? batch_after;
      this.#state = { ...this.#state, head, batch: batch ?? null, batch_after, batch_through: head };
      return rows.flatMap(({ n, cursor }) => {
        const event = once[n];
        return event === undefined ? [] : [{ ...event, cursor }];
      });
    }, isKnown);
  }

  async readAfter(filter: EventFilter, cursor: number, limit: number): Promise<StoredEvent[]> {
    const answers = await Promise.all(
      rangesOf(filter).map(({ topic, stream }) =>
        stream === null
          ? this.#read('ofTopic', topic, cursor, limit)
          : this.#read('ofStream', topic, cursor, limit, stream),
      ),
    );
    return mergeByCursor(answers, limit);
  }

  async history(
    stream: string,
    from: { sinceMs: number; afterCursor: number },
    toMs: number | null,
    limit: number,
  ): Promise<StoredEvent[]> {
    const until = toMs ?? 'Infinity';
    return this.#read('history', topicOf(stream), stream, from.sinceMs, from.afterCursor, until, limit);
  }

  async bounds(): Promise<Bounds> {
    const state = only(await this.#connections.read<State & pg.QueryResultRow>({ text: statements.state }));
    const pruned = await this.#connections.read<{ topic: string; through: number }>({
      text: statements.pruned,
    });
    return {
      head: state.head,
      prunedThrough: new Map(pruned.map(({ topic, through }) => [topic, through])),
      lastBatch: state.batch,
      storeId: state.store_id,
    };
  }

  nextEpoch(): Promise<number> {
    return this.#connections.write(async (writer) => {
      const { rows } = await writer.query<{ epoch: number }>(statements.nextEpoch);
      return only(rows).epoch;
    });
  }

  raise(floor: { cursor: number; epoch: number; isElsewhere: boolean }): Promise<void> {
    return this.#connections.write(async (writer) => {
      await writer.query(statements.raiseEpoch, [floor.epoch]);
      const { rowCount } = await writer.query(statements.raise, [floor.cursor]);
      if (rowCount === 0) return;
      if (floor.isElsewhere) await writer.query(statements.notePruned, [[...topics], floor.cursor]);
      this.#state = { ...this.#state, head: floor.cursor };
    });
  }

  async prune(rules: PruneRules, nowMs: number): Promise<Pruned> {
    const pruned = await this.#connections.aside(async (client) => {
      let aged = 0;
      let squeezed = 0;
      const left: Slice[] = [];
      for (const slice of await this.#layout.slices(client)) {
        if (slice.toMs > nowMs - rules.keepDays[slice.topic] * dayMs) left.push(slice);
        else aged += await dropSlice(client, this.#layout, slice, nowMs);
      }
      let sizeBytes = await this.sizeBytes();
      const room = sizeBytes > rules.capBytes ? rules.capBytes * squeezeTo : Infinity;
      for (const slice of inSqueezeOrder(left, nowMs)) {
        if (sizeBytes <= room) break;
        squeezed += await dropSlice(client, this.#layout, slice, nowMs);
        sizeBytes = await this.sizeBytes();
      }
      return { aged, squeezed, sizeBytes };
    });
    await this.#connections.write((writer) => this.#layout.makeAhead(writer, nowMs));
    return pruned;
  }

  async sizeBytes(): Promise<number> {
    const [row] = await this.#connections.read<{ bytes: number }>({ text: this.#layout.size });
    return row?.bytes ?? 0;
  }

  stop(): Promise<void> {
    return this.#connections.stop();
  }

  /** A writer that has just connected: is the database one that fits, and what was written last? */
  async #prepare(
    writer: pg.Client,
    options: { readonly nowMs: number; readonly mayUseHypertables: boolean },
  ): Promise<void> {
    this.#layout = await openTables(writer, options);
    this.#append = appendStatement(this.#layout.insert);
    this.#state = only((await writer.query<State>(statements.state)).rows);
    await this.#layout.makeAhead(writer, options.nowMs);
  }

  async #insert(writer: pg.Client, events: readonly NewEvent[], batch: string | null) {
    const query = { name: 'append', text: this.#append, values: [toJson(events), batch] };
    try {
      return (await writer.query<{ n: number; cursor: number }>(query)).rows;
    } catch (error) {
      throw isRefusal(error) ? new RowsRefusedError(error) : error;
    }
  }

  #between({ batch_after: after, batch_through: through }: State): Promise<StoredEvent[]> {
    return this.#read('between', after, through);
  }

  async #read(
    name: 'ofTopic' | 'ofStream' | 'between' | 'history',
    ...values: unknown[]
  ): Promise<StoredEvent[]> {
    const rows = await this.#connections.read<ReadRow & pg.QueryResultRow>({
      name,
      text: statements[name],
      values,
    });
    return rows.map(fromRow);
  }
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the table bezant_event_state is empty');
  return row;
}

/** What has begun already, topic by topic, the oldest first. Only of prices may today's go too. */
const inSqueezeOrder = (slices: readonly Slice[], nowMs: number): Slice[] =>
  squeezeOrder.flatMap((topic) =>
    slices.filter(
      (slice) => slice.topic === topic && (topic === 'marketdata' ? slice.fromMs : slice.toMs) <= nowMs,
    ),
  );

/** Repeats within one statement do not see each other. */
function withoutRepeats(events: readonly NewEvent[]): NewEvent[] {
  const seen = new Set<string>();
  return events.filter(({ dedup }) => {
    if (dedup === null) return true;
    const isNew = !seen.has(dedup);
    seen.add(dedup);
    return isNew;
  });
}

/** SQLSTATE classes: a value that does not fit its type, a constraint, a limit of the program. */
const refusals: ReadonlySet<string> = new Set(['22', '23', '54']);

const isKnown = (error: unknown): boolean => error instanceof RowsRefusedError;

const isRefusal = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.length === 5 && refusals.has(code.slice(0, 2));
};
