// One truth in many shapes: whatever an account shows must agree with what it holds.
import { expect, test } from '@jest/globals';
import { afterTrade, emptyPosition } from '../../src/brokerage/portfolio/book.ts';
import { commissionOf } from '../../src/brokerage/portfolio/commission.ts';
import { filler, listed } from '../../src/brokerage/contracts/listed.ts';
import { AAPL, ACCOUNT, openDesk, type Desk } from './desk.ts';

const SECOND = 'DU7654321';
const of = (accountId: string): { params: { accountId: string } } => ({ params: { accountId } });
const held = (quantity: number, averageCost: number): ReturnType<typeof emptyPosition> => ({
  conid: 1,
  quantity,
  averageCost,
  realized: 0,
});

test.each([
  ['opens a long', held(0, 0), 10, 100, 1, held(10, 100.1), 0],
  ['adds to a long', held(10, 100), 10, 110, 0, held(20, 105), 0],
  ['closes part of a long', held(10, 100), -4, 110, 1, { ...held(6, 100), realized: 39 }, 40],
  ['turns a long', held(10, 100), -15, 90, 0, { ...held(-5, 90), realized: -100 }, -100],
  ['opens a short', held(0, 0), -10, 100, 1, held(-10, 99.9), 0],
  ['covers a short', held(-10, 100), 10, 90, 1, { ...held(0, 100), realized: 99 }, 100],
])('%s', (_, before, signed, price, commission, position, gain) => {
  expect(afterTrade(before, signed, price, commission)).toEqual({ position, gain });
});

const instrumentOf = (secType: string): (typeof listed)[number] =>
  listed.find((one) => one.secType === secType) ?? filler(1);

test.each([
  ['STK', 100, 50, 1],
  ['STK', 1_000, 50, 5],
  ['STK', 10, 0.5, 0.05],
  ['CASH', 1_000_000, 1.08, 21.6],
  ['IND', 1, 100, 0],
])('commission on %s: %d at %d is %d', (secType, size, price, want) => {
  expect(commissionOf(instrumentOf(secType), size, price)).toBe(want);
});

test('positions, ledger, summary, funds and profit agree', () => {
  const desk = openDesk();
  const positions = desk.read('getPaginatedPositions', { params: { accountId: ACCOUNT, pageId: '0' } }) as {
    mktValue: number;
    currency: string;
    unrealizedPnl: number;
  }[];
  const ledger = desk.read('getPortfolioLedger', of(ACCOUNT)) as Record<string, Record<string, number>>;
  expect(Object.keys(ledger).sort()).toEqual(['BASE', 'EUR', 'USD']);
  for (const currency of ['USD', 'EUR']) {
    const own = positions.filter((position) => position.currency === currency);
    const sum = own.reduce((total, { mktValue }) => total + mktValue, 0);
    expect(ledger[currency]?.netliquidationvalue).toBeCloseTo((ledger[currency]?.cashbalance ?? 0) + sum, 0);
    expect(ledger[currency]?.unrealizedpnl).toBeCloseTo(
      own.reduce((total, { unrealizedPnl }) => total + unrealizedPnl, 0),
      0,
    );
  }
  const total =
    (ledger.USD?.netliquidationvalue ?? 0) +
    (ledger.EUR?.netliquidationvalue ?? 0) * (ledger.EUR?.exchangerate ?? 0);
  expect(ledger.BASE?.netliquidationvalue).toBeCloseTo(total, 0);

  const netLiquidation = ledger.BASE?.netliquidationvalue ?? 0;
  const summary = desk.read('getPortfolioSummary', of(ACCOUNT)) as Record<string, { amount: number }>;
  expect(summary.netliquidation?.amount).toBeCloseTo(netLiquidation, 1);
  expect(summary['netliquidation-s']?.amount).toBeCloseTo(netLiquidation, 1);
  expect(summary['netliquidation-c']?.amount).toBe(0);
  expect(desk.read('getAccountSummary', of(ACCOUNT))).toMatchObject({
    netLiquidationValue: summary.netliquidation?.amount,
  });
  const grouped = Math.round(netLiquidation).toLocaleString('en-US');
  expect(desk.read('getBalanceSummary', of(ACCOUNT))).toMatchObject({
    total: { net_liquidation: `${grouped} USD` },
    commodities: { net_liquidation: '0 USD' },
  });
  expect(desk.read('getPnl')).toEqual({ upnl: {} });
  expect(desk.read('getPnl')).toMatchObject({
    upnl: { [`${ACCOUNT}.Core`]: { nl: summary.netliquidation?.amount } },
  });
});

