// An order as a model states it, checked, and as IBKR takes it. The prices that a type of order needs, and those that would
// mean nothing with it, stand in one table.

import { ToolFault } from '../fault.ts';
import { text, type Json } from '../reading.ts';

const prices = ['price', 'stop_price', 'trailing_amount', 'trailing_type'] as const;
type Price = (typeof prices)[number];

/** IBKR Web API documentation, order types. */
const needs: Readonly<Record<string, readonly Price[]>> = {
  LMT: ['price'],
  MKT: [],
  STP: ['price'],
  STOP_LIMIT: ['price', 'stop_price'],
  MIDPRICE: [],
  TRAIL: ['trailing_amount', 'trailing_type'],
  TRAILLMT: ['price', 'stop_price', 'trailing_amount', 'trailing_type'],
  MOC: [],
  LOC: ['price'],
};
/** May be given, but need not. */
const takes: Readonly<Record<string, readonly Price[]>> = { MIDPRICE: ['price'], TRAIL: ['stop_price'] };

const members = [
  'account_id',
  'conid',
  'side',
  'quantity',
  'order_type',
  ...prices,
  'tif',
  'outside_rth',
  'order_id',
] as const;

export interface Ticket {
  readonly accountId: string;
  readonly conid: number;
  readonly side: 'BUY' | 'SELL';
  readonly quantity: number;
  readonly type: string;
  readonly tif: string;
  /** Of the order to change; null places a new one. */
  readonly orderId: number | null;
  /** As it was stated: what a preview was shown for. */
  readonly stated: Json;
}

/** The arguments have passed the tool's schema. */
export function ticketOf(args: Json): Ticket {
  const type = String(args['order_type']);
  const given = prices.filter((name) => args[name] !== undefined);
  const wanted = needs[type] ?? [];
  const missing = wanted.filter((name) => !given.includes(name));
  if (missing.length > 0)
    throw new ToolFault(
      'bad_arguments',
      `A ${type} order needs ${missing.join(' and ')}.`,
      'Ask the user for it.',
    );
  const strange = given.filter((name) => !wanted.includes(name) && takes[type]?.includes(name) !== true);
  if (strange.length > 0)
    throw new ToolFault(
      'bad_arguments',
      `A ${type} order has no ${strange.join(' and no ')}.`,
      'Leave it out.',
    );
  return {
    accountId: String(args['account_id']),
    conid: Number(args['conid']),
    side: args['side'] === 'SELL' ? 'SELL' : 'BUY',
    quantity: Number(args['quantity']),
    type,
    tif: String(args['tif']),
    orderId: typeof args['order_id'] === 'number' ? args['order_id'] : null,
    stated: Object.fromEntries(
      members.flatMap((name) => (args[name] === undefined ? [] : [[name, args[name]]])),
    ),
  };
}

/** As IBKR takes it. A new order carries an id of ours, by which it can be found whatever becomes of the answer. */
export function bodyOf({ accountId, stated }: Ticket, orderRef: string | null): Json {
  const body: Record<string, unknown> = {
    acctId: accountId,
    conid: stated['conid'],
    orderType: stated['order_type'],
    side: stated['side'],
    quantity: stated['quantity'],
    tif: stated['tif'],
    price: stated['price'],
    auxPrice: stated['stop_price'],
    trailingAmt: stated['trailing_amount'],
    trailingType: stated['trailing_type'],
    outsideRTH: stated['outside_rth'],
    cOID: orderRef ?? undefined,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** Members in which two orders differ. */
export function differences(one: Json, other: Json): string[] {
  return members.filter((name) => one[name] !== other[name]);
}

/** `BUY 10 AAPL (conid 265598) LMT at 150, DAY, in DU1234567`: what a person agrees to. */
export function sentence(
  { accountId, conid, side, quantity, type, tif, orderId, stated }: Ticket,
  symbol: string,
): string {
  const price = text(stated['price']);
  const stop = text(stated['stop_price']);
  const trail = text(stated['trailing_amount']);
  const at = [
    price === undefined ? '' : ` at ${price}`,
    stop === undefined ? '' : ` stop ${stop}`,
    trail === undefined ? '' : ` trailing ${trail}${stated['trailing_type'] === '%' ? '%' : ''}`,
  ].join('');
  const outside = stated['outside_rth'] === true ? ', also outside trading hours' : '';
  const change = orderId === null ? '' : `Change order ${orderId} to: `;
  return `${change}${side} ${quantity} ${symbol} (conid ${conid}) ${type}${at}, ${tif}${outside}, in ${accountId}`;
}

/** What a change would do, member by member. */
export function changesOf({ stated }: Ticket, order: Json): string[] {
  const pairs = [
    ['quantity', 'quantity'],
    ['price', order['price'] === undefined ? 'stop_price' : 'price'],
    ['stop_price', 'stop_price'],
    ['tif', 'tif'],
  ] as const;
  return pairs.flatMap(([ours, theirs]) => {
    const [now, then] = [text(order[theirs]), text(stated[ours])];
    return then === undefined || now === then ? [] : [`${ours}: ${now ?? 'unknown'} → ${then}`];
  });
}
