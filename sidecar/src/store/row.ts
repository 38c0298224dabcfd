// An event as a row. Text is made fit for either database first: Postgres takes neither NUL nor half a surrogate pair, and
// one such character in a frame must not hold up everything behind it.

import type { NewEvent, StoredEvent, Topic } from '../event.ts';

export interface Row {
  readonly topic: string;
  readonly stream: string;
  readonly received_at_ms: number;
  readonly account: string | null;
  readonly order_id: string | null;
  readonly conid: number | null;
  readonly execution_id: string | null;
  readonly dedup: string | null;
  readonly healed: boolean;
  /** JSON text. */
  readonly payload: string;
  readonly raw: string | null;
}

export function toRow(event: NewEvent): Row {
  return {
    topic: event.topic,
    stream: fit(event.stream),
    received_at_ms: event.receivedAtMs,
    account: fitOrNull(event.account),
    order_id: fitOrNull(event.orderId),
    conid: event.conid,
    execution_id: fitOrNull(event.executionId),
    dedup: fitOrNull(event.dedup),
    healed: event.healed,
    payload: fitJson(JSON.stringify(event.payload)),
    raw: fitOrNull(event.raw),
  };
}

/** A row as a database gives it back: `payload` parsed or as text, `healed` as 0, 1 or a boolean. */
export interface ReadRow extends Omit<Row, 'healed' | 'payload'> {
  readonly cursor: number;
  readonly healed: boolean | number;
  readonly payload: unknown;
}

export function fromRow(row: ReadRow): StoredEvent {
  const payload: unknown = typeof row.payload === 'string' ? JSON.parse(row.payload) : row.payload;
  return {
    cursor: row.cursor,
    topic: row.topic as Topic,
    stream: row.stream,
    receivedAtMs: row.received_at_ms,
    account: row.account,
    orderId: row.order_id,
    conid: row.conid,
    executionId: row.execution_id,
    dedup: row.dedup,
    healed: Boolean(row.healed),
    payload: payload as StoredEvent['payload'],
    raw: row.raw,
  };
}

const nul = /\0/g;
const fit = (text: string): string =>
  (text.includes('\0') ? text.replace(nul, '\ufffd') : text).toWellFormed();
const fitOrNull = (text: string | null): string | null => (text === null ? null : fit(text));

/** JSON.stringify escapes a surrogate only when it stands alone, so that every such escape is one. */
const escapes = /\\(?:(u0000|ud[89a-f][0-9a-f]{2})|.)/g;
const fitJson = (json: string): string =>
  json.includes('\\u')
    ? json.replace(escapes, (whole, unfit: string | undefined) => (unfit === undefined ? whole : '\ufffd'))
    : json;
