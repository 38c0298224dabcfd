// History: which period goes with which bar, when a market is open, and the bars themselves, cut from the same walk
// as the quotes (period and bar table: IBKR Web API documentation, historical market data).
import type { Instrument } from '../contracts/instrument.ts';
import { round, toTick } from '../figures.ts';
import { lookUp } from '../reading.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, newYork, newYorkMidnight } from '../times.ts';
import type { Market } from './market.ts';

export interface Bar {
  o: number;
  c: number;
  h: number;
  l: number;
  v: number;
  t: number;
}

/** IBKR Web API documentation, historical market data. */
const MAX_BARS = 1_000;
/** How far back bars are looked for: far enough to cross a holiday's worth of closed minutes. */
const MAX_SLOTS = 20_000;
const SAMPLES_A_BAR = 9;
const MONTH_MS = 30 * DAY_MS;
const YEAR_MS = 365 * DAY_MS;

const periodUnits: Record<string, { unitMs: number; most: number }> = {
  S: { unitMs: 1_000, most: 86_400 },
  min: { unitMs: MINUTE_MS, most: 30 },
  h: { unitMs: HOUR_MS, most: 8 },
  d: { unitMs: DAY_MS, most: 1_000 },
  w: { unitMs: 7 * DAY_MS, most: 792 },
  m: { unitMs: MONTH_MS, most: 182 },
  y: { unitMs: YEAR_MS, most: 15 },
};

const bars: Record<string, number> = {
  '1min': MINUTE_MS,
  '2min': 2 * MINUTE_MS,
  '3min': 3 * MINUTE_MS,
  '5min': 5 * MINUTE_MS,
  '10min': 10 * MINUTE_MS,
  '15min': 15 * MINUTE_MS,
  '30min': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '3h': 3 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '1d': DAY_MS,
  '1w': 7 * DAY_MS,
  '1m': MONTH_MS,
};

/** From this period on, these bars are allowed; the last row that applies counts. */
const allowed: { fromMs: number; least: string; most: string; start: string }[] = [
  { fromMs: 0, least: '1min', most: '1min', start: '1min' },
  { fromMs: HOUR_MS, least: '1min', most: '8h', start: '1min' },
  { fromMs: 7 * DAY_MS, least: '10min', most: '1w', start: '15min' },
  { fromMs: MONTH_MS, least: '1h', most: '1m', start: '30min' },
  { fromMs: 3 * MONTH_MS, least: '2h', most: '1m', start: '1d' },
  { fromMs: 6 * MONTH_MS, least: '4h', most: '1m', start: '1d' },
  { fromMs: YEAR_MS, least: '8h', most: '1m', start: '1d' },
  { fromMs: 2 * YEAR_MS, least: '1d', most: '1m', start: '1d' },
  { fromMs: 3 * YEAR_MS, least: '1d', most: '1m', start: '1w' },
  { fromMs: 15 * YEAR_MS, least: '1w', most: '1m', start: '1w' },
];

export interface Span {
  periodMs: number;
  barMs: number;
}

/** undefined when the words are unknown or the bar does not go with the period. */
export function parseSpan(period: string, bar: string | undefined): Span | undefined {
  const [, count = '', unit = ''] = /^(\d+)(S|min|h|d|w|m|y)$/.exec(period) ?? [];
  const known = periodUnits[unit];
  if (known === undefined || Number(count) < 1 || Number(count) > known.most) return undefined;
  const periodMs = Number(count) * known.unitMs;
  const row = allowed.findLast(({ fromMs }) => periodMs >= fromMs);
  if (row === undefined) return undefined;
  const barMs = lookUp(bars, bar ?? row.start);
  if (barMs === undefined) return undefined;
  const fits = barMs >= (bars[row.least] ?? 0) && barMs <= (bars[row.most] ?? 0);
  return fits || bar === undefined || bar === row.start ? { periodMs, barMs } : undefined;
}

