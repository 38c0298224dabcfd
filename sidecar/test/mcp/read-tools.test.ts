// Every reading tool against the simulated Gateway, over HTTP, with the SDK's own client of both eras; the client holds each
// answer against the tool's schema.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSimulator, type SimulatorProcess } from '../io/events-simulator.ts';
import { startSidecar, type Sidecar } from '../io/sidecar-process.ts';
import { connect, eras, overHttp, type Connected } from './client.ts';

const account = 'DU1234567';
const apple = 265_598;

let simulator: SimulatorProcess;
let sidecar: Sidecar;

beforeAll(async () => {
  simulator = await startSimulator();
  sidecar = await startSidecar(simulator.apiUrl, { BEZANT_EVENTS_ENABLED: 'true' });
});

afterAll(async () => {
  await sidecar.stop();
  await simulator.stop();
});

describe.each(eras)('a client of %s', (era) => {
  let on: Connected;
  beforeAll(async () => {
    on = await connect(overHttp(sidecar.url), era);
  });
  afterAll(() => on.stop());

  test('is offered what reads and nothing that changes anything', async () => {
    const { tools } = await on.client.listTools();
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['health', 'quote', 'api_search']));
    expect(tools.map(({ name }) => name)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/place|cancel|write|answer/)]),
    );
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'health',
      {},
      { state: 'live', authenticated: true, connected: true, competing: false, orders_allowed: false },
    ],
    ['tickle', {}, { state: 'live' }],
    ['list_accounts', {}, { accounts: [expect.objectContaining({ account_id: account, currency: 'USD' })] }],
    [
      'account_summary',
      { account_id: account },
      { account_id: account, net_liquidation: expect.any(Number), buying_power: expect.any(Number) },
    ],
    ['account_summary', {}, { account_id: account }],
    ['positions', { limit: 2 }, { account_id: account, total: expect.any(Number), next_offset: 2 }],
    ['conid_for', { symbol: 'aapl' }, { symbol: 'AAPL', conid: apple, exchange: 'NASDAQ' }],
    ['conid_for', { symbol: 'IBM', exchange: 'LSE' }, { conid: 41_645_598 }],
    [
      'search_contracts',
      { query: 'IBM' },
      { contracts: expect.arrayContaining([expect.objectContaining({ conid: 8314 })]) },
    ],
    ['search_contracts', { query: 'no such thing' }, { contracts: [], total: 0 }],
    [
      'contract_details',
      { conid: apple },
      { symbol: 'AAPL', price_step: 0.01, tifs: expect.arrayContaining(['GTC']) },
    ],
    [
      'price_history',
      { symbol: 'AAPL', period: '1w', bar: '1d', limit: 3 },
      { conid: apple, columns: ['time', 'open', 'high', 'low', 'close', 'volume'] },
    ],
    [
      'option_chain',
      { symbol: 'AAPL' },
      { conid: apple, months: expect.arrayContaining([expect.any(String)]) },
    ],
    ['list_orders', { all: true }, { orders: expect.any(Array), total: expect.any(Number) }],
    ['trades', { days: 3 }, { trades: expect.any(Array) }],
    ['pnl', {}, { accounts: [expect.objectContaining({ account_id: account, daily: expect.any(Number) })] }],
    ['performance', { period: '1M' }, { account_id: account, return_percent: expect.any(Number) }],
    [
      'scan_market',
      { instrument: 'STK', location: 'STK.US.MAJOR', type: 'TOP_PERC_GAIN', limit: 1 },
      { results: [expect.objectContaining({ conid: expect.any(Number) })] },
    ],
    ['list_alerts', {}, { account_id: account, alerts: [] }],
    ['events', { topic: 'session' }, { next_cursor: expect.any(Number) }],
    [
      'api_search',
      { query: 'create watchlist' },
      {
        operations: expect.arrayContaining([
          expect.objectContaining({ operation: 'postNewWatchlist', safety: 'write' }),
        ]),
      },
    ],
    [
      'api_describe',
      { operation: 'getOrderStatus' },
      {
        call: 'GET /iserver/account/order/status/{orderId}',
        tool: 'order_status',
        params: expect.any(Object),
      },
    ],
    [
      'api_read',
      { operation: 'getExchangeRates', params: { source: 'EUR', target: 'USD' } },
      { answer: { rate: expect.any(Number) } },
    ],
    [
      'api_read',
      { operation: 'getPortfolioMetadata', params: { accountId: account }, fields: ['currency'] },
      { answer: { currency: 'USD' } },
    ],
  ])('%s %j', async (tool, args, want) => {
    expect(await on.ok(tool, args)).toMatchObject(want);
  });

  test('a quote has prices, by symbol and by conid in one call', async () => {
    const { quotes } = (await on.ok('quote', { symbols: ['AAPL'], conids: [8314] })) as { quotes: unknown[] };
    expect(quotes).toHaveLength(2);
    expect(quotes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          conid: apple,
          symbol: 'AAPL',
          last: expect.any(Number),
          bid: expect.any(Number),
          availability: expect.any(String),
        }),
      ]),
    );
  });

  test('an option chain leads to a contract step by step', async () => {
    const { months } = (await on.ok('option_chain', { conid: apple })) as { months: string[] };
    const [month] = months;
    const { calls } = (await on.ok('option_chain', { conid: apple, month })) as { calls: number[] };
    const strike = calls[3];
    const { contracts } = (await on.ok('option_chain', { conid: apple, month, strike, right: 'C' })) as {
      contracts: unknown[];
    };
    expect(contracts).toEqual([expect.objectContaining({ strike, right: 'C', conid: expect.any(Number) })]);
  });

  test('positions come page by page, largest first', async () => {
    const first = (await on.ok('positions', { limit: 2 })) as {
      positions: { conid: number; market_value: number }[];
    };
    const rest = (await on.ok('positions', { offset: 2 })) as typeof first;
    const values = [...first.positions, ...rest.positions].map((row) => Math.abs(row.market_value));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    expect(first.positions).toHaveLength(2);
  });

  test('a preview shows what an order would cost, and leads nowhere where orders are not allowed', async () => {
    const ticket = {
      account_id: account,
      conid: apple,
      side: 'BUY',
      quantity: 1,
      order_type: 'MKT',
      tif: 'DAY',
    };
    const shown = await on.ok('preview_order', ticket);
    expect(shown).toMatchObject({
      order: expect.stringContaining('BUY 1 AAPL'),
      commission: expect.any(String),
    });
    expect(shown).not.toHaveProperty('preview_token');
    expect(await on.refused('place_order', { ...ticket, preview_token: 'x' })).toContain(
      'BEZANT_MCP_ALLOW_ORDERS',
    );
    expect(await on.refused('api_write', { operation: 'logout' })).toContain('orders_not_allowed');
  });
});
