// An order as it is written on the command line → IBKR's ticket, and the other way round in one line for people.

import { InvalidArgumentError, Option, type Command } from 'commander';
import type { OrderTicket } from 'bezant-client';
import { readFileSync } from 'node:fs';
import { UsageError } from './failure.ts';
import { isRow, type Row } from './report.ts';

export interface TicketFlags {
  readonly type?: string;
  readonly limit?: number | undefined;
  readonly stop?: number | undefined;
  readonly trail?: string | undefined;
  readonly tif?: string;
  readonly outsideRth?: boolean;
  readonly id?: string;
}

const types = ['MKT', 'LMT', 'STP', 'STOP_LIMIT', 'TRAIL', 'TRAILLMT', 'MIDPRICE', 'MOC', 'LOC'];
const tifs = ['DAY', 'GTC', 'OPG', 'IOC'];

export function ticketOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--type <type>', 'MKT; LMT with --limit, STP with --stop, STOP_LIMIT with both')
        .choices(types)
        .argParser(upper(types)),
    )
    .option('--limit <price>', 'not worse than this', positive)
    .option('--stop <price>', 'begin at this', positive)
    .option('--trail <amount>', 'a stop that follows: 1.5, or 2%', trailing)
    .addOption(new Option('--tif <time>', 'how long it stands').choices(tifs).argParser(upper(tifs)))
    .option('--outside-rth', 'outside regular hours too');
}

export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}

function trailing(text: string): string {
  if (/^\d+(\.\d+)?%?$/.test(text) && Number.parseFloat(text) > 0) return text;
  throw new InvalidArgumentError('It must be an amount such as 1.5, or a percentage such as 2%.');
}

function upper(allowed: readonly string[]): (text: string) => string {
  return (text) => {
    const value = text.toUpperCase();
    if (allowed.includes(value)) return value;
    throw new InvalidArgumentError(`Allowed choices are ${allowed.join(', ')}.`);
  };
}

export function toTicket(
  order: { readonly conid: number; readonly side: 'BUY' | 'SELL'; readonly quantity: number },
  { type, limit, stop, trail, tif = 'DAY', outsideRth, id }: TicketFlags,
): OrderTicket {
  const meant = type ?? typeOf({ limit, stop, trail });
  const needs = (value: unknown, flag: string): void => {
    if (value === undefined)
      throw new UsageError(`${meant} needs ${flag}.`, '`bezant help orders place` tells how.');
  };
  if (meant === 'LMT' || meant === 'STOP_LIMIT' || meant === 'LOC') needs(limit, '--limit PRICE');
  if (meant === 'STP' || meant === 'STOP_LIMIT') needs(stop, '--stop PRICE');
  if (meant.startsWith('TRAIL')) needs(trail, '--trail AMOUNT');
  if ((meant === 'MKT' || meant === 'MOC') && (limit ?? stop ?? trail) !== undefined) {
    throw new UsageError(`${meant} has no price.`, 'Leave the price away, or choose another --type.');
  }
  return {
    ...order,
    orderType: meant,
    tif,
    ...pricesOf(meant, limit, stop),
    ...(trail !== undefined && {
      trailingAmt: Number.parseFloat(trail),
      trailingType: trail.endsWith('%') ? '%' : 'amt',
    }),
    ...(outsideRth === true && { outsideRTH: true }),
    ...(id !== undefined && { cOID: id }),
  };
}

function typeOf({ limit, stop, trail }: Pick<TicketFlags, 'limit' | 'stop' | 'trail'>): string {
  if (trail !== undefined) return limit === undefined ? 'TRAIL' : 'TRAILLMT';
  if (stop !== undefined) return limit === undefined ? 'STP' : 'STOP_LIMIT';
  return limit === undefined ? 'MKT' : 'LMT';
}

/** A stop's price is `price`; with a limit beside it, the stop is `auxPrice` (IBKR Web API documentation, order types). */
function pricesOf(type: string, limit: number | undefined, stop: number | undefined) {
  if (type === 'STP') return stop === undefined ? {} : { price: stop };
  return {
    ...(limit !== undefined && { price: limit }),
    ...(stop !== undefined && { auxPrice: stop }),
  };
}

const typesByOrigin: Readonly<Record<string, string>> = {
  MARKET: 'MKT',
  LIMIT: 'LMT',
  STOP: 'STP',
  STOP_LIMIT: 'STOP_LIMIT',
  MIDPRICE: 'MIDPRICE',
  MARKETONCLOSE: 'MOC',
  LIMITONCLOSE: 'LOC',
};

/** An open order as IBKR tells it (order status), with what is to be different. */
export function changedTicket(
  status: Row,
  changes: TicketFlags & { readonly quantity?: number },
): OrderTicket {
  const type = typesByOrigin[String(status['order_type'])];
  if (type === undefined) {
    throw new UsageError(
      `An order of type ${String(status['order_type'])} cannot be changed by flags.`,
      'Write the whole order with --ticket FILE.',
    );
  }
  const number = (name: string): number | undefined => {
    const value = Number(status[name]);
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  const isStop = type === 'STP';
  const order = {
    conid: Number(status['conid']),
    side: String(status['side']).startsWith('B') ? ('BUY' as const) : ('SELL' as const),
    quantity: changes.quantity ?? number('total_size') ?? 0,
  };
  return toTicket(order, {
    type,
    tif: changes.tif ?? (typeof status['tif'] === 'string' ? status['tif'] : 'DAY'),
    outsideRth: changes.outsideRth ?? status['outside_rth'] === true,
    ...(isStop ? {} : defined('limit', changes.limit ?? number('limit_price'))),
    ...defined('stop', changes.stop ?? number('stop_price') ?? (isStop ? number('limit_price') : undefined)),
  });
}

function defined<Name extends string>(name: Name, value: number | undefined): { [name in Name]?: number } {
  return value === undefined ? {} : ({ [name]: value } as { [name in Name]?: number });
}

/** `-` is stdin. One ticket, a list of them, or IBKR's `{"orders":[…]}`. */
export function readTickets(file: string): OrderTicket[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The ticket cannot be read: ${why}`, 'Give a file with JSON, or - for stdin.');
  }
  const list = isRow(parsed) && Array.isArray(parsed['orders']) ? parsed['orders'] : [parsed].flat();
  if (list.length === 0 || !list.every(isRow)) {
    throw new UsageError(
      'The ticket is no order.',
      'Give {"conid": …, "side": …, "quantity": …, …} or a list of them.',
    );
  }
  return list as unknown as OrderTicket[];
}

/** `BUY 10 AAPL LMT 180 DAY` */
export function ticketText(
  ticket: OrderTicket,
  symbol = `conid ${String(ticket.conid ?? ticket.conidex ?? '?')}`,
): string {
  const { side, quantity, cashQty, orderType, price, auxPrice, tif, trailingAmt, trailingType } = ticket;
  const stop = auxPrice === undefined ? '' : ` stop ${auxPrice}`;
  const trail = trailingAmt === undefined ? '' : ` trail ${trailingAmt}${trailingType === '%' ? '%' : ''}`;
  const size = quantity ?? (cashQty === undefined ? '?' : `for ${cashQty}`);
  return `${side} ${size} ${symbol} ${orderType}${price === undefined ? '' : ` ${price}`}${stop}${trail} ${tif}`;
}
