// Security definitions: /trsrv/secdef, which positions repeat, and the lists by symbol and exchange.
import type { Answer, Handlers } from '../../call.ts';
import { decimals } from '../figures.ts';
import { commaList, toFields, toList, toText } from '../reading.ts';
import { badRequest } from '../refusal.ts';
import { describe, type Contracts } from './contracts.ts';
import type { Instrument } from './instrument.ts';

/** IBKR Web API documentation, /trsrv/secdef. */
const MAX_CONIDS = 200;

export const definitionHandlers: Handlers = {
  getInstrumentDefinition: (call, world) =>
    definitions(world.contracts, commaList(call.query.getAll('conids'))),
  getInstrumentDefinitionFromBody: (call, world) =>
    definitions(
      world.contracts,
      toList(toFields(call.body).conids).flatMap((conid) => toText(conid) ?? []),
    ),

  getStockBySymbol: (call, world) => {
    const symbols = commaList(call.query.getAll('symbols'));
    if (symbols.length === 0) throw badRequest('symbols needed');
    return { json: Object.fromEntries(symbols.map((symbol) => [symbol, stocks(world.contracts, symbol)])) };
  },

  getFutureBySymbol: (call, world) => {
    const symbols = commaList(call.query.getAll('symbols'));
    if (symbols.length === 0) throw badRequest('symbols needed');
    return { json: Object.fromEntries(symbols.map((symbol) => [symbol, futures(world.contracts, symbol)])) };
  },

  getConidsByExchange: (call, world) => {
    const exchange = call.query.get('exchange');
    if (exchange === null) throw badRequest('exchange needed');
    const listed = world.contracts.listed.filter(
      ({ secType, listing }) => secType === 'STK' && listing === exchange.toUpperCase(),
    );
    return {
      json: listed.map(({ symbol, conid, listing }) => ({ ticker: symbol, conid, exchange: listing })),
    };
  },
};

function definitions(contracts: Contracts, conids: string[]): Answer {
  if (conids.length === 0) throw badRequest('conids needed');
  if (conids.length > MAX_CONIDS) throw badRequest(`no more than ${MAX_CONIDS} conids`);
  const found = conids.flatMap((conid) => contracts.find(Number(conid)) ?? []);
  return { json: { secdef: found.map((instrument) => definition(contracts, instrument)) } };
}

export function definition(contracts: Contracts, instrument: Instrument): Record<string, unknown> {
  const { derivative, tick } = instrument;
  return {
    incrementRules: [{ lowerEdge: 0, increment: tick }],
    displayRule: {
      magnification: 0,
      displayRuleStep: [{ decimalDigits: decimals(tick), lowerEdge: 0, wholeDigits: 4 }],
    },
    conid: instrument.conid,
    currency: instrument.currency,
    time: 5,
    chineseName: '',
    allExchanges: instrument.exchanges.filter((exchange) => exchange !== 'SMART').join(','),
    listingExchange: instrument.listing,
    countryCode: instrument.country,
    name: instrument.name,
    assetClass: instrument.secType,
    expiry: derivative?.expiry ?? null,
    lastTradingDay: derivative?.expiry ?? null,
    group: instrument.group || null,
    putOrCall: derivative?.right ?? null,
    sector: instrument.sector || null,
    sectorGroup: instrument.category || null,
    strike: String(derivative?.strike ?? 0),
    ticker: instrument.symbol,
    undConid: derivative?.underlyingConid ?? 0,
    multiplier: instrument.multiplier === 1 ? 0 : instrument.multiplier,
    type: instrument.stockType,
    hasOptions: contracts.find(derivative?.underlyingConid ?? instrument.conid)?.hasOptions ?? false,
    fullName: describe(instrument),
    isUS: instrument.country === 'US',
    isEventContract: false,
  };
}

function stocks(contracts: Contracts, symbol: string): Record<string, unknown>[] {
  const byName = new Map<string, Instrument[]>();
  for (const instrument of contracts.bySymbol(symbol)) {
    if (instrument.secType !== 'STK') continue;
    byName.set(instrument.name, [...(byName.get(instrument.name) ?? []), instrument]);
  }
  return [...byName].map(([name, instruments]) => ({
    name,
    chineseName: '',
    assetClass: 'STK',
    contracts: instruments.map(({ conid, listing, country }) => ({
      conid,
      exchange: listing,
      isUS: country === 'US',
    })),
  }));
}

function futures(contracts: Contracts, symbol: string): Record<string, unknown>[] {
  return contracts.bySymbol(symbol).flatMap((underlying) =>
    contracts.futures(underlying).map(({ conid, derivative }) => {
      const expiry = Number(derivative?.expiry);
      return {
        symbol: underlying.symbol,
        conid,
        underlyingConid: underlying.conid,
        expirationDate: expiry,
        ltd: expiry,
        shortFuturesCutOff: expiry,
        longFuturesCutOff: expiry,
      };
    }),
  );
}
