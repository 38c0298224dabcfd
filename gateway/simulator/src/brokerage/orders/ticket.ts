// An order as it is asked for: read from the body, checked the way the brokerage checks it.
import type { Contracts } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { round } from '../figures.ts';
import type { Market } from '../market/market.ts';
import { lookUp, toFields, toFlag, toNumber, toText, type Fields } from '../reading.ts';
import { badRequest, reject, serverError } from '../refusal.ts';
import { parseCombo, type Leg } from './combo.ts';

export const orderTypes = {
  MKT: { label: 'Market', origin: 'MARKET', needs: [] },
  LMT: { label: 'Limit', origin: 'LIMIT', needs: ['price'] },
  STP: { label: 'Stop', origin: 'STOP', needs: ['price'] },
  STOP_LIMIT: { label: 'Stop Limit', origin: 'STOP_LIMIT', needs: ['price', 'auxPrice'] },
  MIDPRICE: { label: 'Mid Price', origin: 'MIDPRICE', needs: [] },
  TRAIL: { label: 'Trailing Stop', origin: 'TRAILING_STOP', needs: ['trailingAmount'] },
  TRAILLMT: { label: 'Trailing Stop Limit', origin: 'TRAILING_STOP_LIMIT', needs: ['trailingAmount'] },
  MOC: { label: 'Market on Close', origin: 'MARKETONCLOSE', needs: [] },
  LOC: { label: 'Limit on Close', origin: 'LIMITONCLOSE', needs: ['price'] },
} as const satisfies Record<
  string,
  { label: string; origin: string; needs: ('price' | 'auxPrice' | 'trailingAmount')[] }
>;

export type OrderType = keyof typeof orderTypes;

const spellings: Record<string, OrderType> = {
  MARKET: 'MKT',
  LIMIT: 'LMT',
  STOP: 'STP',
  'STP LMT': 'STOP_LIMIT',
  STPLMT: 'STOP_LIMIT',
  STOPLIMIT: 'STOP_LIMIT',
  TRAILING_STOP: 'TRAIL',
  TRAILING_STOP_LIMIT: 'TRAILLMT',
  'TRAIL LIMIT': 'TRAILLMT',
  MIDPX: 'MIDPRICE',
};

const sides: Record<string, 'BUY' | 'SELL'> = { BUY: 'BUY', B: 'BUY', SELL: 'SELL', S: 'SELL' };

const tifs = ['DAY', 'GTC', 'OPG', 'IOC', 'PAX', 'OVT', 'OND', 'GTD'];

export interface Ticket {
  conid: number;
  conidEx: string;
  instrument: Instrument;
  legs: Leg[];
  orderType: OrderType;
  side: 'BUY' | 'SELL';
  tif: string;
  quantity: number;
  cashQuantity: number | undefined;
  price: number | undefined;
  auxPrice: number | undefined;
  trailingAmount: number | undefined;
  trailingPercent: boolean;
  outsideRth: boolean;
  allOrNone: boolean;
  localId: string | undefined;
  parentId: string | undefined;
  singleGroup: boolean;
}

interface Deps {
  contracts: Contracts;
  market: Market;
}

export function parseTicket(deps: Deps, input: unknown): Ticket {
  const body = toFields(input);
  const { instrument, conidEx, legs } = parseContract(deps, body);
  const typeText = (toText(body.orderType) ?? '').toUpperCase();
  const orderType =
    lookUp(spellings, typeText) ??
    (Object.hasOwn(orderTypes, typeText) ? (typeText as OrderType) : undefined);
  if (orderType === undefined)
    throw badRequest(typeText === '' ? 'orderType needed' : `orderType is not valid: ${typeText}`);
  const side = lookUp(sides, (toText(body.side) ?? '').toUpperCase());
  if (side === undefined) throw badRequest('side needed');
  const tif = (toText(body.tif) ?? 'DAY').toUpperCase();
  if (!tifs.includes(tif)) throw badRequest(`tif is not valid: ${tif}`);

  const price = toNumber(body.price);
  const cashQuantity = toNumber(body.cashQty) ?? toNumber(body.fxQty);
  const ticket: Ticket = {
    conid: instrument.conid,
    conidEx,
    instrument,
    legs,
    orderType,
    side,
    tif,
    quantity: 0,
    cashQuantity,
    price,
    auxPrice: toNumber(body.auxPrice) ?? toNumber(body.stopPrice),
    trailingAmount: toNumber(body.trailingAmt),
    trailingPercent: body.trailingType === '%',
    outsideRth: toFlag(body.outsideRTH) || toFlag(body.outsideRth),
    allOrNone: toFlag(body.allOrNone),
    localId: toText(body.cOID),
    parentId: toText(body.parentId),
    singleGroup: toFlag(body.isSingleGroup),
  };
  ticket.quantity =
    toNumber(body.quantity) ??
    (cashQuantity === undefined ? 0 : round(cashQuantity / (price ?? deps.market.price(instrument)), 4));
  check(ticket);
  return ticket;
}

function check(ticket: Ticket): void {
  if (!(ticket.quantity > 0)) {
    throw serverError(`Order size ${ticket.quantity} is not valid. Please enter size greater than 0.`);
  }
  for (const name of orderTypes[ticket.orderType].needs) {
    const value = ticket[name];
    if (value === undefined) throw badRequest(`${name} needed for orderType ${ticket.orderType}`);
    if (value <= 0 && ticket.legs.length === 0) throw serverError(`${name} ${value} is not valid.`);
  }
  if (ticket.instrument.secType === 'IND') throw reject('No trading permissions for an index.');
  if (ticket.instrument.secType === 'OPT' && !Number.isInteger(ticket.quantity)) {
    throw reject('Fractional quantities are not allowed for this contract.');
  }
}

function parseContract(deps: Deps, body: Fields): { instrument: Instrument; conidEx: string; legs: Leg[] } {
  const conidEx = toText(body.conidex) ?? toText(body.conidEx) ?? toText(body.conid);
  if (conidEx === undefined) throw badRequest('conid or conidex needed');
  const combo = parseCombo(deps.contracts, conidEx);
  if (combo !== undefined) return { ...combo, conidEx };
  const conid = Number(conidEx.split('@')[0]);
  const instrument = deps.contracts.find(conid);
  if (instrument === undefined) throw serverError(`Contract ${conidEx} is not found.`);
  return { instrument, conidEx, legs: [] };
}
