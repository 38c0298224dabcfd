// The tables that hold one topic's events of one stretch of time: made ahead, dropped as a whole when they have grown old.

import type pg from 'pg';
import { topics, type NewEvent, type Topic } from '../event.ts';
import { dayMs } from './store.ts';

/** Prices are many and kept briefly; a topic that is kept a year is not worth 365 tables. */
const widthDays: Readonly<Record<Topic, number>> = {
  orders: 7,
  trades: 7,
  pnl: 7,
  marketdata: 1,
  notifications: 7,
  session: 7,
  gap: 7,
};

/** How far ahead there are slices. Housekeeping runs far more often. */
const aheadMs = 2 * dayMs;

export interface Slice {
  readonly topic: Topic;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export function sliceAt(topic: Topic, atMs: number): Slice {
  const widthMs = widthDays[topic] * dayMs;
  const fromMs = Math.floor(atMs / widthMs) * widthMs;
  return {
    topic,
    name: `${parentOf(topic)}_${dateOf(fromMs).replaceAll('-', '')}`,
    fromMs,
    toMs: fromMs + widthMs,
  };
}

export const slicesOf = (events: readonly NewEvent[]): Slice[] =>
  events.map(({ topic, receivedAtMs }) => sliceAt(topic, receivedAtMs));

export const slicesAhead = (nowMs: number): Slice[] =>
  topics.flatMap((topic) => {
    const slices: Slice[] = [];
    for (let atMs = nowMs; atMs <= nowMs + aheadMs; atMs = slices.at(-1)?.toMs ?? Infinity)
      slices.push(sliceAt(topic, atMs));
    return slices;
  });

/** All that exist, oldest first. */
export async function listSlices(client: pg.ClientBase): Promise<Slice[]> {
  const { rows } = await client.query<{ topic: Topic; date: string }>(
    `
    SELECT t.topic, right(leaf.relname, 8) AS date
    FROM unnest($1::text[]) AS t(topic)
    JOIN pg_inherits ON inhparent = ('bezant_events_' || t.topic)::regclass
    JOIN pg_class leaf ON leaf.oid = inhrelid
    ORDER BY date`,
    [[...topics]],
  );
  return rows.map(({ topic, date }) =>
    sliceAt(topic, Date.parse(date.replace(/^(....)(..)(..)$/, '$1-$2-$3T00:00:00Z'))),
  );
}

export async function createSlices(client: pg.ClientBase, slices: readonly Slice[]): Promise<void> {
  const statements = slices.map(
    ({ topic, name, fromMs, toMs }) =>
      `CREATE TABLE IF NOT EXISTS ${name} PARTITION OF ${parentOf(topic)} FOR VALUES FROM ('${dateOf(fromMs)}Z') TO ('${dateOf(toMs)}Z')`,
  );
  if (statements.length > 0) await client.query(statements.join(';\n'));
}

/** Deletes a slice, notes up to where its topic is gone, and frees the keys. Resolves to how many events it held. */
export async function dropSlice(client: pg.ClientBase, { topic, name }: Slice): Promise<number> {
  await client.query('BEGIN');
  try {
    const { rows } = await client.query<{ events: number; through: number | null }>(
      `SELECT count(*) AS events, max(cursor) AS through FROM ${name}`,
    );
    const { events, through } = rows[0] ?? { events: 0, through: null };
    if (through !== null) {
      await client.query(`DELETE FROM bezant_event_keys AS k USING ${name} AS e WHERE k.dedup = e.dedup`);
      await client.query(notePruned, [[topic], through]);
    }
    await client.query(`DROP TABLE ${name}`);
    await client.query('COMMIT');
    return events;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

export const notePruned = `
  INSERT INTO bezant_event_pruned SELECT unnest($1::text[]), $2::bigint
  ON CONFLICT (topic) DO UPDATE SET through = greatest(bezant_event_pruned.through, excluded.through)`;

const parentOf = (topic: Topic): string => `bezant_events_${topic}`;
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
