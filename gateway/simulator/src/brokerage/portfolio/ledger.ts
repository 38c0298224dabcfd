// The ledger: one row per currency and BASE for all of them in dollars.
import type { Handlers } from '../../call.ts';
import type { SecType } from '../contracts/instrument.ts';
import { round } from '../figures.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { realizedIn, valuePositions, type ValuedPosition } from './valuation.ts';

export const ledgerHandlers: Handlers = {
  getPortfolioLedger: (call, world) => ({ json: ledger(world, world.account(call.params.accountId)) }),
};

export function ledger(world: World, account: Account): Record<string, Record<string, unknown>> {
  const positions = valuePositions(world, account);
  const currencies = new Set([
    ...account.cash.keys(),
    ...positions.map(({ instrument }) => instrument.currency),
  ]);
  const held = [...currencies].filter(
    (currency) =>
      account.cash.get(currency) !== 0 ||
      positions.some(({ instrument }) => instrument.currency === currency),
  );
  const rows = held.map((currency, index) => {
    const own = positions.filter(({ instrument }) => instrument.currency === currency);
    const cash = account.cash.get(currency) ?? 0;
    const rate = world.market.rate(currency, 'USD');
    // Only the last real currency closes the bundle.
    const end = index === held.length - 1;
    return [
      currency,
      row(world, account, { currency, cash, rate, positions: own, inDollars: false, end }),
    ] as const;
  });
  const base = row(world, account, {
    currency: 'BASE',
    cash: held.reduce(
      (sum, currency) => sum + (account.cash.get(currency) ?? 0) * world.market.rate(currency, 'USD'),
      0,
    ),
    rate: 1,
    positions,
    inDollars: true,
    end: false,
  });
  return { ...Object.fromEntries(rows), BASE: base };
}

function row(
  world: World,
  account: Account,
  part: {
    currency: string;
    cash: number;
    rate: number;
    positions: ValuedPosition[];
    inDollars: boolean;
    end: boolean;
  },
): Record<string, unknown> {
  const sum = (pick: (position: ValuedPosition) => number, secType?: SecType): number =>
    part.positions
      .filter(({ instrument }) => secType === undefined || instrument.secType === secType)
      .reduce((total, position) => total + pick(position) * (part.inDollars ? position.rate : 1), 0);
  const value = (secType: SecType): number =>
    round(
      sum((position) => position.value, secType),
      2,
    );
  const futures = sum(({ unrealized }) => unrealized, 'FUT');
  const held = sum(({ value: worth, instrument }) => (instrument.secType === 'FUT' ? 0 : worth));
  return {
    commoditymarketvalue: 0,
    futuremarketvalue: round(futures, 2),
    settledcash: round(part.cash, 2),
    exchangerate: part.rate,
    sessionid: 1,
    cashbalance: round(part.cash, 2),
    corporatebondsmarketvalue: value('BOND'),
    warrantsmarketvalue: 0,
    netliquidationvalue: round(part.cash + held + futures, 2),
    interest: 0,
    unrealizedpnl: round(
      sum(({ unrealized }) => unrealized),
      2,
    ),
    stockmarketvalue: value('STK'),
    moneyfunds: 0,
    currency: part.currency,
    realizedpnl: round(realizedIn(world, account, part.inDollars ? undefined : part.currency), 2),
    funds: 0,
    acctcode: account.id,
    issueroptionsmarketvalue: 0,
    key: 'LedgerList',
    timestamp: Math.floor(world.clock.now() / 1_000),
    severity: 0,
    stockoptionmarketvalue: value('OPT'),
    futuresonlypnl: round(futures, 2),
    tbondsmarketvalue: 0,
    futureoptionmarketvalue: 0,
    cashbalancefxsegment: 0,
    secondkey: part.currency,
    tbillsmarketvalue: 0,
    ...(part.end && { endofbundle: 1 }),
    dividends: 0,
    cryptocurrencyvalue: value('CRYPTO'),
  };
}
