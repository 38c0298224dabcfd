// Prices: the latest, those of the past, and IBKR's scanner.

import type { Ask, Caller } from '../calls.ts';
import { ToolFault } from '../fault.ts';
import { contractOf } from '../listings.ts';
import { known, number, record, records, text, time, whole, type Json } from '../reading.ts';
import type { Tools } from '../tool.ts';

/** IBKR Web API documentation, market data fields. */
const fields = {
  last: '31',
  symbol: '55',
  high: '70',
  low: '71',
  change: '82',
  change_percent: '83',
  bid: '84',
  ask_size: '85',
  ask: '86',
  volume: '7762',
  volume_short: '87',
  bid_size: '88',
  open: '7295',
  previous_close: '7296',
  availability: '6509',
} as const;

const maxContracts = 20;

export function marketTools({ ask }: { ask: Ask }): Tools {
  return {
    async quote(args, caller) {
      const conids = [...list(args['conids']), ...(await conidsOf(ask, caller, list(args['symbols'])))];
      if (conids.length === 0)
        throw new ToolFault('bad_arguments', 'Neither symbols nor conids are given.', 'Give some of them.');
      if (conids.length > maxContracts)
        throw new ToolFault(
          'bad_arguments',
          `That is more than ${maxContracts} contracts.`,
          'Ask for fewer at once.',
        );
      const answer = await ask(caller, 'getMdSnapshot', {
        params: { conids: conids.join(','), fields: Object.values(fields).join(',') },
      });
      return { json: { quotes: records(answer).map(quoteOf) } };
    },

    async price_history(args, caller) {
      const { conid, symbol } = await contractOf(ask, caller, args);
      const answer = record(
        await ask(caller, 'getMdHistory', {
          params: { conid, period: args['period'], bar: args['bar'], outsideRth: args['outside_rth'] },
        }),
      );
      const bars = records(answer['data']);
      return {
        json: known({
          conid,
          symbol: text(answer['symbol']) ?? symbol,
          columns: ['time', 'open', 'high', 'low', 'close', 'volume'],
          rows: bars.slice(-(whole(args['limit']) ?? 200)).map(barOf),
          total: bars.length,
        }),
      };
    },

    async scan_market(args, caller) {
      const { instrument, location, type, filters: filter } = args;
      const answer = record(
        await ask(caller, 'getScannerResults', {
          body: { instrument, location, type, filter: filter ?? [] },
        }),
      );
      const rows = records(answer['contracts']);
      return { json: { results: rows.slice(0, whole(args['limit'])).map(resultOf), total: rows.length } };
    },
  };
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

async function conidsOf(ask: Ask, caller: Caller, symbols: readonly unknown[]): Promise<number[]> {
  const conids: number[] = [];
  for (const symbol of symbols) conids.push((await contractOf(ask, caller, { symbol })).conid);
  return conids;
}

/** The letter before a last price (IBKR Web API documentation, field 31). */
const marks: Readonly<Record<string, string>> = { C: 'last is the previous close', H: 'trading is halted' };

/** The first letter of field 6509 (IBKR Web API documentation, market data availability). */
const availability: Readonly<Record<string, string>> = {
  R: 'realtime',
  D: 'delayed',
  Z: 'frozen',
  Y: 'frozen delayed',
  N: 'not subscribed',
  O: 'API agreement not signed',
};

function quoteOf(row: Json): Json {
  const field = (name: keyof typeof fields): unknown => row[fields[name]];
  const price = text(field('last'));
  const hasNone = price === undefined && field('bid') === undefined;
  return known({
    conid: whole(row['conid']),
    symbol: text(field('symbol')),
    last: number(field('last')),
    bid: number(field('bid')),
    ask: number(field('ask')),
    bid_size: number(field('bid_size')),
    ask_size: number(field('ask_size')),
    volume: number(field('volume')) ?? number(field('volume_short')),
    change: number(field('change')),
    change_percent: number(field('change_percent')),
    high: number(field('high')),
    low: number(field('low')),
    open: number(field('open')),
    previous_close: number(field('previous_close')),
    note: hasNone ? 'no prices came: market data may not be subscribed' : marks[price?.[0] ?? ''],
    availability: availability[text(field('availability'))?.[0] ?? ''],
    as_of: time(row['_updated']),
  });
}

const barOf = (bar: Json): unknown[] => [
  time(bar['t']) ?? null,
  ...['o', 'h', 'l', 'c', 'v'].map((name) => number(bar[name]) ?? null),
];

const resultOf = (row: Json): Json =>
  known({
    conid: whole(row['con_id']),
    symbol: text(row['symbol']),
    name: text(row['company_name']),
    exchange: text(row['listing_exchange']),
    sec_type: text(row['sec_type']),
    value: text(row['scan_data']),
  });
