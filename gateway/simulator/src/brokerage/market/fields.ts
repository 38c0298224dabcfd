// The market data fields by their number (IBKR Web API documentation, market data fields). Values are text unless
// noted; a field without a value is left out of the answer.
import type { Contracts } from '../contracts/contracts.ts';
import { describe } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { decimals, grouped, round, short } from '../figures.ts';
import { lookUp } from '../reading.ts';
import type { Position } from '../portfolio/book.ts';
import { DAY_MS } from '../times.ts';
import type { Market, Quote } from './market.ts';

export interface FieldSource {
  instrument: Instrument;
  contracts: Contracts;
  market: Market;
  quote: Quote;
  /** What the selected account holds of it. */
  position: Position | undefined;
  nowMs: number;
}

type Field = (source: FieldSource) => string | number | undefined;

const priceText = (source: FieldSource, value: number): string =>
  value.toFixed(decimals(source.instrument.tick));

const price =
  (pick: (quote: Quote) => number): Field =>
  (source) =>
    source.instrument.subscribed ? priceText(source, pick(source.quote)) : undefined;

const size =
  (pick: (quote: Quote) => number): Field =>
  (source) =>
    source.instrument.subscribed && source.instrument.secType !== 'IND'
      ? grouped(pick(source.quote))
      : undefined;

const percent = (value: number): string => `${round(value * 100, 2).toFixed(2)}%`;

const held =
  (pick: (position: Position, source: FieldSource) => string | number): Field =>
  (source) =>
    source.position === undefined ? undefined : pick(source.position, source);

const greek =
  (name: 'delta' | 'gamma' | 'theta' | 'vega'): Field =>
  ({ market, instrument }) =>
    market.greeks(instrument)?.[name].toFixed(3);

const volatility = ({ instrument }: FieldSource): number => instrument.dailyVolatility * Math.sqrt(252);

const marketValue = (position: Position, { quote, instrument }: FieldSource): number =>
  position.quantity * quote.last * instrument.multiplier;
const unrealized = (position: Position, source: FieldSource): number =>
  marketValue(position, source) - position.quantity * position.averageCost;
const daily = (position: Position, { quote, instrument }: FieldSource): number =>
  position.quantity * (quote.last - quote.close) * instrument.multiplier;

/** The exponential average of so many days is imitated by the price half as long ago. */
const average =
  (days: number): Field =>
  (source) =>
    priceText(source, source.market.price(source.instrument, source.nowMs - (days / 2) * DAY_MS));

const extreme =
  (pick: (...prices: number[]) => number): Field =>
  (source) => {
    const weeks = Array.from({ length: 52 }, (_, week) => source.nowMs - week * 7 * DAY_MS);
    const prices = weeks.map((ms) => source.market.price(source.instrument, ms));
    return priceText(source, pick(source.quote.last, ...prices));
  };