test('a fill shows everywhere', () => {
  const desk = openDesk();
  desk.read('getPnl');
  const profit = (): Record<string, number> =>
    (desk.read('getPnl') as { upnl: Record<string, Record<string, number>> }).upnl[`${ACCOUNT}.Core`] ?? {};
  const before = profit();
  desk.world.setQuote(AAPL, 200);
  const id = desk.place({
    conid: AAPL,
    orderType: 'LMT',
    side: 'SELL',
    tif: 'DAY',
    quantity: 100,
    price: 200,
  });
  desk.world.fill(id);
  const after = profit();
  expect(after.nl).toBeLessThan((before.nl ?? 0) + 100 * 200);
  expect(desk.read('getPositionByConid', { params: { accountid: ACCOUNT, conid: String(AAPL) } })).toEqual(
    [],
  );
  const ledger = desk.read('getPortfolioLedger', of(ACCOUNT)) as Record<string, Record<string, number>>;
  expect(ledger.USD?.cashbalance).toBeCloseTo(250_000 + 20_000 - 1, 2);
  const bought = 212 * 0.91;
  expect(ledger.USD?.realizedpnl).toBeCloseTo(100 * (200 - bought) - 1, 1);
  expect(desk.read('getTransactions', { body: { acctIds: [ACCOUNT], conids: [AAPL] } })).toMatchObject({
    transactions: [{ type: 'Sell', qty: -100, pr: 200, conid: AAPL }],
  });
});

test('a currency pair changes cash, not positions; a future changes neither until it gains', () => {
  const desk = openDesk();
  const { cash } = desk.world.selectedAccount();
  const eur = desk.place({
    conid: 12087792,
    orderType: 'LMT',
    side: 'BUY',
    tif: 'DAY',
    quantity: 1_000,
    price: 1.08,
  });
  desk.world.fill(eur, { price: 1.1 });
  expect(cash.get('EUR')).toBe(11_000);
  expect(cash.get('USD')).toBeCloseTo(250_000 - 1_100 - 2, 6);
  expect(desk.world.selectedAccount().positions.has(12087792)).toBe(false);

  const [future] = (
    desk.read('getFutureBySymbol', { query: { symbols: 'ES' } }) as { ES: { conid: number }[] }
  ).ES;
  const dollars = cash.get('USD') ?? 0;
  const trade = (side: string, price: number): void => {
    const id = desk.place({ conid: future?.conid, orderType: 'LMT', side, tif: 'DAY', quantity: 1, price });
    desk.world.fill(id, { price });
  };
  trade('BUY', 5_900);
  expect(cash.get('USD')).toBeCloseTo(dollars - 2.25, 6);
  trade('SELL', 5_910);
  expect(cash.get('USD')).toBeCloseTo(dollars - 4.5 + (10 * 50 - 2.25), 6);
});

test('pages of a hundred, and an empty one past the end', () => {
  const desk = openDesk({ extraPositions: 250 });
  const page = (pageId: number): unknown[] =>
    desk.read('getPaginatedPositions', {
      params: { accountId: ACCOUNT, pageId: String(pageId) },
    }) as unknown[];
  expect([0, 1, 2, 3].map((pageId) => page(pageId).length)).toEqual([100, 100, 56, 0]);
  expect(desk.read('getUncachedPositions', of(ACCOUNT))).toHaveLength(256);
});

test('several accounts: switching, pages of subaccounts, and what belongs to which', () => {
  const desk = openDesk({ accounts: 2 });
  expect(desk.read('getBrokerageAccounts')).toMatchObject({
    accounts: [ACCOUNT, SECOND],
    selectedAccount: ACCOUNT,
  });
  expect(desk.read('setActiveAccount', { body: { acctId: SECOND } })).toEqual({ set: true, acctId: SECOND });
  expect(desk.read('setActiveAccount', { body: { acctId: SECOND } })).toEqual({
    success: 'Account already set',
  });
  expect(desk.call('setActiveAccount', { body: { acctId: 'DU0' } })).toEqual({
    status: 500,
    json: { error: 'Invalid account ID' },
  });
  expect(desk.call('setActiveAccount').status).toBe(400);
  expect(desk.read('getManySubaccounts', { query: { page: '0' } })).toMatchObject({
    metadata: { total: 2, pageSize: 20, pageNum: 0 },
    subaccounts: [{ id: ACCOUNT }, { id: SECOND }],
  });
  expect(desk.read('getAllAccountsForConid', { params: { conid: '320227571' } })).toMatchObject({
    [SECOND]: [{ position: 25 }],
  });
  expect(desk.call('getPortfolioMetadata', of('DU0')).status).toBe(400);
});

