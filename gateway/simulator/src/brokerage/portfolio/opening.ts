// What the accounts hold when the story begins.
import type { Clock } from '../../clock.ts';
import type { Contracts } from '../contracts/contracts.ts';
import type { Market } from '../market/market.ts';
import { filler } from '../contracts/listed.ts';
import type { Settings } from '../settings.ts';
import { DAY_MS } from '../times.ts';
import type { Account, Position } from './book.ts';
import { opening } from './valuation.ts';

const accountIds = ['DU1234567', 'DU7654321', 'DU2345678', 'DU3456789', 'DU4567890'];

/** Symbol, size, and how the price paid compares with the base price. */
const holdings: Record<string, [symbol: string, quantity: number, paid: number][]> = {
  DU1234567: [
    ['AAPL', 100, 0.91],
    ['MSFT', 50, 1.02],
    ['SPY', 40, 0.95],
    ['KO', -60, 0.98],
    ['SAP', 30, 0.88],
  ],
  DU7654321: [['QQQ', 25, 0.97]],
};

export function openAccounts(deps: {
  clock: Clock;
  contracts: Contracts;
  market: Market;
  settings: Settings;
}): Account[] {
  const { settings } = deps;
  return accountIds.slice(0, settings.accounts).map((id, place) => {
    const main = place === 0;
    const cash = new Map([['USD', main ? settings.cashUsd : 50_000]]);
    if (main && settings.holdings === 'usual') cash.set('EUR', 10_000);
    const account: Account = {
      id,
      title: `Simulated Trader ${place + 1}`,
      alias: null,
      openedMs: deps.clock.now() - 400 * DAY_MS,
      cash,
      positions: new Map(startingPositions(deps, id, main).map((position) => [position.conid, position])),
      executions: [],
      opening: { dayMs: Number.NaN, netLiquidation: 0 },
    };
    opening(deps, account);
    return account;
  });
}

function startingPositions(
  { contracts, settings }: { contracts: Contracts; settings: Settings },
  accountId: string,
  main: boolean,
): Position[] {
  const hold = (conid: number, quantity: number, averageCost: number): Position => ({
    conid,
    quantity,
    averageCost,
    realized: 0,
  });
  const usual = settings.holdings === 'usual' ? (holdings[accountId] ?? []) : [];
  const stocks = usual.flatMap(([symbol, quantity, paid]) => {
    const instrument = contracts.bySymbol(symbol)[0];
    return instrument === undefined ? [] : [hold(instrument.conid, quantity, instrument.basePrice * paid)];
  });
  if (!main) return stocks;
  const apple = contracts.bySymbol('AAPL')[0];
  const call = apple && contracts.options(apple, contracts.optionMonths()[2] ?? '')[20];
  const calls = call === undefined || usual.length === 0 ? [] : [hold(call.conid, 2, 900)];
  const extra = Array.from({ length: settings.extraPositions }, (_, index) => {
    const { conid, basePrice } = filler(index + 1);
    return hold(conid, 10 + (index % 7), basePrice * 0.97);
  });
  return [...stocks, ...calls, ...extra];
}
