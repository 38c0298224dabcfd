// Options and futures that follow the clock: the next months of a chain always exist. A conid carries underlying,
// month, strike and right, so that one seen last week still means the same contract.
import { nthWeekday } from '../times.ts';
import type { Instrument } from './instrument.ts';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const FRIDAY = 5;
/** 20:00 UTC, about the close of New York. */
const EXPIRY_HOUR_MS = 20 * 3_600_000;

const OPTION_CONIDS = 710_000_000;
const FUTURE_CONIDS = 705_000_000;
const STRIKES_EACH_SIDE = 10;
const STRIKES = 2 * STRIKES_EACH_SIDE + 1;
const PER_MONTH = STRIKES * 2;
const MONTHS_IN_RANGE = 600;
const PER_UNDERLYING = PER_MONTH * MONTHS_IN_RANGE;
const FIRST_YEAR = 2000;

/** Months since January 2000. */
export type MonthNumber = number;

export function monthOf(ms: number): MonthNumber {
  const date = new Date(ms);
  return (date.getUTCFullYear() - FIRST_YEAR) * 12 + date.getUTCMonth();
}

/** "APR26" */
export function monthName(month: MonthNumber): string {
  return `${MONTHS[month % 12] ?? ''}${String(FIRST_YEAR + Math.floor(month / 12)).slice(2)}`;
}

export function parseMonth(text: string): MonthNumber | undefined {
  const index = MONTHS.indexOf(text.slice(0, 3).toUpperCase());
  if (index === -1 || !/^\d\d$/.test(text.slice(3))) return undefined;
  return Number(text.slice(3)) * 12 + index;
}

export function expiryMsOf(month: MonthNumber): number {
  return nthWeekday(FIRST_YEAR + Math.floor(month / 12), month % 12, FRIDAY, 3) + EXPIRY_HOUR_MS;
}

/** The months whose third Friday is still ahead. */
export function openMonths(nowMs: number, count: number, every = 1): MonthNumber[] {
  const months: MonthNumber[] = [];
  for (let month = monthOf(nowMs); months.length < count; month += 1) {
    if ((month + 1) % every === 0 && expiryMsOf(month) > nowMs) months.push(month);
  }
  return months;
}

/** Round steps of about 2.5% of the price. */
export function strikeStep(price: number): number {
  const rough = price * 0.025;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10;
  return step * magnitude;
}

export function strikesOf(underlying: Instrument): number[] {
  const step = strikeStep(underlying.basePrice);
  const middle = Math.round(underlying.basePrice / step);
  return Array.from({ length: STRIKES }, (_, index) => (middle - STRIKES_EACH_SIDE + index) * step);
}

export function optionOf(options: {
  underlying: Instrument;
  /** Its place among the underlyings that have options. */
  place: number;
  month: MonthNumber;
  strikeIndex: number;
  right: 'C' | 'P';
}): Instrument {
  const { underlying, place, month, strikeIndex, right } = options;
  const strike = strikesOf(underlying)[strikeIndex] ?? 0;
  return {
    ...underlying,
    conid:
      OPTION_CONIDS + place * PER_UNDERLYING + month * PER_MONTH + strikeIndex * 2 + (right === 'C' ? 0 : 1),
    secType: 'OPT',
    stockType: '',
    exchanges: ['SMART', 'AMEX', 'CBOE', 'PHLX', 'PSE', 'ISE', 'BOX', 'BATS', 'NASDAQOM', 'MIAX', 'EDGX'],
    tick: 0.01,
    multiplier: 100,
    dailyVolume: 1_500,
    hasOptions: false,
    derivative: derivativeOf(underlying.conid, month, strike, right),
  };
}

export interface OptionPlace {
  place: number;
  month: MonthNumber;
  strikeIndex: number;
  right: 'C' | 'P';
}

export function parseOptionConid(conid: number): OptionPlace | undefined {
  const offset = conid - OPTION_CONIDS;
  if (offset < 0) return undefined;
  const inUnderlying = offset % PER_UNDERLYING;
  const inMonth = inUnderlying % PER_MONTH;
  return {
    place: Math.floor(offset / PER_UNDERLYING),
    month: Math.floor(inUnderlying / PER_MONTH),
    strikeIndex: Math.floor(inMonth / 2),
    right: inMonth % 2 === 0 ? 'C' : 'P',
  };
}

export function futureOf(underlying: Instrument, month: MonthNumber): Instrument {
  return {
    ...underlying,
    conid: FUTURE_CONIDS + month,
    secType: 'FUT',
    multiplier: 50,
    dailyVolume: 1_200_000,
    derivative: derivativeOf(underlying.conid, month, 0, null),
  };
}

export function parseFutureConid(conid: number): MonthNumber | undefined {
  const month = conid - FUTURE_CONIDS;
  return month >= 0 && month < MONTHS_IN_RANGE ? month : undefined;
}

function derivativeOf(
  underlyingConid: number,
  month: MonthNumber,
  strike: number,
  right: 'C' | 'P' | null,
): Instrument['derivative'] {
  const expiryMs = expiryMsOf(month);
  const expiry = new Date(expiryMs).toISOString().slice(0, 10).replaceAll('-', '');
  return { underlyingConid, expiry, expiryMs, month: monthName(month), strike, right };
}
