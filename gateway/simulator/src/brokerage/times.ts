// The four ways the brokerage writes a moment, all in UTC, and the New York calendar its day runs by.

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

const digits = (value: number): string => String(value).padStart(2, '0');

/** "20260402" */
export function dayStamp(ms: number): string {
  const date = new Date(ms);
  return `${date.getUTCFullYear()}${digits(date.getUTCMonth() + 1)}${digits(date.getUTCDate())}`;
}

/** "20260402-13:30:00" */
export function stamp(ms: number): string {
  return `${dayStamp(ms)}-${new Date(ms).toISOString().slice(11, 19)}`;
}

/** "260402133000" */
export function shortStamp(ms: number): string {
  return stamp(ms).slice(2).replace(/[-:]/g, '');
}

export interface LocalTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  /** 0 is Sunday. */
  weekday: number;
  minuteOfDay: number;
}

/** The clock on the wall in New York. */
export function newYork(ms: number): LocalTime {
  const local = new Date(ms + newYorkOffsetMs(ms));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes(),
  };
}

/** Midnight in New York before `ms`: the trading day of accounts in the United States begins there. */
export function newYorkMidnight(ms: number): number {
  const offsetMs = newYorkOffsetMs(ms);
  const localMidnight = Math.floor((ms + offsetMs) / DAY_MS) * DAY_MS;
  return localMidnight - newYorkOffsetMs(localMidnight - offsetMs);
}

/** Summer time runs from 02:00 on the second Sunday of March to 02:00 on the first Sunday of November. */
export function newYorkOffsetMs(ms: number): number {
  const year = new Date(ms).getUTCFullYear();
  const from = sunday(year, 2, 2) + 7 * HOUR_MS;
  const to = sunday(year, 10, 1) + 6 * HOUR_MS;
  return ms >= from && ms < to ? -4 * HOUR_MS : -5 * HOUR_MS;
}

function sunday(year: number, monthIndex: number, nth: number): number {
  return nthWeekday(year, monthIndex, 0, nth);
}

/** Midnight UTC of, say, the third Friday of a month: `nthWeekday(2026, 3, 5, 3)`. Months count from 0. */
export function nthWeekday(year: number, monthIndex: number, weekday: number, nth: number): number {
  const first = Date.UTC(year, monthIndex, 1);
  const lead = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first + (lead + (nth - 1) * 7) * DAY_MS;
}
