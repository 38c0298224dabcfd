// Postgres's own partitions, each named after the day it begins, made ahead of what they hold.

import type pg from 'pg';
import { topics, type NewEvent, type Topic } from '../event.ts';
import { tableOf, type Layout, type Slice } from './postgres-layout.ts';
import { columns, placed } from './postgres-statements.ts';
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

/** How far ahead there are partitions. Housekeeping runs far more often. */
const aheadMs = 2 * dayMs;

export async function openPartitions(writer: pg.ClientBase): Promise<Layout> {
  const made = new Set((await listPartitions(writer)).map(({ table }) => table));
  const make = async (client: pg.ClientBase, wanted: readonly Slice[]): Promise<void> => {
    const missing = new Map(wanted.map((slice) => [slice.table, slice]));
    for (const table of made) missing.delete(table);
    if (missing.size === 0) return;
    await client.query([...missing.values()].map(create).join(';\n'));
    for (const table of missing.keys()) made.add(table);
  };
  return {
    insert: `written AS (
      INSERT INTO bezant_events (topic, ${columns}) SELECT topic, ${placed} FROM fresh, taken
    )`,
    size: `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint AS bytes FROM pg_class
      WHERE relkind = 'r' AND relname LIKE 'bezant\\_event%' AND relnamespace = current_schema()::regnamespace`,
    makeRoom: (client, events) => make(client, partitionsOf(events)),
    makeAhead: (client, nowMs) => make(client, partitionsAhead(nowMs)),
    slices: listPartitions,
    async drop(client, { table, toMs }, nowMs) {
      // One that is in use stays, empty: the batch under way has looked for it already.
      if (toMs > nowMs) {
        await client.query(`TRUNCATE ${table}`);
        return;
      }
      await client.query(`DROP TABLE ${table}`);
      made.delete(table);
    },
  };
}

export function partitionAt(topic: Topic, atMs: number): Slice {
  const widthMs = widthDays[topic] * dayMs;
  const fromMs = Math.floor(atMs / widthMs) * widthMs;
  return {
    topic,
    table: `${tableOf(topic)}_${dateOf(fromMs).replaceAll('-', '')}`,
    fromMs,
    toMs: fromMs + widthMs,
  };
}

const partitionsOf = (events: readonly NewEvent[]): Slice[] =>
  events.map(({ topic, receivedAtMs }) => partitionAt(topic, receivedAtMs));

const partitionsAhead = (nowMs: number): Slice[] =>
  topics.flatMap((topic) => {
    const ahead: Slice[] = [];
    for (let atMs = nowMs; atMs <= nowMs + aheadMs; atMs = ahead.at(-1)?.toMs ?? Infinity)
      ahead.push(partitionAt(topic, atMs));
    return ahead;
  });

async function listPartitions(client: pg.ClientBase): Promise<Slice[]> {
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
    partitionAt(topic, Date.parse(date.replace(/^(....)(..)(..)$/, '$1-$2-$3T00:00:00Z'))),
  );
}

const create = ({ topic, table, fromMs, toMs }: Slice): string =>
  `CREATE TABLE IF NOT EXISTS ${table} PARTITION OF ${tableOf(topic)} FOR VALUES FROM ('${dateOf(fromMs)}Z') TO ('${dateOf(toMs)}Z')`;

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
