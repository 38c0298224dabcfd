// Finding contracts: search by symbol, name or ISIN; then strikes and details of a chain, which need the search
// first (IBKR Web API documentation, contract search). Conids are text here and numbers nearly everywhere else.
import type { Answer, Handlers } from '../../call.ts';
import { lookUp, toFields, toFlag, toText } from '../reading.ts';
import { badRequest, serverError } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Contracts } from './contracts.ts';
import type { Instrument } from './instrument.ts';

const isins: Record<string, number> = {
  US0378331005: 265598,
  US4592001014: 8314,
  US5949181045: 272093,
  US78462F1030: 756733,
  US88160R1014: 76792991,
};

/** By symbol; the identifiers are made up. */
const bondIssuers: Record<string, { id: string; name: string }[]> = {
  IBM: [{ id: 'e9000001', name: 'International Business Machines Corp' }],
};

/** What the bond block of a search has in place of a contract. */
const BOND_CONID = '2147483647';

export const searchHandlers: Handlers = {
  getContractSymbols: (call, world) =>
    search(world, {
      symbol: call.query.get('symbol') ?? undefined,
      byName: toFlag(call.query.get('name')),
      secType: call.query.get('secType') ?? undefined,
    }),

  getContractSymbolsFromBody: (call, world) => {
    const { symbol, name, secType } = toFields(call.body);
    return search(world, { symbol: toText(symbol), byName: toFlag(name), secType: toText(secType) });
  },

  getContractStrikes: (call, world) => {
    const { conid, secType, sectype = secType, month } = Object.fromEntries(call.query);
    if (conid === undefined || sectype === undefined || month === undefined) {
      throw badRequest('conid, sectype and month are required');
    }
    const chain = optionsOf(world.contracts, Number(conid), month);
    const strikes = (right: 'C' | 'P'): number[] =>
      chain.flatMap(({ derivative }) => (derivative?.right === right ? [derivative.strike] : []));
    return { json: { call: strikes('C'), put: strikes('P') } };
  },

  getContractInfo: (call, world) => {
    const { conid, secType, sectype = secType, month, strike, right } = Object.fromEntries(call.query);
    if (conid === undefined) throw badRequest('conid needed');
    const instrument = world.contracts.find(Number(conid));
    if (instrument === undefined) throw unavailableDetails();
    if (sectype === undefined || sectype.toUpperCase() === instrument.secType) {
      return { json: instrument.derivative === null ? info(instrument) : [info(instrument)] };
    }
    if (month === undefined) throw badRequest('month needed');
    const chain =
      sectype.toUpperCase() === 'FUT'
        ? futuresOf(world.contracts, instrument, month)
        : optionsOf(world.contracts, instrument.conid, month);
    const found = chain.filter(
      ({ derivative }) =>
        (strike === undefined || derivative?.strike === Number(strike)) &&
        (right === undefined || derivative?.right === right.toUpperCase()),
    );
    if (found.length === 0) throw unavailableDetails();
    return { json: found.map(info) };
  },

  getBondFilters: (call) => {
    const known = Object.values(bondIssuers).flat();
    if (!known.some(({ id }) => id === call.query.get('issuerId'))) return { json: { bondFilters: [] } };
    return {
      json: {
        bondFilters: [
          { displayText: 'Maturity Date', columnId: 27, options: [{ text: 'May 2029', value: '202905' }] },
          { displayText: 'Issue Date', columnId: 28, options: [{ text: 'May 15 2019', value: '20190515' }] },
          { displayText: 'Coupon', columnId: 25, options: [{ value: '3.5' }] },
          { displayText: 'Currency', columnId: 5, options: [{ value: 'USD' }] },
        ],
      },
    };
  },
};

