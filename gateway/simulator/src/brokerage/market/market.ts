// Prices: the walk, pins set from outside, and what a quote says about them. The simulated market trades at all
// hours unless the scenario closes it, so that a bot can be tried at night.
import type { Clock } from '../../clock.ts';
import type { Contracts } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { round, toTick } from '../figures.ts';
import { DAY_MS, HOUR_MS, newYorkMidnight } from '../times.ts';
import { optionValue, type OptionValue } from './option-price.ts';
import { mix, noise, walk } from './walk.ts';

/** The top of the market. */
export interface Touch {
  last: number;
  bid: number;
  ask: number;
}

export interface Quote extends Touch {
  bidSize: number;
  askSize: number;
  lastSize: number;
  open: number;
  high: number;
  low: number;
  /** Of the day before. */
  close: number;
  volume: number;
}

export interface Market {
  /** The middle of the market, unrounded for derivatives' sake. */
  price(instrument: Instrument, atMs?: number): number;
  touch(instrument: Instrument): Touch;
  /** The same with the day around it. */
  quote(instrument: Instrument): Quote;
  greeks(instrument: Instrument): OptionValue | undefined;
  /** Holds a price where it is told from now on. */
  pin(conid: number, price: number): void;
  /** What one unit of `from` costs in `to`. */
  rate(from: string, to: string): number;
  /** The volume traded between two moments. */
  volume(instrument: Instrument, fromMs: number, toMs: number): number;
  closed: boolean;
  halted(conid: number): boolean;
}

const YEAR_DAYS = 252;
/** New York closes at 16:00. */
const CLOSED_MS = 8 * HOUR_MS;
const SAMPLES_A_DAY = 24;
/** Futures stand a little above their index. */
const CARRY = 1.003;

export function createMarket(deps: {
  clock: Clock;
  contracts: Contracts;
  seed: number;
  closed: boolean;
  halted: number[];
}): Market {
  const { clock, contracts, seed } = deps;
  const closingMs = newYorkMidnight(clock.now()) - CLOSED_MS;
  const now = (): number => (deps.closed ? closingMs : clock.now());
  const pins = new Map<number, { price: number; fromMs: number }>();

  const walked = (instrument: Instrument, atMs: number): number =>
    instrument.basePrice * Math.exp(walk(seed, instrument.conid, atMs) * instrument.dailyVolatility);

  const valueOf = (instrument: Instrument, atMs: number): OptionValue | undefined => {
    const { derivative } = instrument;
    if (derivative === null || derivative.right === null) return undefined;
    const underlying = contracts.find(derivative.underlyingConid);
    if (underlying === undefined) return undefined;
    return optionValue({
      spot: price(underlying, atMs),
      strike: derivative.strike,
      right: derivative.right,
      volatility: underlying.dailyVolatility * Math.sqrt(YEAR_DAYS),
      leftMs: derivative.expiryMs - atMs,
    });
  };

  const price = (instrument: Instrument, atMs = now()): number => {
    const pin = pins.get(instrument.conid);
    if (pin !== undefined && atMs >= pin.fromMs) return pin.price;
    if (instrument.derivative === null) return walked(instrument, atMs);
    const value = valueOf(instrument, atMs);
    if (value !== undefined) return Math.max(value.price, instrument.tick);
    const underlying = contracts.find(instrument.derivative.underlyingConid);
    return underlying === undefined ? instrument.basePrice : price(underlying, atMs) * CARRY;
  };

  const volume = (instrument: Instrument, fromMs: number, toMs: number): number => {
    const days = (toMs - fromMs) / DAY_MS;
    const mood = noise(mix(seed, instrument.conid), Math.floor(fromMs / HOUR_MS));
    return Math.max(0, Math.round(instrument.dailyVolume * days * (1 + mood * 0.3)));
  };

  const touch = (instrument: Instrument): Touch => {
    const { tick } = instrument;
    const last = toTick(price(instrument), tick);
    const half = Math.max(tick / 2, last * 0.00005);
    const bid = toTick(Math.max(last - half, 0), tick);
    return { last, bid, ask: bid === last ? toTick(last + tick, tick) : toTick(last + half, tick) };
  };

  const quote = (instrument: Instrument): Quote => {
    const nowMs = now();
    const top = touch(instrument);
    const { last } = top;
    const at = (ms: number): number => toTick(price(instrument, ms), instrument.tick);
    const dayMs = newYorkMidnight(nowMs);
    const path = Array.from({ length: SAMPLES_A_DAY }, (_, index) => dayMs + (index * DAY_MS) / SAMPLES_A_DAY)
      .filter((ms) => ms < nowMs)
      .map(at);
    const size = (salt: number): number =>
      Math.ceil((noise(mix(seed, salt), Math.floor(nowMs / 2_000)) + 1.01) * 6) * 100;
    return {
      ...top,
      bidSize: size(instrument.conid),
      askSize: size(instrument.conid + 1),
      lastSize: Math.ceil(size(instrument.conid + 2) / 4),
      open: path[0] ?? last,
      high: Math.max(last, ...path),
      low: Math.min(last, ...path),
      close: at(dayMs - CLOSED_MS),
      volume: volume(instrument, dayMs, nowMs),
    };
  };

  const dollars = (currency: string): number => {
    if (currency === 'USD') return 1;
    const direct = contracts.listed.find(
      ({ secType, symbol, currency: quoted }) =>
        secType === 'CASH' && symbol === currency && quoted === 'USD',
    );
    if (direct !== undefined) return price(direct);
    const inverse = contracts.listed.find(
      ({ secType, symbol, currency: quoted }) =>
        secType === 'CASH' && symbol === 'USD' && quoted === currency,
    );
    return inverse === undefined ? 1 : 1 / price(inverse);
  };

  return {
    price,
    touch,
    quote,
    greeks: (instrument) => valueOf(instrument, now()),
    pin: (conid, at) => void pins.set(conid, { price: at, fromMs: now() }),
    rate: (from, to) => (from === to ? 1 : round(dollars(from) / dollars(to), 8)),
    volume,
    closed: deps.closed,
    halted: (conid) => deps.halted.includes(conid),
  };
}
