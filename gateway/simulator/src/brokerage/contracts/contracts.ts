// Every instrument by conid, symbol or chain, and which underlyings this session has searched for: chains stay
// empty until then (IBKR Web API documentation, option chains).
import type { Clock } from '../../clock.ts';
import {
  futureOf,
  monthName,
  openMonths,
  optionOf,
  parseFutureConid,
  parseMonth,
  parseOptionConid,
  strikesOf,
} from './derived.ts';
import type { Instrument } from './instrument.ts';
import { filler, listed } from './listed.ts';

const OPTION_MONTHS = 6;
const FUTURE_QUARTERS = 4;

export interface Contracts {
  listed: Instrument[];
  find(conid: number): Instrument | undefined;
  bySymbol(symbol: string): Instrument[];
  /** "APR26", nearest first. */
  optionMonths(): string[];
  options(underlying: Instrument, month: string): Instrument[];
  futures(underlying: Instrument): Instrument[];
  searched: Set<number>;
}

export function createContracts(deps: { clock: Clock; fillers: number }): Contracts {
  const all = [...listed, ...Array.from({ length: deps.fillers }, (_, index) => filler(index + 1))];
  const byConid = new Map(all.map((instrument) => [instrument.conid, instrument]));
  const optionable = listed.filter((instrument) => instrument.hasOptions);
  const emini = listed.find((instrument) => instrument.symbol === 'ES');

  const derived = (conid: number): Instrument | undefined => {
    const month = parseFutureConid(conid);
    if (month !== undefined && emini !== undefined) return futureOf(emini, month);
    const option = parseOptionConid(conid);
    const underlying = option && optionable[option.place];
    return option && underlying && optionOf({ underlying, ...option });
  };

  return {
    listed: all,
    find: (conid) => byConid.get(conid) ?? derived(conid),
    bySymbol: (symbol) => {
      const wanted = symbol.toUpperCase();
      return all.filter((instrument) => instrument.symbol === wanted);
    },
    optionMonths: () => openMonths(deps.clock.now(), OPTION_MONTHS).map(monthName),
    options: (underlying, monthText) => {
      const place = optionable.indexOf(underlying);
      const month = parseMonth(monthText);
      if (
        place === -1 ||
        month === undefined ||
        !openMonths(deps.clock.now(), OPTION_MONTHS).includes(month)
      ) {
        return [];
      }
      return strikesOf(underlying).flatMap((_, strikeIndex) =>
        (['C', 'P'] as const).map((right) => optionOf({ underlying, place, month, strikeIndex, right })),
      );
    },
    futures: (underlying) =>
      underlying.symbol === 'ES'
        ? openMonths(deps.clock.now(), FUTURE_QUARTERS, 3).map((month) => futureOf(underlying, month))
        : [],
    searched: new Set(),
  };
}

/** "AAPL", "EUR.USD", "ES JUN26", "AAPL APR2026 210 C": how positions and orders name a contract. */
export function describe(instrument: Instrument): string {
  const { symbol, derivative } = instrument;
  if (instrument.secType === 'CASH') return `${symbol}.${instrument.currency}`;
  if (derivative === null) return symbol;
  if (derivative.right === null) return `${symbol} ${derivative.month}`;
  const month = `${derivative.month.slice(0, 3)}20${derivative.month.slice(3)}`;
  return `${symbol} ${month} ${derivative.strike} ${derivative.right}`;
}