const sessions = {
  us: { plain: [570, 960], extended: [240, 1200] },
  eu: { plain: [180, 690], extended: [120, 960] },
  always: { plain: [0, 1440], extended: [0, 1440] },
} as const;

/** From and to, in minutes of the New York day. */
export function sessionMinutes(instrument: Instrument, extended: boolean): readonly [number, number] {
  return sessions[instrument.hours][extended ? 'extended' : 'plain'];
}

export function dayMinutes(instrument: Instrument, outsideRth: boolean): number {
  const [from, to] = sessionMinutes(instrument, outsideRth);
  return to - from;
}

/** Where a slot of the clock meets the session of its day; undefined outside. */
function startInSession(
  instrument: Instrument,
  outsideRth: boolean,
  slotMs: number,
  barMs: number,
): number | undefined {
  const { weekday, minuteOfDay } = newYork(slotMs);
  const [from, to] = sessionMinutes(instrument, outsideRth);
  if ((weekday === 0 || weekday === 6) && instrument.secType !== 'CRYPTO') return undefined;
  if (minuteOfDay >= to || minuteOfDay + barMs / MINUTE_MS <= from) return undefined;
  return slotMs + Math.max(0, from - minuteOfDay) * MINUTE_MS;
}

export interface BarRequest {
  instrument: Instrument;
  span: Span;
  endMs: number;
  outsideRth: boolean;
}

export function makeBars(market: Market, request: BarRequest): Bar[] {
  const { instrument, span, endMs } = request;
  const at = (ms: number): number => toTick(market.price(instrument, ms), instrument.tick);
  return startsBefore(request, countOf(request)).map((t) => {
    const untilMs = Math.min(t + openMs(request), endMs);
    const path = Array.from({ length: SAMPLES_A_BAR }, (_, step) =>
      at(t + ((untilMs - t) * step) / (SAMPLES_A_BAR - 1)),
    );
    return {
      o: at(t),
      c: at(untilMs),
      h: Math.max(...path),
      l: Math.min(...path),
      v: round(market.volume(instrument, t, t + span.barMs) / 100, 3),
      t,
    };
  });
}

function countOf({ instrument, span, outsideRth }: BarRequest): number {
  const { periodMs, barMs } = span;
  if (periodMs < DAY_MS) return Math.ceil(periodMs / barMs);
  const days = Math.round(tradingDays(instrument, periodMs));
  const count =
    barMs >= DAY_MS
      ? Math.ceil(days / tradingDays(instrument, barMs))
      : days * Math.ceil((dayMinutes(instrument, outsideRth) * MINUTE_MS) / barMs);
  return Math.min(MAX_BARS, count);
}

/** The open part of one bar. */
function openMs({ instrument, span, outsideRth }: BarRequest): number {
  if (span.barMs < DAY_MS) return span.barMs;
  return tradingDays(instrument, span.barMs) * dayMinutes(instrument, outsideRth) * MINUTE_MS;
}

/** From a week on, weekends do not count. */
function tradingDays(instrument: Instrument, ms: number): number {
  const days = ms / DAY_MS;
  return instrument.secType === 'CRYPTO' || days < 7 ? days : (days * 5) / 7;
}

function startsBefore({ instrument, span, endMs, outsideRth }: BarRequest, count: number): number[] {
  const starts: number[] = [];
  const [openMinute] = sessionMinutes(instrument, outsideRth);
  const byDay = span.barMs >= DAY_MS;
  // Longer bars begin with the session of a day, shorter ones on the clock.
  let slotMs = byDay
    ? newYorkMidnight(endMs) + openMinute * MINUTE_MS
    : Math.floor(endMs / span.barMs) * span.barMs;
  for (let looked = 0; starts.length < count && looked < MAX_SLOTS; looked += 1) {
    const start = startInSession(instrument, outsideRth, slotMs, byDay ? MINUTE_MS : span.barMs);
    const found = start !== undefined && start < endMs;
    if (found) starts.unshift(start);
    slotMs -= byDay && !found ? DAY_MS : span.barMs;
  }
  return starts;
}
