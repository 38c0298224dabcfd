// What the brokerage asks before it takes an order, one row per message id (IBKR Web API documentation, order reply
// messages). The texts are ours, but for the words by which clients are known to recognise them.
import type { Instrument } from '../contracts/instrument.ts';
import { describe } from '../contracts/contracts.ts';
import { amount, grouped, toTick } from '../figures.ts';
import type { Touch } from '../market/market.ts';
import { crosses, marketable } from './prices.ts';
import type { Ticket } from './ticket.ts';

export interface Situation {
  ticket: Ticket;
  touch: Touch;
  hasMarketData: boolean;
  /** In dollars. */
  value: number;
}

export interface Question {
  messageId: string;
  applies: (situation: Situation) => boolean;
  text: (situation: Situation) => string;
  options: string[];
  /** What only some questions carry. */
  more?: Record<string, unknown>;
}

/** Presets of a new account in the documentation's own examples. */
const PRICE_LIMIT = 0.03;
const SIZE_LIMIT = 500;
const VALUE_LIMIT_USD = 100_000;

const sure = 'Are you sure you want to submit this order?';
const yesNo = ['Yes', 'No'];
const acceptOrDecline = ['Decline', 'Accept and Continue'];
const acceptSuppressible = { isSuppressible: true, defaultSuppressionOption: 'Accept and Continue' };

const order = ({ ticket }: Situation): string =>
  `"${ticket.side} ${ticket.quantity} ${describe(ticket.instrument)} ${exchangeOf(ticket.instrument)}"`;

const exchangeOf = (instrument: Instrument): string => instrument.listing;

const farFromMarket = ({ ticket, touch }: Situation): boolean => {
  if (ticket.price === undefined || !['LMT', 'STOP_LIMIT', 'LOC'].includes(ticket.orderType)) return false;
  const reference = marketable(touch, ticket.side);
  return Math.abs(ticket.price - reference) > Math.abs(reference) * PRICE_LIMIT;
};

const isStop = ({ orderType }: Ticket): boolean => orderType === 'STP' || orderType === 'TRAIL';

const isByCash = ({ ticket }: Situation): boolean => ticket.cashQuantity !== undefined;

const offTick = ({ ticket }: Situation): boolean =>
  ticket.price !== undefined && Math.abs(toTick(ticket.price, ticket.instrument.tick) - ticket.price) > 1e-9;

const isNoShareCount = ({ secType }: Instrument): boolean => secType === 'CASH' || secType === 'CRYPTO';

export const questions: Question[] = [
  {
    messageId: 'o163',
    applies: farFromMarket,
    text: (situation) =>
      `The following order ${order(situation)} price exceeds \nthe Percentage constraint of ${PRICE_LIMIT * 100}%.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o354',
    applies: ({ hasMarketData }) => !hasMarketData,
    text: () =>
      'You are submitting an order without market data. We strongly recommend against this as it may result in ' +
      `erroneous and unexpected trades.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o382',
    applies: offTick,
    text: (situation) =>
      `The following order ${order(situation)} price exceeds the Tick Size Limit of ${situation.ticket.instrument.tick}.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o383',
    applies: ({ ticket }) => !isNoShareCount(ticket.instrument) && ticket.quantity > SIZE_LIMIT,
    text: (situation) =>
      `The following order ${order(situation)} size exceeds the Size Limit of ${SIZE_LIMIT}.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o451',
    applies: ({ value }) => value > VALUE_LIMIT_USD,
    text: (situation) =>
      `The following order ${order(situation)} value estimate of ${amount(situation.value, 'USD', 2)} exceeds \n` +
      `the Total Value Limit of ${grouped(VALUE_LIMIT_USD)} USD.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o10151',
    applies: ({ ticket }) => ticket.orderType === 'MKT' && ticket.instrument.secType !== 'CRYPTO',
    text: () =>
      '<h4>Market Order Confirmation</h4>A market order fills at whatever price it finds, which can be far from ' +
      `the last quote when the market is thin or fast.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o10288',
    applies: ({ ticket }) => ticket.orderType === 'MKT' && ticket.instrument.secType === 'CRYPTO',
    text: () => `Market orders in digital assets can trade far from the last quote.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o10331',
    applies: ({ ticket }) => isStop(ticket),
    text: () =>
      'You are about to submit a stop order. Please be aware of the various stop order types available and the ' +
      `risks associated with each one.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o403',
    applies: ({ ticket, touch }) =>
      ticket.orderType === 'STP' &&
      ticket.price !== undefined &&
      crosses(ticket.side, touch.last, ticket.price),
    text: () => `This order will most likely trigger and fill immediately.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o10164',
    applies: isByCash,
    text: () =>
      'Traders are responsible for understanding cash quantity details, which are provided on a best efforts basis ' +
      `only.\n${sure}`,
    options: yesNo,
  },
  {
    messageId: 'o10223',
    applies: isByCash,
    text: () =>
      '<h4>Cash Quantity Order Confirmation</h4>Orders that express size using a monetary value (cash quantity) ' +
      'are provided on a non-guaranteed basis.',
    options: acceptOrDecline,
    more: acceptSuppressible,
  },
  {
    messageId: 'o10153',
    applies: farFromMarket,
    text: ({ ticket, touch }) =>
      '<h4>Confirm Mandatory Cap Price</h4>To avoid trading at a price that is not consistent with a fair and ' +
      'orderly market, this order may be capped (buying) or floored (selling) around ' +
      `<b>${toTick(marketable(touch, ticket.side), ticket.instrument.tick)}</b>.`,
    options: acceptOrDecline,
    more: acceptSuppressible,
  },
];
