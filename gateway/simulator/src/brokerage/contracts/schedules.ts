// Trading hours, in the two shapes the API has for them: keyed by date with moments, and a list by venue with texts.
import type { Handlers } from '../../call.ts';
import { badRequest, serverError } from '../refusal.ts';
import { sessionMinutes } from '../market/bars.ts';
import { DAY_MS, dayStamp, MINUTE_MS, newYork, newYorkMidnight } from '../times.ts';
import type { World } from '../world.ts';
import type { Instrument } from './instrument.ts';

const DAYS = 6;

export const scheduleHandlers: Handlers = {
  getTradingSchedule: (call, world) => {
    const instrument = world.contracts.find(Number(call.query.get('conid')));
    if (instrument === undefined) throw badRequest('conid is not valid');
    return { json: { exchange_time_zone: 'US/Eastern', schedules: byDate(world, instrument) } };
  },

  getTradingScheduleBySymbol: (call, world) => {
    const symbol = call.query.get('symbol');
    const assetClass = call.query.get('assetClass');
    if (symbol === null || assetClass === null) throw badRequest('assetClass and symbol are required');
    const exchange = call.query.get('exchange')?.toUpperCase();
    const found = world.contracts
      .bySymbol(symbol)
      .filter(
        ({ secType, listing }) =>
          secType === assetClass.toUpperCase() && (exchange === undefined || exchange === listing),
      );
    if (found.length === 0) throw serverError(`No schedule for ${symbol}.`);
    return { json: found.map((instrument) => venue(world, instrument)) };
  },
};

/** New York midnights of the next days on which the market opens. */
function tradingDays(world: World): number[] {
  const today = newYorkMidnight(world.clock.now());
  return Array.from({ length: DAYS + 3 }, (_, index) => newYorkMidnight(today + index * DAY_MS + DAY_MS / 2))
    .filter((ms) => ![0, 6].includes(newYork(ms).weekday))
    .slice(0, DAYS);
}

function byDate(world: World, instrument: Instrument): Record<string, unknown> {
  const hours = (dayMs: number, extended: boolean): { opening: number; closing: number } => {
    const [from, to] = sessionMinutes(instrument, extended);
    return { opening: (dayMs + from * MINUTE_MS) / 1_000, closing: (dayMs + to * MINUTE_MS) / 1_000 };
  };
  return Object.fromEntries(
    tradingDays(world).map((dayMs) => [
      dayStamp(dayMs),
      {
        extended_hours: [{ ...hours(dayMs, true), cancel_daily_orders: true }],
        liquid_hours: [hours(dayMs, false)],
      },
    ]),
  );
}

function venue(world: World, instrument: Instrument): Record<string, unknown> {
  const clockText = (minute: number): string =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}${String(minute % 60).padStart(2, '0')}`;
  const [from, to] = sessionMinutes(instrument, true);
  const [liquidFrom, liquidTo] = sessionMinutes(instrument, false);
  return {
    id: `p${instrument.conid}`,
    tradeVenueId: `v${instrument.conid % 10_000}`,
    exchange: instrument.listing,
    description: instrument.listing,
    timezone: 'America/New_York',
    schedules: tradingDays(world).map((dayMs) => ({
      clearingCycleEndTime: clockText(to % 1440),
      tradingScheduleDate: dayStamp(dayMs),
      sessions: [
        { openingTime: clockText(liquidFrom), closingTime: clockText(liquidTo % 1440), prop: 'LIQUID' },
      ],
      tradingtimes: [
        {
          openingTime: clockText(from),
          closingTime: clockText(to % 1440),
          prop: 'LIQUID',
          cancelDayOrders: 'Y',
        },
      ],
    })),
  };
}
