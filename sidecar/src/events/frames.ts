// What each frame of IBKR tells, as events: one table by topic, the same for what is pushed and what is read through REST.
// Topics and members as in IBKR's Web API documentation and as observed through the Gateway.

import { isObject, type Json } from './client-frames.ts';
import { anonymousKey } from './dedup.ts';
import type { NewEvent, Topic } from '../event.ts';
import type { Frame } from './frame-reader.ts';
import { OrderMemory, type OrderNews } from './order-memory.ts';
import { redact } from './redact.ts';
import { TradeMemory } from './trade-memory.ts';

export interface FrameMemory {
  readonly orders: OrderMemory;
  readonly trades: TradeMemory;
  /** The last telling of what is repeated as it is: quotes by topic, profits by account. */
  readonly last: Map<string, string>;
}

export const createFrameMemory = (): FrameMemory => ({
  orders: new OrderMemory(),
  trades: new TradeMemory(),
  last: new Map(),
});

export interface Told {
  /** The frame's kind, one of a fixed list. */
  readonly label: string;
  readonly events: readonly NewEvent[];
}

interface Telling {
  readonly receivedAtMs: number;
  /** Brought up after an outage, rather than seen when it happened. */
  readonly healed: boolean;
  readonly memory: FrameMemory;
  /** What stands behind `+` in the topic. */
  readonly target: string;
  /** Without secrets. */
  readonly text: string;
}

type Row = (frame: Json, telling: Telling) => NewEvent[];

const rows: Readonly<Record<string, { label: string; tell: Row }>> = {
  sor: { label: 'orders', tell: listed('args', tellOrder) },
  str: { label: 'trades', tell: listed('args', tellTrade) },
  spl: { label: 'pnl', tell: tellProfits },
  ssd: { label: 'pnl', tell: tellFigures('summary') },
  sld: { label: 'pnl', tell: tellFigures('ledger') },
  smd: { label: 'marketdata', tell: tellQuote },
  ntf: { label: 'notifications', tell: listed('args', tellNotice('notification')) },
  blt: { label: 'notifications', tell: listed('args', tellNotice('bulletin')) },
  sts: { label: 'session', tell: listed('args', tellSession('status')) },
  act: { label: 'session', tell: listed('args', tellSession('accounts')) },
  system: { label: 'system', tell: tellSystem },
  error: { label: 'error', tell: tellError },
  tic: { label: 'tic', tell: () => [] },
  smh: { label: 'history', tell: () => [] },
  sbd: { label: 'depth', tell: () => [] },
};

/** Never throws on whatever IBKR may send. */
export function tellFrame(
  frame: Frame,
  memory: FrameMemory,
  at: { receivedAtMs: number; healed: boolean },
): Told {
  if (frame.json === null) return { label: 'text', events: [] };
  const { text, json } = redact(frame.text, frame.json);
  const topic = typeof json['topic'] === 'string' ? json['topic'] : '';
  const plus = topic.indexOf('+');
  const verb = plus === -1 ? topic : topic.slice(0, plus);
  const target = plus === -1 ? '' : topic.slice(plus + 1);
  const telling = { ...at, memory, target, text };
  if ('error' in json) return { label: 'error', events: tellError(json, telling) };
  const row = Object.hasOwn(rows, verb) ? rows[verb] : undefined;
  return row === undefined
    ? { label: 'other', events: [] }
    : { label: row.label, events: row.tell(json, telling) };
}

/** Rows of `/iserver/account/orders`, asked for when the memory stood at `mark`. */
export function tellReadOrders(
  orders: readonly Json[],
  memory: FrameMemory,
  at: { receivedAtMs: number; mark: number },
): NewEvent[] {
  return orders.flatMap((row) => {
    const orderId = idOf(row['orderId']);
    const news = orderId === null ? null : memory.orders.takeRead(orderId, row, at.mark);
    return news === null ? [] : [orderEvent(news, row, { ...read(at.receivedAtMs, row), memory })];
  });
}

/** Rows of `/iserver/account/trades`, told in the order in which they happened, whatever order IBKR gives them in. */
export function tellReadTrades(
  trades: readonly Json[],
  memory: FrameMemory,
  at: { receivedAtMs: number },
): NewEvent[] {
  const byTime = trades.toSorted((a, b) => tradeTimeMs(a) - tradeTimeMs(b));
  return byTime.flatMap((row) => tellTrade(row, { ...read(at.receivedAtMs, row), memory }));
}

const tradeTimeMs = ({ trade_time_r: ms }: Json): number => (typeof ms === 'number' ? ms : 0);

const read = (receivedAtMs: number, row: Json) => ({
  receivedAtMs,
  healed: true,
  target: '',
  text: JSON.stringify(row),
});

