// Finding contracts, and what they are.

import type { Ask } from '../calls.ts';
import { ToolFault } from '../fault.ts';
import { contractOf, listingsOf, pickListing } from '../listings.ts';
import { known, number, record, records, text, whole, type Json } from '../reading.ts';
import type { Tools } from '../tool.ts';

export function contractTools({ ask }: { ask: Ask }): Tools {
  return {
    async conid_for(args, caller) {
      const symbol = text(args['symbol']) ?? '';
      const found = await listingsOf(ask, caller, symbol);
      const { conid, name, exchange } = pickListing(found, symbol, text(args['exchange']));
      return {
        json: known({
          symbol: symbol.toUpperCase(),
          conid,
          name,
          exchange,
          other_listings: found.length - 1,
        }),
      };
    },

    async search_contracts(args, caller) {
      const query = text(args['query']) ?? '';
      const answer = await ask(caller, 'getContractSymbols', {
        params: { symbol: query, secType: args['sec_type'], name: args['by_name'] },
      }).catch((error: unknown) => {
        // IBKR says "nothing found" in several ways, some of them as a failure.
        if (error instanceof ToolFault && /no (contracts|symbol)/i.test(error.message)) return [];
        throw error;
      });
      const rows = records(answer).filter((row) => (whole(row['conid']) ?? noContract) !== noContract);
      return { json: { contracts: rows.slice(0, whole(args['limit'])).map(foundOf), total: rows.length } };
    },

    async contract_details(args, caller) {
      const answer = record(await ask(caller, 'getInfoAndRules', { params: { conid: args['conid'] } }));
      return { json: detailsOf(answer) };
    },

    async option_chain(args, caller) {
      const { conid, symbol } = await contractOf(ask, caller, args);
      const name = symbol ?? (await symbolOf(ask, caller, conid));
      // IBKR gives strikes and contracts only of what was searched for in this session.
      const found = records(await ask(caller, 'getContractSymbols', { params: { symbol: name } }));
      const underlying = found.find((row) => whole(row['conid']) === conid);
      const months = monthsOf(underlying);
      if (months.length === 0)
        throw new ToolFault('no_options', `IBKR lists no options on ${name}.`, 'Choose another underlying.');
      const month = text(args['month']);
      const head = { conid, symbol: name };
      if (month === undefined) return { json: { ...head, months } };
      if (!months.includes(month))
        throw new ToolFault(
          'bad_arguments',
          `There are no options for ${month}.`,
          `There are: ${months.join(', ')}.`,
        );
      const chain = { conid, sectype: 'OPT', month };
      if (args['strike'] === undefined) {
        const strikes = record(await ask(caller, 'getContractStrikes', { params: chain }));
        return { json: { ...head, calls: numbers(strikes['call']), puts: numbers(strikes['put']) } };
      }
      const params = { ...chain, strike: args['strike'], right: args['right'] };
      const contracts = await ask(caller, 'getContractInfo', { params });
      return { json: { ...head, contracts: records(contracts).map(optionOf) } };
    },
  };
}

/** What a search has in place of a conid where it found issuers of bonds. */
const noContract = 2_147_483_647;

async function symbolOf(ask: Ask, caller: Parameters<Ask>[0], conid: number): Promise<string> {
  const details = record(await ask(caller, 'getInstrumentInfo', { params: { conid } }));
  const symbol = text(details['symbol']);
  if (symbol !== undefined) return symbol;
  throw new ToolFault(
    'unknown_contract',
    `IBKR knows no contract ${conid}.`,
    'Find it with search_contracts.',
  );
}

function foundOf(row: Json): Json {
  return known({
    conid: whole(row['conid']),
    symbol: text(row['symbol']),
    name: text(row['companyName']) ?? text(row['companyHeader']),
    exchange: text(row['description']),
    sec_types: records(row['sections']).flatMap((section) => text(section['secType']) ?? []),
  });
}

function detailsOf(answer: Json): Json {
  const rules = record(answer['rules']);
  const list = (value: unknown): string[] =>
    Array.isArray(value) ? value.flatMap((item) => text(item) ?? []) : [];
  return known({
    conid: whole(answer['con_id']),
    symbol: text(answer['symbol']),
    name: text(answer['company_name']),
    sec_type: text(answer['instrument_type']),
    exchange: text(answer['exchange']),
    currency: text(answer['currency']),
    expiry: text(answer['maturity_date']),
    strike: number(answer['strike']),
    right: text(answer['right']),
    multiplier: text(answer['multiplier']),
    trading_class: text(answer['trading_class']),
    can_trade: rules['error'] === undefined ? undefined : rules['error'] === null,
    order_types: list(rules['orderTypes']),
    // `GTC/o,a`: what follows the slash is about order types.
    tifs: list(rules['tifTypes']).map((tif) => tif.split('/')[0] ?? tif),
    price_step: number(rules['increment']),
    size_step: number(rules['sizeIncrement']),
    default_size: number(rules['defaultSize']),
  });
}

/** `DEC26;JAN27` in the section of options. */
function monthsOf(row: Json | undefined): string[] {
  const options = records(row?.['sections']).find((section) => section['secType'] === 'OPT');
  return text(options?.['months'])?.split(';') ?? [];
}

const numbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.flatMap((item) => number(item) ?? []) : [];

const optionOf = (row: Json): Json =>
  known({
    conid: whole(row['conid']),
    expiry: text(row['maturityDate']),
    strike: number(row['strike']),
    right: text(row['right']),
    trading_class: text(row['tradingClass']),
  });
