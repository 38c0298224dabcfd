// What the accounts hold when the story begins.
import type { Clock } from '../../clock.ts';
import type { Contracts } from '../contracts/contracts.ts';
import type { Market } from '../market/market.ts';
import { filler } from '../contracts/listed.ts';
import type { Settings } from '../settings.ts';
import { DAY_MS } from '../times.ts';
import type { Account } from './book.ts';
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
  const { contracts, settings } = deps;
  return accountIds.slice(0, settings.accounts).map((id, place) => {
    const account: Account = {
      id,
      title: `Simulated Trader ${place + 1}`,
      alias: null,
      openedMs: deps.clock.now() - 400 * DAY_MS,
      cash: new Map([
        ['USD', place === 0 ? settings.cashUsd : 50_000],
        ['EUR', place === 0 ? 10_000 : 0],
      ]),
      positions: new Map(),
      executions: [],
      opening: { dayMs: Number.NaN, netLiquidation: 0 },
    };
    const hold = (conid: number, quantity: number, averageCost: number): void =>
      void account.positions.set(conid, { conid, quantity, averageCost, realized: 0 });

    for (const [symbol, quantity, paid] of holdings[id] ?? []) {
      const instrument = contracts.bySymbol(symbol)[0];
      if (instrument !== undefined) hold(instrument.conid, quantity, instrument.basePrice * paid);
    }
    if (place === 0) {
      const apple = contracts.bySymbol('AAPL')[0];
      const call = apple && contracts.options(apple, contracts.optionMonths()[2] ?? '')[20];
      if (call !== undefined) hold(call.conid, 2, 900);
      for (let number = 1; number <= settings.extraPositions; number += 1) {
        const instrument = filler(number);
        hold(instrument.conid, 10 + (number % 7), instrument.basePrice * 0.97);
      }
    }
    opening(deps, account);
    return account;
  });
}
