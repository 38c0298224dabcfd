// A contract's description and the rules for trading it; both in snake and camel case as the brokerage mixes them.
import type { Handlers } from '../../call.ts';
import { decimals } from '../figures.ts';
import { toFields, toFlag, toNumber } from '../reading.ts';
import { badRequest, serverError, unavailable } from '../refusal.ts';
import { touchOf } from '../orders/prices.ts';
import type { World } from '../world.ts';
import type { Instrument } from './instrument.ts';

const algos = [
  ['Adaptive', 'Adaptive'],
  ['Arrival Price', 'ArrivalPx'],
  ['Close Price', 'ClosePx'],
  ['DarkIce', 'DarkIce'],
  ['Percentage of Volume', 'PctVol'],
  ['TWAP', 'Twap'],
  ['VWAP', 'Vwap'],
] as const;

const urgency = {
  guiRank: 1,
  defaultValue: 'Normal',
  name: 'Adaptive order priority/urgency',
  id: 'adaptivePriority',
  legalStrings: ['Urgent', 'Normal', 'Patient'],
  required: 'true',
  valueClassName: 'String',
};

const simple = ['limit', 'market', 'stop', 'stop_limit'];
const trailing = ['trailing_stop', 'trailing_stop_limit'];
const closing = ['marketonclose', 'limitonclose'];

export const ruleHandlers: Handlers = {
  getInstrumentInfo: (call, world) => ({ json: description(find(world, call.params.conid)) }),

  getInfoAndRules: (call, world) => {
    const instrument = find(world, call.params.conid);
    const isBuy = call.query.get('isBuy');
    const side = isBuy === null || toFlag(isBuy);
    return { json: { ...description(instrument), rules: rules(world, instrument, side) } };
  },

  getContractRules: (call, world) => {
    const { conid, isBuy } = toFields(call.body);
    if (toNumber(conid) === undefined) throw badRequest('conid needed');
    return { json: rules(world, find(world, String(conid)), isBuy === undefined || toFlag(isBuy)) };
  },

  getAlgosByInstrument: (call, world) => {
    const instrument = world.contracts.find(Number(call.params.conid));
    if (instrument === undefined) throw unavailable();
    if (instrument.secType !== 'STK') return { json: { algos: [] } };
    const wanted = call.query.get('algos')?.split(';');
    const withParameters = toFlag(call.query.get('addParams'));
    return {
      json: {
        algos: algos
          .filter(([, id]) => wanted === undefined || wanted.includes(id))
          .map(([name, id]) => ({
            name,
            id,
            ...(withParameters && { parameters: id === 'Adaptive' ? [urgency] : [] }),
          })),
      },
    };
  },
};

function find(world: World, conid: string | undefined): Instrument {
  const instrument = world.contracts.find(Number(conid));
  if (instrument === undefined) throw serverError(`Contract ${conid ?? ''} is not found.`);
  return instrument;
}

function description(instrument: Instrument): Record<string, unknown> {
  const { derivative } = instrument;
  const month = derivative === null ? null : derivative.expiry.slice(0, 6);
  return {
    cfi_code: '',
    symbol: instrument.symbol,
    cusip: null,
    expiry_full: derivative?.expiry ?? null,
    con_id: instrument.conid,
    maturity_date: derivative?.expiry ?? null,
    industry: instrument.group,
    instrument_type: instrument.secType,
    trading_class: instrument.symbol,
    valid_exchanges: instrument.exchanges.join(','),
    allow_sell_long: false,
    is_zero_commission_security: false,
    local_symbol: instrument.symbol,
    contract_clarification_type: null,
    classifier: null,
    currency: instrument.currency,
    text: null,
    underlying_con_id: derivative?.underlyingConid ?? 0,
    r_t_h: instrument.secType === 'STK',
    multiplier: instrument.multiplier === 1 ? null : String(instrument.multiplier),
    ...(instrument.secType === 'OPT' && {
      strike: String(derivative?.strike),
      right: derivative?.right === 'C' ? 'CALL' : 'PUT',
    }),
    underlying_issuer: null,
    contract_month: month,
    company_name: instrument.name,
    smart_available: instrument.exchanges.includes('SMART'),
    exchange: instrument.exchanges[0] ?? instrument.listing,
    category: instrument.category,
  };
}

function rules(world: World, instrument: Instrument, isBuy: boolean): Record<string, unknown> {
  const price = touchOf(world.market, { instrument, legs: [] })[isBuy ? 'ask' : 'bid'];
  const stock = instrument.secType === 'STK';
  const account = world.selectedAccount().id;
  return {
    algoEligible: stock,
    overnightEligible: stock,
    costReport: false,
    canTradeAcctIds: world.accounts.map(({ id }) => id),
    error: instrument.secType === 'IND' ? 'No trading permissions.' : null,
    orderTypes: [...simple, ...trailing, ...(stock ? ['midprice', ...closing] : [])],
    ibAlgoTypes: stock ? ['limit', 'stop_limit', ...closing] : [],
    fraqTypes: stock ? [...simple, ...trailing] : [],
    forceOrderPreview: false,
    cqtTypes: stock ? [...simple, ...trailing] : [],
    orderDefaults: { LMT: { LP: String(price) } },
    orderTypesOutside: ['limit', 'stop_limit', 'trailing_stop_limit'],
    defaultSize: stock ? 100 : 1,
    cashSize: 0,
    sizeIncrement: stock ? 100 : 1,
    tifTypes: ['IOC/MARKET,LIMIT,a', 'GTC/o,a', 'OPG/LIMIT,MARKET,a', 'DAY/o,a'],
    tifDefaults: { TIF: 'DAY', DEFAULT_ACCT: account, SIZE: stock ? '100.00' : '1.00' },
    limitPrice: price,
    stopprice: price,
    orderOrigination: null,
    preview: true,
    displaySize: null,
    fraqInt: stock ? 4 : 0,
    cashCcy: instrument.currency,
    cashQtyIncr: stock ? 500 : 0,
    priceMagnifier: null,
    negativeCapable: false,
    incrementType: 1,
    incrementRules: [{ lowerEdge: 0, increment: instrument.tick }],
    hasSecondary: stock,
    increment: instrument.tick,
    incrementDigits: decimals(instrument.tick),
  };
}
