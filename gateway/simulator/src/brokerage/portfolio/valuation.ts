// What an account is worth at this moment: every balance, margin and profit in any answer comes from here.
import type { Clock } from '../../clock.ts';
import type { Contracts } from '../contracts/contracts.ts';
import type { Instrument, SecType } from '../contracts/instrument.ts';
import type { Market } from '../market/market.ts';
import { newYorkMidnight } from '../times.ts';
import { openPositions, type Account, type Position } from './book.ts';

export interface ValuedPosition extends Position {
  instrument: Instrument;
  price: number;
  /** In the instrument's currency. */
  value: number;
  unrealized: number;
  /** One unit of the instrument's currency in dollars. */
  rate: number;
}

/** All amounts in dollars. */
export interface Valuation {
  positions: ValuedPosition[];
  cash: number;
  bySecType: Record<SecType, number>;
  netLiquidation: number;
  grossPosition: number;
  unrealized: number;
  realized: number;
  dailyProfit: number;
  initialMargin: number;
  maintenanceMargin: number;
  availableFunds: number;
  excessLiquidity: number;
  buyingPower: number;
}

interface Deps {
  clock: Clock;
  contracts: Contracts;
  market: Market;
}

/** Shares of the position's value; the E-mini's is a fixed amount a contract. */
const initialShare: Record<SecType, number> = {
  STK: 0.3,
  OPT: 0,
  FUT: 0,
  CASH: 0,
  BOND: 0.2,
  CRYPTO: 1,
  IND: 0,
};
const FUTURE_MARGIN = 15_000;
const MAINTENANCE = 0.9;
/** Margin accounts of pattern day traders: four times the available funds. */
const LEVERAGE = 4;

export function marginOf(instrument: Instrument, quantity: number, value: number): number {
  if (instrument.secType === 'FUT') return Math.abs(quantity) * FUTURE_MARGIN;
  return Math.abs(value) * initialShare[instrument.secType];
}

export function valuePositions(deps: Deps, account: Account, atMs = deps.clock.now()): ValuedPosition[] {
  return openPositions(account).flatMap((position) => {
    const instrument = deps.contracts.find(position.conid);
    if (instrument === undefined) return [];
    const price = deps.market.price(instrument, atMs);
    const value = position.quantity * price * instrument.multiplier;
    const unrealized = value - position.quantity * position.averageCost;
    return [
      {
        ...position,
        instrument,
        price,
        value,
        unrealized,
        rate: deps.market.rate(instrument.currency, 'USD'),
      },
    ];
  });
}

export function valuate(deps: Deps, account: Account): Valuation {
  const positions = valuePositions(deps, account);
  const cash = cashDollars(deps, account);
  const bySecType: Record<SecType, number> = { STK: 0, OPT: 0, FUT: 0, CASH: 0, BOND: 0, CRYPTO: 0, IND: 0 };
  let grossPosition = 0;
  let unrealized = 0;
  let initialMargin = 0;
  for (const position of positions) {
    const { instrument, rate } = position;
    bySecType[instrument.secType] += position.value * rate;
    grossPosition += Math.abs(position.value) * rate;
    unrealized += position.unrealized * rate;
    initialMargin += marginOf(instrument, position.quantity, position.value * rate);
  }
  const netLiquidation = worth(cash, positions);
  const maintenanceMargin = initialMargin * MAINTENANCE;
  const availableFunds = Math.max(netLiquidation - initialMargin, 0);
  return {
    positions,
    cash,
    bySecType,
    netLiquidation,
    grossPosition,
    unrealized,
    realized: realizedIn(deps, account),
    dailyProfit: netLiquidation - opening(deps, account),
    initialMargin,
    maintenanceMargin,
    availableFunds,
    excessLiquidity: Math.max(netLiquidation - maintenanceMargin, 0),
    buyingPower: availableFunds * LEVERAGE,
  };
}

/** Call before a trade as well: the day's first look fixes the value it opened with. */
export function opening(deps: Deps, account: Account): number {
  const dayMs = newYorkMidnight(deps.clock.now());
  if (account.opening.dayMs !== dayMs) {
    account.opening = { dayMs, netLiquidation: worthAt(deps, account, dayMs) };
  }
  return account.opening.netLiquidation;
}

/** In one currency, or in dollars over all; closed positions count too. */
export function realizedIn(deps: Deps, account: Account, currency?: string): number {
  return [...account.positions.values()].reduce((sum, { conid, realized }) => {
    const own = deps.contracts.find(conid)?.currency ?? 'USD';
    if (currency !== undefined) return own === currency ? sum + realized : sum;
    return sum + realized * deps.market.rate(own, 'USD');
  }, 0);
}

/** What is held now, at the prices of another moment. */
export function worthAt(deps: Deps, account: Account, atMs: number): number {
  return worth(cashDollars(deps, account), valuePositions(deps, account, atMs));
}

function cashDollars({ market }: Deps, account: Account): number {
  return [...account.cash].reduce(
    (sum, [currency, amount]) => sum + amount * market.rate(currency, 'USD'),
    0,
  );
}

/** A future counts with its gain alone. */
function worth(cash: number, positions: ValuedPosition[]): number {
  return positions.reduce(
    (sum, { instrument, value, unrealized, rate }) =>
      sum + (instrument.secType === 'FUT' ? unrealized : value) * rate,
    cash,
  );
}