export const marketFields: Record<string, Field> = {
  '31': (source) => {
    if (!source.instrument.subscribed) return 'N/A';
    const mark = source.market.halted(source.instrument.conid) ? 'H' : source.market.closed ? 'C' : '';
    return mark + priceText(source, mark === 'C' ? source.quote.close : source.quote.last);
  },
  '55': ({ instrument }) => (instrument.subscribed ? instrument.symbol : '-'),
  '58': ({ instrument }) => instrument.name,
  '70': price((quote) => quote.high),
  '71': price((quote) => quote.low),
  '73': held((position, source) => grouped(marketValue(position, source))),
  '74': held(({ averageCost }, { instrument }) => (averageCost / instrument.multiplier).toFixed(2)),
  '75': held((position, source) => grouped(unrealized(position, source))),
  '76': held(({ quantity }) => grouped(quantity)),
  '77': held((position, source) => grouped(unrealized(position, source))),
  '78': held((position, source) => grouped(daily(position, source))),
  '79': held(({ realized }) => grouped(realized)),
  '80': held((position, source) =>
    percent(unrealized(position, source) / Math.abs(position.quantity * position.averageCost || 1)),
  ),
  '82': price((quote) => quote.last - quote.close),
  '83': ({ instrument, quote }) =>
    instrument.subscribed ? percent(quote.last / quote.close - 1) : undefined,
  '84': price((quote) => quote.bid),
  '85': size((quote) => quote.askSize),
  '86': price((quote) => quote.ask),
  '87': ({ instrument, quote }) => (instrument.dailyVolume > 0 ? short(quote.volume) : undefined),
  '88': size((quote) => quote.bidSize),
  '201': ({ instrument }) => instrument.derivative?.right ?? undefined,
  '6004': ({ instrument }) => instrument.listing,
  '6008': ({ instrument }) => instrument.conid,
  '6070': ({ instrument }) => instrument.secType,
  '6072': ({ instrument, contracts }) =>
    instrument.hasOptions ? contracts.optionMonths().join(';') : undefined,
  '6073': ({ instrument }) => instrument.derivative?.expiry,
  '6457': ({ instrument }) => instrument.derivative?.underlyingConid,
  '7051': ({ instrument }) => instrument.name,
  '7057': ({ instrument }) => (instrument.subscribed ? instrument.exchanges.at(-1) : undefined),
  '7058': ({ instrument }) => (instrument.subscribed ? instrument.exchanges.at(-1) : undefined),
  '7059': size((quote) => quote.lastSize),
  '7068': ({ instrument }) => (instrument.subscribed ? instrument.exchanges.at(-1) : undefined),
  '7084': (source) => (source.instrument.hasOptions ? percent(1.05) : undefined),
  '7087': (source) => percent(volatility(source)),
  '7088': (source) => percent(volatility(source)),
  '7094': ({ instrument }) => `${instrument.conid}@${instrument.exchanges[0] ?? ''}`,
  '7184': ({ instrument }) => (instrument.secType === 'IND' ? '0' : '1'),
  '7219': ({ instrument }) => describe(instrument),
  '7220': ({ instrument }) => describe(instrument),
  '7221': ({ instrument }) => instrument.listing,
  '7280': ({ instrument }) => instrument.group || undefined,
  '7281': ({ instrument }) => instrument.category || undefined,
  '7282': ({ instrument }) => (instrument.dailyVolume > 0 ? short(instrument.dailyVolume) : undefined),
  '7283': (source) => (source.instrument.hasOptions ? percent(volatility(source)) : undefined),
  '7292': held(({ quantity, averageCost }) => grouped(quantity * averageCost)),
  '7293': extreme(Math.max),
  '7294': extreme(Math.min),
  '7295': price((quote) => quote.open),
  '7296': price((quote) => quote.close),
  '7308': greek('delta'),
  '7309': greek('gamma'),
  '7310': greek('theta'),
  '7311': greek('vega'),
  '7633': (source) => (source.instrument.secType === 'OPT' ? percent(volatility(source)) : undefined),
  '7635': price((quote) => (quote.bid + quote.ask) / 2),
  '7636': ({ instrument }) =>
    instrument.secType === 'STK' ? grouped(instrument.dailyVolume / 10) : undefined,
  '7637': ({ instrument }) => (instrument.secType === 'STK' ? '0.25%' : undefined),
  '7638': ({ instrument }) =>
    instrument.secType === 'OPT' ? grouped(instrument.dailyVolume * 4) : undefined,
  '7639': held(() => '0%'),
  '7644': ({ instrument }) => (instrument.secType === 'STK' ? '3.0' : undefined),
  '7674': average(200),
  '7675': average(100),
  '7676': average(50),
  '7677': average(20),
  '7682': price((quote) => quote.last - quote.open),
  '7697': ({ instrument }) => (instrument.secType === 'FUT' ? short(instrument.dailyVolume * 2) : undefined),
  '7714': ({ instrument }) => instrument.derivative?.expiry,
  '7741': price((quote) => quote.close),
  '7762': ({ instrument, quote }) => (instrument.dailyVolume > 0 ? String(quote.volume) : undefined),
  '7768': () => '1',
  '7920': held((position, source) => String(round(daily(position, source), 2))),
  '7921': held(({ quantity, averageCost }) => String(round(quantity * averageCost, 2))),
};

/** 6509: realtime, frozen after hours; with P the snapshot and B the book (documented letters). */
export function availability(source: FieldSource): string | undefined {
  if (!source.instrument.subscribed) return undefined;
  return source.market.closed ? 'ZB' : 'RpB';
}

export function fieldValues(source: FieldSource, codes: string[]): Record<string, string | number> {
  const entries = codes.flatMap((code) => {
    const value = lookUp(marketFields, code)?.(source);
    return value === undefined ? [] : [[code, value] as const];
  });
  return Object.fromEntries(entries);
}
