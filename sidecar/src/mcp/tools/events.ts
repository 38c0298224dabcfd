// What happened, from the server's own record. A reader goes on from its cursor and is told of outages.

import { Problem } from '../../errors.ts';
import { redactMember } from '../../redact-body.ts';
import { ToolFault } from '../fault.ts';
import { known, record, whole, type Json } from '../reading.ts';
import type { Tools } from '../tool.ts';
import { orderOf, tradeOf } from './orders.ts';

export interface EventLine {
  readonly cursor: number;
  readonly topic: string;
  readonly json: string;
}

type Read =
  | { readonly expired: false; readonly lines: readonly EventLine[]; readonly next: number }
  | { readonly expired: true; readonly oldest: number };

/** The record as this needs it. */
export interface EventsPort {
  head(): number;
  read(streams: readonly string[], since: number, limit: number): Promise<Read>;
  wait(streams: readonly string[], since: number, ms: number, signal: AbortSignal): Promise<boolean>;
}

/** Without a cursor: how many of all topics together are looked through for the latest of one. */
const lookBack = 1000;

export function eventTools(events: EventsPort | null): Tools {
  return {
    async events(args, caller) {
      if (events === null) throw new Problem('events_disabled', 'Events are switched off on this server.');
      const limit = whole(args['limit']) ?? 50;
      const page = await readEvents(events, {
        topic: String(args['topic']),
        since: whole(args['since']) ?? null,
        limit,
        waitMs: (whole(args['wait_seconds']) ?? 0) * 1000,
        signal: caller.signal,
      });
      const { account_id: account, order_id: order } = args;
      const wanted = page.events.filter(
        (event) =>
          event['topic'] === 'gap' ||
          ((account === undefined || event['account_id'] === account) &&
            (order === undefined || event['order_id'] === order)),
      );
      return { json: { events: wanted, next_cursor: page.next } };
    },
  };
}

export interface Wanted {
  topic: string;
  /** null: the latest */
  since: number | null;
  limit: number;
  waitMs: number;
  signal: AbortSignal;
}

export async function readEvents(
  events: EventsPort,
  wanted: Wanted,
): Promise<{ events: Json[]; next: number }> {
  const { topic, since, limit, waitMs, signal } = wanted;
  const streams = topic === 'gap' ? ['gap'] : [topic, 'gap'];
  const from = since ?? Math.max(0, events.head() - lookBack);
  let read = await events.read(streams, from, since === null ? lookBack : limit);
  // The latest can only be looked for where there is anything left.
  if (read.expired && since === null) read = await events.read(streams, read.oldest - 1, lookBack);
  if (read.expired)
    throw new ToolFault(
      'cursor_expired',
      'Nothing is kept from this cursor on, so events may have been missed.',
      `Go on with since=${read.oldest - 1}, and read list_orders and trades once.`,
    );
  if (read.lines.length === 0 && waitMs > 0 && (await events.wait(streams, read.next, waitMs, signal))) {
    const news = await events.read(streams, read.next, limit);
    if (!news.expired) read = news;
  }
  return {
    events: read.lines.slice(-limit).map(({ json }) => eventOf(record(JSON.parse(json, redactMember)))),
    next: read.next,
  };
}

function eventOf(event: Json): Json {
  const payload = record(event['payload']);
  return known({
    cursor: event['cursor'],
    topic: event['topic'],
    time: event['received_at'],
    account_id: event['account'] ?? undefined,
    order_id: whole(event['order_id']),
    conid: event['conid'] ?? undefined,
    healed: event['healed'] === true ? true : undefined,
    payload: shown[String(event['topic'])]?.(payload) ?? payload,
  });
}

/** Orders and executions read as they do elsewhere; of the rest a model gets what IBKR sent. */
const shown: Readonly<Record<string, (payload: Json) => Json>> = { orders: orderOf, trades: tradeOf };
