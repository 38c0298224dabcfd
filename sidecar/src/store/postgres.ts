// Events in Postgres, for who has one. One writer, one statement and one commit a batch: claim the keys, leave out the
// repeats, take the cursors, insert. Measured: one JSON parameter beats a row of parameters each by far.

import type pg from 'pg';
import { topics, type NewEvent, type StoredEvent } from '../event.ts';
import { loadMigrations, pendingMigrations, type Applied } from './migrations.ts';
import { PostgresConnections } from './postgres-connections.ts';
import {
  createSlices,
  dropSlice,
  listSlices,
  notePruned,
  slicesAhead,
  slicesOf,
  type Slice,
} from './postgres-slices.ts';
import { fromRow, toRow, type ReadRow } from './row.ts';
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

/** Partitioned tables behave as they are used here from this version on. */
const oldestVersion = 14;

const read = `SELECT cursor, topic, stream, (extract(epoch FROM received_at) * 1000)::bigint AS received_at_ms,
  account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events`;
const time = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

const sql = {
  append: `
    WITH given AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(
        n int, topic text, stream text, received_at_ms bigint, account text, order_id text, conid bigint,
        execution_id text, dedup text, healed boolean, payload jsonb, raw text)
    ), claimed AS (
      INSERT INTO bezant_event_keys SELECT dedup FROM given WHERE dedup IS NOT NULL
      ON CONFLICT DO NOTHING RETURNING dedup
    ), fresh AS MATERIALIZED (
      SELECT given.*, row_number() OVER (ORDER BY n) AS place FROM given LEFT JOIN claimed USING (dedup)
      WHERE given.dedup IS NULL OR claimed.dedup IS NOT NULL
    ), taken AS (
      UPDATE bezant_event_state
      SET head = head + n, batch = $2, batch_after = head, batch_through = head + n
      FROM (SELECT count(*) AS n FROM fresh) AS counted
      RETURNING batch_after AS before
    ), written AS (
      INSERT INTO bezant_events
      SELECT before + place, topic, stream, ${time('received_at_ms')}, account, order_id, conid, execution_id,
        dedup, healed, payload, raw
      FROM fresh, taken
    )
    SELECT n, before + place AS cursor FROM fresh, taken ORDER BY n`,
  state: 'SELECT store_id, head, batch, batch_after, batch_through FROM bezant_event_state',
  ofTopic: `${read} WHERE topic = $1 AND cursor > $2 ORDER BY cursor LIMIT $3`,
  ofStream: `${read} WHERE topic = $1 AND cursor > $2 AND stream = $4 ORDER BY cursor LIMIT $3`,
  between: `${read} WHERE cursor > $1 AND cursor <= $2 ORDER BY cursor`,
  // The first comparison of times says nothing new: it is there for the choice of slices.
  history: `${read} WHERE topic = $1 AND stream = $2 AND received_at >= ${time('$3')}
    AND (received_at, cursor) > (${time('$3')}, $4) AND received_at <= ${time('$5')}
    ORDER BY received_at, cursor LIMIT $6`,
  pruned: 'SELECT topic, through FROM bezant_event_pruned',
  nextEpoch: 'UPDATE bezant_event_state SET epoch = epoch + 1 RETURNING epoch',
  raise: 'UPDATE bezant_event_state SET head = $1 WHERE head < $1::bigint',
  raiseEpoch: 'UPDATE bezant_event_state SET epoch = greatest(epoch, $1::bigint)',
  size: `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
    WHERE relkind = 'r' AND relname LIKE 'bezant\\_event%' AND relnamespace = current_schema()::regnamespace`,
} as const;

