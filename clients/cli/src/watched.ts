// What can be watched: which events, and what of them a line shows. Names on the right are IBKR's, of its WebSocket.

import type { BezantEvent, EventTopic } from 'bezant-client';
import { formatted } from './format.ts';
import type { LineColumn } from './lines.ts';
import { column, isRow, type Row, type Style } from './report.ts';
import { quoteFields } from './snapshot.ts';

export interface Watched {
  readonly topic: EventTopic;
  readonly columns: readonly LineColumn[];
  /** Of events with the same key, a later one may have only what changed. */
  readonly keyOf: (event: BezantEvent) => string;
  readonly rowOf: (event: BezantEvent, payload: Row) => Row;
}

const wide = (key: string, width: number, style: Style = 'text', title = key): LineColumn => ({
  ...column(key, style, { title }),
  width,
});
const time = wide('time', 19, 'time');

export const watched: Readonly<Record<string, Watched>> = {
  orders: {
    topic: 'orders',
    columns: [
      time,
      wide('orderId', 10),
      wide('ticker', 8),
      wide('side', 4),
      wide('totalSize', 9, 'number', 'size'),
      wide('filledQuantity', 9, 'number', 'filled'),
      wide('status', 13),
      wide('orderType', 10, 'text', 'type'),
      wide('price', 10, 'price'),
    ],
    keyOf: ({ order_id: id }) => id ?? '',
    rowOf: ({ order_id: orderId }, payload) => ({ ...payload, orderId }),
  },
  trades: {
    topic: 'trades',
    columns: [
      time,
      wide('account', 10),
      wide('symbol', 8),
      wide('side', 4),
      wide('size', 9, 'number'),
      wide('price', 10, 'price'),
      wide('commission', 10, 'money'),
      wide('exchange', 10),
      wide('executionId', 24, 'text', 'execution'),
    ],
    keyOf: ({ execution_id: id }) => id ?? '',
    rowOf: ({ account, execution_id: executionId }, payload) => ({
      ...payload,
      account,
      executionId,
      side: sides[textOf(payload['side'])] ?? payload['side'],
    }),
  },
  pnl: {
    topic: 'pnl',
    columns: [
      time,
      wide('key', 18, 'text', 'account'),
      wide('dpl', 14, 'change', 'today'),
      wide('upl', 14, 'change', 'unrealized'),
      wide('nl', 16, 'money', 'net liquidity'),
      wide('mv', 16, 'money', 'market value'),
      wide('el', 16, 'money', 'excess liquidity'),
    ],
    keyOf: ({ payload }) => textOf(payload['key']),
    rowOf: (_, payload) => payload,
  },
  quotes: {
    topic: 'marketdata',
    columns: [
      time,
      wide('symbol', 8),
      wide('last', 10, 'price'),
      wide('bid', 10, 'price'),
      wide('bid_size', 9, 'amount'),
      wide('ask', 10, 'price'),
      wide('ask_size', 9, 'amount'),
      wide('volume', 9, 'amount'),
    ],
    keyOf: ({ payload, conid }) => textOf(payload['conidEx']) || String(conid),
    rowOf: (_, payload) =>
      Object.fromEntries(Object.entries(quoteFields).map(([name, field]) => [name, payload[field]])),
  },
};

const sides: Readonly<Record<string, string>> = { B: 'BUY', S: 'SELL' };

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** One event, whatever its topic. */
export const anyEvent: readonly LineColumn[] = [
  { ...wide('cursor', 8), alignsRight: true },
  time,
  wide('topic', 13),
  wide('account', 10),
  wide('about', 12),
  wide('what', 30),
];

export function anyRow(event: BezantEvent): Row {
  const {
    cursor,
    topic,
    received_at: at,
    account,
    order_id: orderId,
    conid,
    execution_id: execution,
  } = event;
  return {
    cursor,
    time: at,
    topic,
    account,
    about: execution ?? orderId ?? conid,
    what: summary(event.payload),
  };
}

/** What IBKR says itself, shortest first. */
function summary(payload: unknown): string {
  if (!isRow(payload)) return '';
  if (payload['type'] === 'profit') {
    return `${formatted(payload['dpl'], 'change')} today, ${formatted(payload['upl'], 'change')} unrealized`;
  }
  const told = ['orderDesc', 'order_description', 'title', 'message', 'text', 'type', 'cause']
    .map((name) => textOf(payload[name]))
    .find((text) => text !== '');
  const status = textOf(payload['status']);
  return [told, status].filter(Boolean).join(': ') || JSON.stringify(payload).slice(0, 80);
}
