// What is asked of Postgres, and how a batch is handed over: measured, one JSON parameter beats a row of parameters each by
// far.

import type { NewEvent } from '../event.ts';
import { toRow } from './row.ts';

const time = (parameter: string): string => `to_timestamp(${parameter}::double precision / 1000)`;

/** Of an event's row, its topic apart. */
export const columns =
  'cursor, stream, received_at, account, order_id, conid, execution_id, dedup, healed, payload, raw';

/** Their values, of a row with its place behind the cursor `before`. */
export const placed = `before + place, stream, ${time('received_at_ms')}, account, order_id, conid, execution_id, dedup,
  healed, payload, raw`;

const read = `SELECT cursor, topic, stream, (extract(epoch FROM received_at) * 1000)::bigint AS received_at_ms,
  account, order_id, conid, execution_id, dedup, healed, payload, raw FROM bezant_events`;

export const statements = {
  state: 'SELECT store_id, head, batch, batch_after, batch_through FROM bezant_event_state',
  ofTopic: `${read} WHERE topic = $1 AND cursor > $2 ORDER BY cursor LIMIT $3`,
  ofStream: `${read} WHERE topic = $1 AND cursor > $2 AND stream = $4 ORDER BY cursor LIMIT $3`,
  between: `${read} WHERE cursor > $1 AND cursor <= $2 ORDER BY cursor`,
  // The first comparison of times says nothing new: it is there for the choice of slices.
  history: `${read} WHERE topic = $1 AND stream = $2 AND received_at >= ${time('$3')}
    AND (received_at, cursor) > (${time('$3')}, $4) AND received_at <= ${time('$5')}
    ORDER BY received_at, cursor LIMIT $6`,
  pruned: 'SELECT topic, through FROM bezant_event_pruned',
  notePruned: `INSERT INTO bezant_event_pruned SELECT unnest($1::text[]), $2::bigint
    ON CONFLICT (topic) DO UPDATE SET through = greatest(bezant_event_pruned.through, excluded.through)`,
  nextEpoch: 'UPDATE bezant_event_state SET epoch = epoch + 1 RETURNING epoch',
  raise: 'UPDATE bezant_event_state SET head = $1 WHERE head < $1::bigint',
  raiseEpoch: 'UPDATE bezant_event_state SET epoch = greatest(epoch, $1::bigint)',
} as const;

/** Claims the keys, leaves out the repeats, takes the cursors and inserts (`insert`), all in one. */
export const appendStatement = (insert: string): string => `
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
  ), ${insert}
  SELECT n, before + place AS cursor FROM fresh, taken ORDER BY n`;

/** An array of rows, each with its place; the payload is JSON already. */
export function toJson(events: readonly NewEvent[]): string {
  const rows = events.map((event, n) => {
    const { payload, ...row } = toRow(event);
    return `${JSON.stringify({ n, ...row }).slice(0, -1)},"payload":${payload}}`;
  });
  return `[${rows.join(',')}]`;
}
