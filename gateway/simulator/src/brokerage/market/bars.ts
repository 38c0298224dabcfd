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

const MAX_BARS = 1_000;
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

function isOpen(instrument: Instrument, outsideRth: boolean, ms: number): boolean {
  const { weekday, minuteOfDay } = newYork(ms);
  const [from, to] = sessionMinutes(instrument, outsideRth);
  return (
    (weekday > 0 && weekday < 6 && minuteOfDay >= from && minuteOfDay < to) || instrument.secType === 'CRYPTO'
  );
}

export function makeBars(
  market: Market,
  request: { instrument: Instrument; span: Span; endMs: number; outsideRth: boolean },
): Bar[] {
  const { instrument, span, endMs, outsideRth } = request;
  const count = Math.max(
    1,
    Math.min(MAX_BARS, Math.round(tradingMs(instrument, span.periodMs, outsideRth) / openMs(request))),
  );
  return startsBefore(request, count).map((t) => {
    const untilMs = Math.min(t + openMs(request), endMs);
    const at = (ms: number): number => toTick(market.price(instrument, ms), instrument.tick);
    const path = Array.from({ length: 9 }, (_, step) => at(t + ((untilMs - t) * step) / 8));
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

/** The open part of one bar. */
function openMs({
  instrument,
  span,
  outsideRth,
}: {
  instrument: Instrument;
  span: Span;
  outsideRth: boolean;
}): number {
  return span.barMs < DAY_MS ? span.barMs : tradingMs(instrument, span.barMs, outsideRth);
}

/** How much of a stretch of time the market is open. */
function tradingMs(instrument: Instrument, ms: number, outsideRth: boolean): number {
  if (ms < DAY_MS) return ms;
  const days = ms / DAY_MS;
  const weekdays = instrument.secType === 'CRYPTO' || days < 5 ? days : (days * 5) / 7;
  return weekdays * dayMinutes(instrument, outsideRth) * MINUTE_MS;
}

function startsBefore(
  {
    instrument,
    span,
    endMs,
    outsideRth,
  }: { instrument: Instrument; span: Span; endMs: number; outsideRth: boolean },
  count: number,
): number[] {
  const starts: number[] = [];
  const [openMinute] = sessionMinutes(instrument, outsideRth);
  const byDay = span.barMs >= DAY_MS;
  // Longer bars begin with the session of a day, shorter ones on the clock.
  let at = byDay
    ? newYorkMidnight(endMs) + openMinute * MINUTE_MS
    : Math.floor(endMs / span.barMs) * span.barMs;
  for (let looked = 0; starts.length < count && looked < 50_000; looked += 1) {
    if (at < endMs && isOpen(instrument, outsideRth, at)) {
      starts.unshift(at);
      at -= span.barMs;
    } else at -= byDay ? DAY_MS : span.barMs;
  }
  return starts;
}
