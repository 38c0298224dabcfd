// The portfolio's summary: every figure as x, with x-s for the securities and x-c for the commodities segment.
import type { Handlers } from '../../call.ts';
import { round } from '../figures.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { valuate, type Valuation } from './valuation.ts';

export const summaryHandlers: Handlers = {
  getPortfolioSummary: (call, world) => ({ json: summary(world, world.account(call.params.accountId)) }),
};

/** Spelt as the `ssd` topic wants them; REST writes them in small letters. */
const figures: Record<string, (worth: Valuation) => number> = {
  NetLiquidation: ({ netLiquidation }) => netLiquidation,
  EquityWithLoanValue: ({ netLiquidation }) => netLiquidation,
  PreviousDayEquityWithLoanValue: ({ netLiquidation, dailyProfit }) => netLiquidation - dailyProfit,
  TotalCashValue: ({ cash }) => cash,
  SettledCash: ({ cash }) => cash,
  AccruedCash: () => 0,
  AccruedDividend: () => 0,
  BuyingPower: ({ buyingPower }) => buyingPower,
  GrossPositionValue: ({ grossPosition }) => grossPosition,
  AvailableFunds: ({ availableFunds }) => availableFunds,
  ExcessLiquidity: ({ excessLiquidity }) => excessLiquidity,
  FullAvailableFunds: ({ availableFunds }) => availableFunds,
  FullExcessLiquidity: ({ excessLiquidity }) => excessLiquidity,
  FullInitMarginReq: ({ initialMargin }) => initialMargin,
  FullMaintMarginReq: ({ maintenanceMargin }) => maintenanceMargin,
  InitMarginReq: ({ initialMargin }) => initialMargin,
  MaintMarginReq: ({ maintenanceMargin }) => maintenanceMargin,
  LookAheadAvailableFunds: ({ availableFunds }) => availableFunds,
  LookAheadExcessLiquidity: ({ excessLiquidity }) => excessLiquidity,
  LookAheadInitMarginReq: ({ initialMargin }) => initialMargin,
  LookAheadMaintMarginReq: ({ maintenanceMargin }) => maintenanceMargin,
  PostExpirationExcess: () => 0,
  PostExpirationMargin: () => 0,
  SMA: ({ availableFunds }) => availableFunds,
  RegTEquity: ({ netLiquidation }) => netLiquidation,
  RegTMargin: ({ initialMargin }) => initialMargin,
};

const plainFigures: Record<string, (worth: Valuation) => number> = {
  Cushion: ({ excessLiquidity, netLiquidation }) => excessLiquidity / netLiquidation,
  'Leverage-S': ({ grossPosition, netLiquidation }) => grossPosition / netLiquidation,
};

const texts: Record<string, (account: Account) => string> = {
  AccountCode: ({ id }) => id,
  AccountReady: () => 'true',
  AccountType: () => 'INDIVIDUAL',
};

export interface SummaryFigure {
  /** "NetLiquidation-S" */
  key: string;
  amount: number;
  currency: string | null;
  value: string | null;
}

export function summaryFigures(world: World, account: Account): SummaryFigure[] {
  const worth = valuate(world, account);
  const money = Object.entries(figures).flatMap(([key, pick]): SummaryFigure[] => {
    const amount = round(pick(worth), 2);
    const dollars = { currency: 'USD', value: null };
    return [
      { key, amount, ...dollars },
      { key: `${key}-C`, amount: 0, ...dollars },
      { key: `${key}-S`, amount, ...dollars },
    ];
  });
  const plain = Object.entries(plainFigures).map(([key, pick]): SummaryFigure => {
    const amount = round(pick(worth), 4);
    return { key, amount, currency: null, value: String(amount) };
  });
  const named = Object.entries(texts).map(([key, pick]): SummaryFigure => ({
    key,
    amount: 0,
    currency: null,
    value: pick(account),
  }));
  return [...named, ...plain, ...money];
}

function summary(world: World, account: Account): Record<string, unknown> {
  const timestamp = world.clock.now();
  return Object.fromEntries(
    summaryFigures(world, account).map(({ key, amount, currency, value }) => [
      key.toLowerCase(),
      { amount, currency, isNull: false, timestamp, value, severity: 0 },
    ]),
  );
}
