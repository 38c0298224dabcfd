// Historical bars over REST, under /iserver and the older /hmds, and on the `smh` topic.
import type { Answer, Call, Handlers } from '../../call.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { decimals, round } from '../figures.ts';
import { toFlag } from '../reading.ts';
import { badRequest, serverError } from '../refusal.ts';
import { MINUTE_MS, stamp } from '../times.ts';
import type { World } from '../world.ts';
import { dayMinutes, makeBars, parseSpan, type Bar } from './bars.ts';

/** Long enough for five to be under way at once. */
const TRAVEL_MS = 150;

export const historyHandlers: Handlers = {
  getMdHistory: restHistory,
  getHmdsHistory: restHistory,
};

export interface HistoryRequest {
  period: string;
  bar: string | undefined;
  outsideRth: boolean;
  /** "20260402-13:30:00": where the bars end. */
  startTime: string | undefined;
  serverId: string;
}

export function history(
  world: World,
  instrument: Instrument,
  request: HistoryRequest,
): Record<string, unknown> {
  const span = parseSpan(request.period, request.bar);
  if (span === undefined)
    throw badRequest(`bar ${request.bar ?? ''} is not valid for period ${request.period}`);
  const endMs = parseStamp(request.startTime) ?? world.clock.now();
  const { outsideRth } = request;
  const data = makeBars(world.market, { instrument, span, endMs, outsideRth });
  const [first] = data;
  if (first === undefined) throw serverError('Chart data unavailable');
  const digits = decimals(instrument.tick);
  const extreme = (pick: (a: Bar, b: Bar) => Bar, price: (bar: Bar) => number): string => {
    const bar = data.reduce(pick);
    return `${Math.round(price(bar) * 10 ** digits)}/${bar.v}/${Math.round((bar.t - first.t) / MINUTE_MS)}`;
  };
  return {
    serverId: request.serverId,
    symbol: instrument.symbol,
    text: instrument.name,
    priceFactor: 10 ** digits,
    startTime: stamp(first.t),
    high: extreme(
      (a, b) => (b.h > a.h ? b : a),
      ({ h }) => h,
    ),
    low: extreme(
      (a, b) => (b.l < a.l ? b : a),
      ({ l }) => l,
    ),
    timePeriod: request.period,
    barLength: round(span.barMs / 1_000, 0),
    mdAvailability: 'S',
    mktDataDelay: 0,
    outsideRth,
    tradingDayDuration: dayMinutes(instrument, outsideRth),
    volumeFactor: 100,
    priceDisplayRule: 1,
    priceDisplayValue: String(digits),
    negativeCapable: false,
    messageVersion: 2,
    data,
    points: data.length - 1,
    travelTime: TRAVEL_MS,
  };
}

function restHistory(call: Call, world: World): Answer {
  const conid = call.query.get('conid');
  if (conid === null) throw badRequest('conid needed');
  const instrument = world.contracts.find(Number(conid.split('@')[0]));
  if (instrument === undefined) throw serverError('Chart data unavailable');
  const json = history(world, instrument, {
    period: call.query.get('period') ?? '1w',
    bar: call.query.get('bar') ?? undefined,
    outsideRth: toFlag(call.query.get('outsideRth')),
    startTime: call.query.get('startTime') ?? undefined,
    serverId: String(world.random.integer(1_000_000, 9_999_999)),
  });
  return { json, delayMs: TRAVEL_MS };
}

function parseStamp(text: string | undefined): number | undefined {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)-(\d\d:\d\d:\d\d)$/.exec(text ?? '') ?? [];
  if (time === undefined) return undefined;
  return Date.parse(`${year ?? ''}-${month ?? ''}-${day ?? ''}T${time}Z`);
}