function search(
  world: World,
  wanted: { symbol: string | undefined; byName: boolean; secType: string | undefined },
): Answer {
  const { symbol, byName, secType } = wanted;
  if (symbol === undefined) throw badRequest('symbol needed');
  const conid = byName ? lookUp(isins, symbol.toUpperCase()) : undefined;
  const byIsin = conid === undefined ? undefined : world.contracts.find(conid);
  const hits = byIsin === undefined ? matches(world.contracts, symbol, byName) : [byIsin];
  const shown = hits.filter(
    (hit) =>
      ['STK', 'IND', 'CRYPTO'].includes(hit.secType) && (secType === undefined || hit.secType === secType),
  );
  for (const hit of shown) world.contracts.searched.add(hit.conid);
  const entries = shown.map((hit) => entry(world.contracts, hit, byIsin !== undefined));
  const issuers = lookUp(bondIssuers, symbol.toUpperCase());
  if (issuers !== undefined && (secType === undefined || secType === 'BOND'))
    entries.push(bondBlock(issuers));
  return { json: entries.length === 0 ? { error: 'No contracts found' } : entries };
}

function matches(contracts: Contracts, text: string, byName: boolean): Instrument[] {
  if (!byName) return contracts.bySymbol(text);
  return contracts.listed.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
}

function entry(contracts: Contracts, instrument: Instrument, byIsin: boolean): Record<string, unknown> {
  const { name, listing } = instrument;
  return {
    conid: String(instrument.conid),
    companyHeader: byIsin ? `${name} (${listing})` : `${name} - ${listing}`,
    companyName: name,
    symbol: instrument.symbol,
    description: byIsin ? null : listing,
    restricted: null,
    sections: sections(contracts, instrument),
  };
}

function sections(contracts: Contracts, instrument: Instrument): Record<string, unknown>[] {
  const own = { secType: instrument.secType };
  const months = contracts.optionMonths();
  const options = { secType: 'OPT', months: months.join(';'), exchange: 'SMART;AMEX;BOX;CBOE;ISE;PHLX' };
  const futures = contracts.futures(instrument).flatMap(({ derivative }) => derivative?.month ?? []);
  return [
    own,
    ...(instrument.hasOptions ? [options, { secType: 'BAG' }] : []),
    ...(futures.length > 0 ? [{ secType: 'FUT', months: futures.join(';'), exchange: 'CME' }] : []),
  ];
}

function bondBlock(issuers: { id: string; name: string }[]): Record<string, unknown> {
  return {
    issuers,
    bondid: 5,
    conid: BOND_CONID,
    companyHeader: 'Corporate Fixed Income',
    companyName: null,
    symbol: null,
    description: null,
    restricted: null,
    sections: [{ secType: 'BOND' }],
  };
}

/** Nothing until the underlying was searched. */
function optionsOf(contracts: Contracts, conid: number, month: string): Instrument[] {
  const underlying = contracts.find(conid);
  if (underlying === undefined || !contracts.searched.has(conid)) return [];
  return contracts.options(underlying, month);
}

function futuresOf(contracts: Contracts, underlying: Instrument, month: string): Instrument[] {
  if (!contracts.searched.has(underlying.conid)) return [];
  return contracts.futures(underlying).filter(({ derivative }) => derivative?.month === month.toUpperCase());
}

function info(instrument: Instrument): Record<string, unknown> {
  const { derivative } = instrument;
  const plain = {
    conid: instrument.conid,
    ticker: instrument.symbol,
    secType: instrument.secType,
    listingExchange: instrument.listing,
    exchange: instrument.exchanges[0] ?? instrument.listing,
    companyName: instrument.name,
    currency: instrument.currency,
    validExchanges: instrument.exchanges.join(','),
    priceRendering: null,
    maturityDate: derivative?.expiry ?? null,
    right: derivative?.right ?? '?',
    strike: derivative?.strike ?? 0,
  };
  if (derivative === null) return plain;
  const kind = derivative.right === null ? '' : { C: ' Call', P: ' Put' }[derivative.right];
  return {
    ...plain,
    symbol: instrument.symbol,
    cusip: null,
    coupon: 'No Coupon',
    desc1: instrument.symbol,
    desc2: `${derivative.month}${derivative.strike > 0 ? ` ${derivative.strike}` : ''}${kind}`,
    multiplier: String(instrument.multiplier),
    tradingClass: instrument.symbol,
  };
}

/** JSON inside a string, as observed. */
function unavailableDetails(): Error {
  const reason =
    'Details currently unavailable. Please try again later and contact client services if the issue persists.';
  return serverError(JSON.stringify({ reason }));
}