export async function openPostgres(deps: { url: string; nowMs: number }): Promise<EventStore> {
  const store = new PostgresStore(deps.url, deps.nowMs);
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
  readonly #openedMs: number;
  #slices = new Set<string>();
  #state: State = { store_id: '', head: 0, batch: null, batch_after: 0, batch_through: 0 };

  constructor(url: string, nowMs: number) {
    this.#openedMs = nowMs;
    this.#connections = new PostgresConnections(url, (writer) => this.#prepare(writer));
  }

  connect(): Promise<void> {
    return this.#connections.write(() => Promise.resolve());
  }

  append(events: readonly NewEvent[], batch?: string): Promise<StoredEvent[]> {
    return this.#connections.write(async (writer) => {
      // A connection that was lost has left open whether its last batch was written.
      if (batch !== undefined && batch === this.#state.batch) return this.#between(this.#state);
      const once = withoutRepeats(events);
      await this.#create(writer, slicesOf(once));
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
    const state = only(await this.#connections.read<State & pg.QueryResultRow>({ text: sql.state }));
    const pruned = await this.#connections.read<{ topic: string; through: number }>({ text: sql.pruned });
    return {
      head: state.head,
      prunedThrough: new Map(pruned.map(({ topic, through }) => [topic, through])),
      lastBatch: state.batch,
      storeId: state.store_id,
    };
  }

  nextEpoch(): Promise<number> {
    return this.#connections.write(async (writer) => {
      const { rows } = await writer.query<{ epoch: number }>(sql.nextEpoch);
      return only(rows).epoch;
    });
  }

  raise(floor: { cursor: number; epoch: number; isElsewhere: boolean }): Promise<void> {
    return this.#connections.write(async (writer) => {
      await writer.query(sql.raiseEpoch, [floor.epoch]);
      const { rowCount } = await writer.query(sql.raise, [floor.cursor]);
      if (rowCount === 0) return;
      if (floor.isElsewhere) await writer.query(notePruned, [[...topics], floor.cursor]);
      this.#state = { ...this.#state, head: floor.cursor };
    });
  }

  async prune(rules: PruneRules, nowMs: number): Promise<Pruned> {
    const pruned = await this.#connections.aside(async (client) => {
      let aged = 0;
      let squeezed = 0;
      const left: Slice[] = [];
      for (const slice of await listSlices(client)) {
        if (slice.toMs > nowMs - rules.keepDays[slice.topic] * dayMs) left.push(slice);
        else aged += await this.#drop(client, slice);
      }
      let sizeBytes = await this.#size();
      const room = sizeBytes > rules.capBytes ? rules.capBytes * squeezeTo : Infinity;
      for (const slice of inSqueezeOrder(left, nowMs)) {
        if (sizeBytes <= room) break;
        squeezed += await this.#drop(client, slice);
        sizeBytes = await this.#size();
      }
      return { aged, squeezed, sizeBytes };
    });
    await this.#connections.write((writer) => this.#create(writer, slicesAhead(nowMs)));
    return pruned;
  }

  sizeBytes(): Promise<number> {
    return this.#size();
  }

  stop(): Promise<void> {
    return this.#connections.stop();
  }

  /** A writer that has just connected: is the database one that fits, and what was written last? */
  async #prepare(writer: pg.Client): Promise<void> {
    await migrate(writer);
    const { rows } = await writer.query<State>(sql.state);
    this.#state = only(rows);
    this.#slices = new Set((await listSlices(writer)).map(({ name }) => name));
    await this.#create(writer, slicesAhead(this.#openedMs));
  }

  async #insert(writer: pg.Client, events: readonly NewEvent[], batch: string | null) {
    const query = { name: 'append', text: sql.append, values: [toJson(events), batch] };
    try {
      return (await writer.query<{ n: number; cursor: number }>(query)).rows;
    } catch (error) {
      throw isRefusal(error) ? new RowsRefusedError(error) : error;
    }
  }

  async #create(writer: pg.Client, slices: readonly Slice[]): Promise<void> {
    const missing = new Map(slices.map((slice) => [slice.name, slice]));
    for (const name of this.#slices) missing.delete(name);
    await createSlices(writer, [...missing.values()]);
    for (const name of missing.keys()) this.#slices.add(name);
  }

  async #drop(client: pg.Client, slice: Slice): Promise<number> {
    const events = await dropSlice(client, slice);
    this.#slices.delete(slice.name);
    return events;
  }

  async #size(): Promise<number> {
    const [row] = await this.#connections.read<{ bytes: number }>({ text: sql.size });
    return row?.bytes ?? 0;
  }

  #between({ batch_after: after, batch_through: through }: State): Promise<StoredEvent[]> {
    return this.#read('between', after, through);
  }

  async #read(
    name: 'ofTopic' | 'ofStream' | 'between' | 'history',
    ...values: unknown[]
  ): Promise<StoredEvent[]> {
    const rows = await this.#connections.read<ReadRow & pg.QueryResultRow>({ name, text: sql[name], values });
    return rows.map(fromRow);
  }
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('the table bezant_event_state is empty');
  return row;
}

async function migrate(writer: pg.Client): Promise<void> {
  const { rows } = await writer.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  if (version < oldestVersion)
    throw new Error(`Postgres ${version} is too old: ${oldestVersion} is the oldest that will do`);
  await writer.query('BEGIN');
  try {
    await writer.query(`SELECT pg_advisory_xact_lock(hashtextextended('bezant migrations', 0))`);
    await writer.query(
      'CREATE TABLE IF NOT EXISTS bezant_migrations (name text PRIMARY KEY, checksum text NOT NULL)',
    );
    const applied = await writer.query<Applied>('SELECT name, checksum FROM bezant_migrations ORDER BY name');
    for (const migration of pendingMigrations(loadMigrations('postgres'), applied.rows)) {
      await writer.query(migration.sql);
      await writer.query('INSERT INTO bezant_migrations VALUES ($1, $2)', [
        migration.name,
        migration.checksum,
      ]);
    }
    await writer.query('COMMIT');
  } catch (error) {
    await writer.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
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

/** An array of rows, each with its place; the payload is JSON already. */
function toJson(events: readonly NewEvent[]): string {
  const rows = events.map((event, n) => {
    const { payload, ...row } = toRow(event);
    return `${JSON.stringify({ n, ...row }).slice(0, -1)},"payload":${payload}}`;
  });
  return `[${rows.join(',')}]`;
}

/** SQLSTATE classes: a value that does not fit its type, a constraint, a limit of the program. */
const refusals: ReadonlySet<string> = new Set(['22', '23', '54']);

const isKnown = (error: unknown): boolean => error instanceof RowsRefusedError;

const isRefusal = (error: unknown): boolean => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.length === 5 && refusals.has(code.slice(0, 2));
};
