// The brokerage's own summary: bare numbers at the top, formatted texts by segment below.
import type { Answer, Call, Handlers } from '../../call.ts';
import { amount, grouped, round } from '../figures.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { realizedIn, valuate, valuePositions, type Valuation } from './valuation.ts';

type Segment = Record<string, string>;

const dollars = (value: number): string => amount(value, 'USD');

/** Everything is held in the securities segment. */
function segmented(figures: (worth: Valuation) => Segment): (call: Call, world: World) => Answer {
  return (call, world) => {
    const worth = valuate(world, world.account(call.params.accountId));
    const full = figures(worth);
    const none = figures(nothing);
    return { json: { total: full, 'Crypto at Paxos': none, commodities: none, securities: full } };
  };
}

const nothing: Valuation = {
  positions: [],
  cash: 0,
  bySecType: { STK: 0, OPT: 0, FUT: 0, CASH: 0, BOND: 0, CRYPTO: 0, IND: 0 },
  netLiquidation: 0,
  grossPosition: 0,
  unrealized: 0,
  realized: 0,
  dailyProfit: 0,
  initialMargin: 0,
  maintenanceMargin: 0,
  availableFunds: 0,
  excessLiquidity: 0,
  buyingPower: 0,
};

export const fundHandlers: Handlers = {
  getAccountSummary: (call, world) => {
    const account = world.account(call.params.accountId);
    const worth = valuate(world, account);
    const cents = (value: number): number => round(value, 2);
    return {
      json: {
        accountType: '',
        status: '',
        balance: cents(worth.availableFunds),
        SMA: cents(worth.availableFunds),
        buyingPower: cents(worth.buyingPower),
        availableFunds: cents(worth.availableFunds),
        excessLiquidity: cents(worth.excessLiquidity),
        netLiquidationValue: cents(worth.netLiquidation),
        equityWithLoanValue: cents(worth.netLiquidation),
        regTLoan: 0,
        securitiesGVP: cents(worth.grossPosition),
        totalCashValue: cents(worth.cash),
        accruedInterest: 0,
        regTMargin: 0,
        initialMargin: cents(worth.initialMargin),
        maintenanceMargin: cents(worth.maintenanceMargin),
        cashBalances: cashBalances(account, worth),
      },
    };
  },

  getFundSummary: segmented((worth) => ({
    current_available: dollars(worth.availableFunds),
    current_excess: dollars(worth.excessLiquidity),
    buying_power: dollars(worth.buyingPower),
    leverage: (worth.netLiquidation === 0 ? 0 : worth.grossPosition / worth.netLiquidation).toFixed(2),
    look_ahead_available: dollars(worth.availableFunds),
    look_ahead_excess: dollars(worth.excessLiquidity),
  })),

  getBalanceSummary: segmented((worth) => ({
    net_liquidation: dollars(worth.netLiquidation),
    equity_with_loan: dollars(worth.netLiquidation),
    cash: dollars(worth.cash),
    'MTD Interest': dollars(0),
    previous_day_equity_with_loan: dollars(worth.netLiquidation - worth.dailyProfit),
  })),

  getMarginSummary: segmented((worth) => ({
    current_initial: dollars(worth.initialMargin),
    current_maint: dollars(worth.maintenanceMargin),
    look_ahead_initial: dollars(worth.initialMargin),
    look_ahead_maint: dollars(worth.maintenanceMargin),
    'RegT Margin': dollars(0),
  })),

  getAccountMarketSummary: (call, world) => ({
    json: marketValues(world, world.account(call.params.accountId)),
  }),
};

function cashBalances(account: Account, worth: Valuation): Record<string, unknown>[] {
  const rows = [...account.cash].map(([currency, balance]) => ({
    currency,
    balance: round(balance, 2),
    settledCash: round(balance, 2),
  }));
  return [
    ...rows,
    { currency: 'Total (in USD)', balance: round(worth.cash, 2), settledCash: round(worth.cash, 2) },
  ];
}

function marketValues(world: World, account: Account): Record<string, Segment> {
  const positions = valuePositions(world, account);
  return Object.fromEntries(
    [...account.cash].map(([currency, cash]) => {
      const own = positions.filter(({ instrument }) => instrument.currency === currency);
      const value = (secType: string): number =>
        own
          .filter(({ instrument }) => instrument.secType === secType)
          .reduce((sum, position) => sum + position.value, 0);
      const unrealized = own.reduce((sum, position) => sum + position.unrealized, 0);
      const held = value('STK') + value('OPT') + value('BOND') + value('CRYPTO');
      return [
        currency,
        {
          total_cash: grouped(cash),
          stock: grouped(value('STK')),
          options: grouped(value('OPT')),
          futures: grouped(value('FUT')),
          net_liquidation: grouped(cash + held),
          unrealized_pnl: grouped(unrealized),
          realized_pnl: grouped(realizedIn(world, account, currency)),
        },
      ];
    }),
  );
}
