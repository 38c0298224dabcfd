// The two ways in which a Postgres can keep the events, its own partitions and TimescaleDB's hypertables, have in common: a
// topic has tables that each hold a stretch of time, and what has grown old is dropped as a table.

import type pg from 'pg';
import type { NewEvent, Topic } from '../event.ts';
import { statements } from './postgres-statements.ts';

export interface Slice {
  readonly topic: Topic;
  /** The table of this slice alone. */
  readonly table: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Layout {
  /** Parts of a WITH: the rows of `fresh`, numbered from `taken`, go where they belong. */
  readonly insert: string;
  /** A query: the bytes that the events and what goes with them take. */
  readonly size: string;
  /** So that these events have tables to go to. */
  makeRoom(writer: pg.ClientBase, events: readonly NewEvent[]): Promise<void>;
  /** So that the events of the next days have. */
  makeAhead(writer: pg.ClientBase, nowMs: number): Promise<void>;
  /** All that exist, oldest first. */
  slices(client: pg.ClientBase): Promise<Slice[]>;
  drop(client: pg.ClientBase, slice: Slice, nowMs: number): Promise<void>;
}

/** Of a whole topic. */
export const tableOf = (topic: Topic): string => `bezant_events_${topic}`;

/** Deletes a slice, notes up to where its topic is gone, and frees the keys. Resolves to how many events it held. */
export async function dropSlice(
  client: pg.ClientBase,
  layout: Layout,
  slice: Slice,
  nowMs: number,
): Promise<number> {
  await client.query('BEGIN');
  try {
    const before = await giveUp(client, slice, 0);
    // What was written meanwhile goes too, and nothing more comes. Counting all of it here would keep the writer waiting.
    await client.query(`LOCK TABLE ONLY ${tableOf(slice.topic)} IN SHARE MODE`);
    const since = await giveUp(client, slice, before.through);
    await layout.drop(client, slice, nowMs);
    await client.query('COMMIT');
    return before.events + since.events;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function giveUp(client: pg.ClientBase, { topic, table }: Slice, after: number) {
  const { rows } = await client.query<{ events: number; through: number | null }>(
    `SELECT count(*) AS events, max(cursor) AS through FROM ${table} WHERE cursor > $1`,
    [after],
  );
  const { events = 0, through = null } = rows[0] ?? {};
  if (through === null) return { events, through: after };
  await client.query(
    `DELETE FROM bezant_event_keys AS k USING ${table} AS e WHERE k.dedup = e.dedup AND e.cursor > $1`,
    [after],
  );
  await client.query(statements.notePruned, [[topic], through]);
  return { events, through };
}