test('an order of one account is not found from the other', () => {
  const desk = openDesk({ accounts: 2 });
  const id = desk.place({ conid: AAPL, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 150 });
  desk.read('setActiveAccount', { body: { acctId: SECOND } });
  expect(desk.call('getOrderStatus', { params: { orderId: String(id) } }).status).toBe(503);
  expect(desk.call('cancelOpenOrder', { params: { accountId: SECOND, orderId: String(id) } }).json).toEqual({
    error: `OrderID ${id} doesn't exist`,
  });
});

test('an account without holdings', () => {
  const desk = openDesk({ holdings: 'none', cashUsd: 0 });
  expect(desk.read('getPaginatedPositions', { params: { accountId: ACCOUNT, pageId: '0' } })).toEqual([]);
  expect(desk.read('getPortfolioSummary', of(ACCOUNT))).toMatchObject({ netliquidation: { amount: 0 } });
  expect(JSON.stringify(desk.read('getPortfolioSummary', of(ACCOUNT)))).not.toContain(
    'null,"isNull":false,"timestamp":0',
  );
  expect(desk.read('getAssetAllocation', of(ACCOUNT))).toMatchObject({ assetClass: { long: { CASH: 0 } } });
});

test('allocation by account, and over several', () => {
  const desk = openDesk({ accounts: 2 });
  const cash = (answer: unknown): number =>
    (answer as { assetClass: { long: { CASH: number } } }).assetClass.long.CASH;
  const each = [ACCOUNT, SECOND].map((accountId) => cash(desk.read('getAssetAllocation', of(accountId))));
  const all = (each[0] ?? 0) + (each[1] ?? 0);
  expect(cash(desk.read('getConsolidatedAllocation', { body: { acctIds: [ACCOUNT, SECOND] } }))).toBeCloseTo(
    all,
    2,
  );
  expect(cash(desk.read('getConsolidatedAllocationByQuery'))).toBeCloseTo(all, 2);
  expect(desk.read('getAssetAllocation', of(ACCOUNT))).toMatchObject({
    assetClass: { short: { STK: expect.any(Number) } },
    sector: { long: { Technology: expect.any(Number) } },
  });
});

test.each([
  ['1D', 1],
  ['7D', 5],
  ['MTD', 5],
  ['12M', 261],
])('performance over %s has %i days that end in today’s prices', (period, count) => {
  const desk = openDesk();
  const { nav } = desk.read('getSinglePerformancePeriod', { body: { acctIds: [ACCOUNT], period } }) as {
    nav: { dates: string[]; data: { navs: number[] }[] };
  };
  expect(nav.dates).toHaveLength(count);
  expect(nav.dates.at(-1)).toBe('20260408');
  expect(nav.data[0]?.navs).toHaveLength(count);
});

test('the daily profit starts anew at midnight in New York', () => {
  const desk = openDesk();
  const daily = (): number => {
    desk.read('getPnl');
    return (
      (desk.read('getPnl') as { upnl: Record<string, { dpl: number }> }).upnl[`${ACCOUNT}.Core`]?.dpl ?? 0
    );
  };
  expect(daily()).not.toBe(0);
  desk.clock.advance(8.5 * 3_600_000);
  expect(daily()).toBe(0);
});

test('what the brokerage session remembers ends with it', () => {
  const desk: Desk = openDesk();
  desk.read('getOpenOrders');
  desk.read('getMdSnapshot', { query: { conids: String(AAPL), fields: '31' } });
  desk.read('getContractSymbols', { query: { symbol: 'AAPL' } });
  desk.session.disconnect(true);
  desk.session.connect(true);
  expect(desk.read('getOpenOrders')).toEqual({ orders: [], snapshot: false });
  expect(desk.read('getMdSnapshot', { query: { conids: String(AAPL), fields: '31' } })).toEqual([
    { conid: AAPL, conidEx: String(AAPL) },
  ]);
  expect(
    desk.read('getContractStrikes', { query: { conid: String(AAPL), sectype: 'OPT', month: 'MAY26' } }),
  ).toEqual({
    call: [],
    put: [],
  });
});
