// TimescaleDB's hypertables, one per topic, which make their slices ("chunks") themselves. An operator may compress them.

import type pg from 'pg';
import { topics, type Topic } from '../event.ts';
import { tableOf, type Layout, type Slice } from './postgres-layout.ts';
import { columns, placed } from './postgres-statements.ts';

const nothingToMake = (): Promise<void> => Promise.resolve();

export async function openHypertables(writer: pg.ClientBase): Promise<Layout> {
  // Its functions are wherever the operator wanted the extension.
  const { rows } = await writer.query<{ schema: string }>(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'timescaledb'`,
  );
  const schema = rows[0]?.schema;
  if (schema === undefined)
    throw new Error('the events are in hypertables, and the extension timescaledb is gone from the database');
  const bytes = topics.map((topic) => `${schema}.hypertable_size('${tableOf(topic)}')`);
  return {
    insert: topics
      .map(
        (topic) => `written_${topic} AS (
      INSERT INTO ${tableOf(topic)} (${columns}) SELECT ${placed} FROM fresh, taken WHERE topic = '${topic}'
    )`,
      )
      .join(', '),
    size: `SELECT (coalesce(sum(pg_total_relation_size(oid)), 0) + ${bytes.join(' + ')})::bigint AS bytes FROM pg_class
      WHERE relkind = 'r' AND relname LIKE 'bezant\\_event\\_%' AND relnamespace = current_schema()::regnamespace`,
    makeRoom: nothingToMake,
    makeAhead: nothingToMake,
    slices: listChunks,
    async drop(client, { topic, fromMs, toMs }) {
      await client.query(
        `SELECT ${schema}.drop_chunks('${tableOf(topic)}',
          newer_than => to_timestamp($1::double precision / 1000), older_than => to_timestamp($2::double precision / 1000))`,
        [fromMs, toMs],
      );
    },
  };
}

async function listChunks(client: pg.ClientBase): Promise<Slice[]> {
  const { rows } = await client.query<{ topic: Topic; table: string; from_ms: number; to_ms: number }>(
    `
    SELECT t.topic, format('%I.%I', chunk_schema, chunk_name) AS table,
      (extract(epoch FROM range_start) * 1000)::bigint AS from_ms,
      (extract(epoch FROM range_end) * 1000)::bigint AS to_ms
    FROM unnest($1::text[]) AS t(topic)
    JOIN timescaledb_information.chunks
      ON hypertable_schema = current_schema() AND hypertable_name = 'bezant_events_' || t.topic
    ORDER BY range_start`,
    [[...topics]],
  );
  return rows.map(({ topic, table, from_ms: fromMs, to_ms: toMs }) => ({ topic, table, fromMs, toMs }));
}