function tellOrder(row: Json, telling: Telling): NewEvent[] {
  const orderId = idOf(row['orderId']);
  const news = orderId === null ? null : telling.memory.orders.take(orderId, row);
  return news === null ? [] : [orderEvent(news, row, telling)];
}

function orderEvent({ order, changed, dedup }: OrderNews, row: Json, telling: Telling): NewEvent {
  return event('orders', telling, {
    account: textOf(order['acct'] ?? order['account']),
    orderId: idOf(row['orderId']),
    conid: conidOf(order['conid']),
    dedup,
    payload: { ...order, changed },
  });
}

function tellTrade(row: Json, telling: Telling): NewEvent[] {
  const dedup = telling.memory.trades.take(row);
  if (dedup === null) return [];
  return [
    event('trades', telling, {
      account: textOf(row['account'] ?? row['accountCode'] ?? row['acct']),
      orderId: idOf(row['order_id']),
      conid: conidOf(row['conid']),
      executionId: textOf(row['execution_id']),
      dedup,
      payload: row,
    }),
  ];
}

/** `{"U1234567.Core": {…}}`: one event for each, when its figures have changed. */
function tellProfits({ args }: Json, telling: Telling): NewEvent[] {
  if (!isObject(args)) return [];
  return Object.entries(args).flatMap(([key, figures]) => {
    if (!isObject(figures) || isRepeat(`spl ${key}`, JSON.stringify(figures), telling)) return [];
    const account = key.split('.', 1)[0] ?? key;
    return [event('pnl', telling, { account, payload: { type: 'profit', key, account, ...figures } })];
  });
}

function tellFigures(type: 'summary' | 'ledger'): Row {
  return ({ result }, telling) => {
    if (!Array.isArray(result)) return [];
    const account = telling.target;
    return [event('pnl', telling, { account, payload: { type, account, figures: result as unknown[] } })];
  };
}

/** The first frame of a subscription comes twice (observed). `smd+265598@ARCA` is the same instrument. */
function tellQuote(frame: Json, telling: Telling): NewEvent[] {
  const { target, text } = telling;
  if (target === '' || isRepeat(`smd ${target}`, text, telling)) return [];
  const instrument = target.split('@', 1)[0] ?? target;
  const conid = conidOf(instrument) ?? conidOf(frame['conid']);
  return [{ ...event('marketdata', telling, { conid, payload: frame }), stream: `marketdata:${instrument}` }];
}

function tellNotice(type: 'notification' | 'bulletin') {
  return (row: Json, telling: Telling): NewEvent[] => {
    // The same text under the same number is the same notice; without one, nobody knows.
    const dedup = row['id'] === undefined ? null : anonymousKey(type, row);
    return [
      event('notifications', telling, {
        orderId: idOf(row['orderId']),
        dedup,
        payload: { type, ...row },
      }),
    ];
  };
}

function tellSession(type: 'status' | 'accounts') {
  return (row: Json, telling: Telling): NewEvent[] => [
    event('session', telling, { payload: { type, ...row } }),
  ];
}

/** The heartbeat has this topic too and is no event. */
function tellSystem(frame: Json, telling: Telling): NewEvent[] {
  if (!('success' in frame)) return [];
  return [event('session', telling, { payload: { type: 'login', ...frame } })];
}

function tellError(frame: Json, telling: Telling): NewEvent[] {
  return [event('session', telling, { payload: { type: 'error', ...frame } })];
}

/** One event for each object in a list, or for the object that stands in its place. */
function listed(member: string, tell: Row): Row {
  return (frame, telling) => {
    const value = frame[member];
    const items = (Array.isArray(value) ? (value as unknown[]) : [value]).filter(isObject);
    if (items.length <= 1) return items.flatMap((item) => tell(item, telling));
    // Each with its own piece of the frame: a snapshot of a thousand orders is not kept a thousand times.
    return items.flatMap((item) =>
      tell(item, { ...telling, text: JSON.stringify({ ...frame, [member]: [item] }) }),
    );
  };
}

type Keys = Pick<NewEvent, 'payload'> &
  Partial<Pick<NewEvent, 'account' | 'orderId' | 'conid' | 'executionId' | 'dedup'>>;

function event(topic: Topic, { receivedAtMs, healed, text }: Telling, keys: Keys): NewEvent {
  return {
    topic,
    stream: topic,
    receivedAtMs,
    account: null,
    orderId: null,
    conid: null,
    executionId: null,
    dedup: null,
    healed,
    raw: text,
    ...keys,
  };
}

/** Of so many things the last telling is remembered: far more than there are data lines and accounts. */
const maxLast = 2_000;

function isRepeat(what: string, text: string, { memory: { last } }: Telling): boolean {
  if (last.get(what) === text) return true;
  if (last.size >= maxLast) last.clear();
  last.set(what, text);
  return false;
}

function idOf(value: unknown): string | null {
  return typeof value === 'number' || (typeof value === 'string' && value !== '') ? String(value) : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function conidOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}
