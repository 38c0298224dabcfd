// What each topic sends, as recorded through the Gateway or documented.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AAPL, ACCOUNT } from '../brokerage/desk.ts';
import { openWire, type Client, type Frame, type Wire } from './wire.ts';

let wire: Wire;
let client: Client;
beforeEach(async () => {
  wire = await openWire();
  client = await wire.ready();
});
afterEach(() => wire.stop());

const ticket = { conid: AAPL, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 10, price: 150 };
const of = (frames: Frame[], topic: string): Frame[] => frames.filter((frame) => frame.topic === topic);

test('smd: twice whole, then what changed', async () => {
  const first = await client.ask(`smd+${AAPL}+{"fields":["31","55","83","84","86"]}`);
  expect(first).toHaveLength(2);
  expect(first[0]).toEqual(first[1]);
  expect(first[0]).toMatchObject({
    topic: `smd+${AAPL}`,
    conid: AAPL,
    conidEx: String(AAPL),
    '6509': 'RpB',
    '55': 'AAPL',
    '31': expect.any(String),
    '83': expect.any(Number),
  });
  wire.desk.world.setQuote(AAPL, 123.45);
  wire.desk.clock.advance(500);
  const [change] = await client.take();
  expect(change).toMatchObject({ '31': '123.45', '84': '123.44', '86': '123.46' });
  expect(Object.keys(change ?? {}).sort()).toEqual(
    ['31', '6119', '83', '84', '86', '_updated', 'conid', 'conidEx', 'server_id', 'topic'].sort(),
  );
  wire.desk.clock.advance(2_000);
  expect(await client.take()).toEqual([]);
  await client.send(`umd+${AAPL}+{}`);
  wire.desk.world.setQuote(AAPL, 124);
  wire.desk.clock.advance(2_000);
  expect(await client.take()).toEqual([]);
});

test('smd takes conid@EXCH, ends with unsubscribeall, and needs the accounts first', async () => {
  expect(await client.ask(`smd+${AAPL}@SMART+{"fields":["31"]}`)).toMatchObject([
    { topic: `smd+${AAPL}@SMART`, conidEx: `${AAPL}@SMART` },
    {},
  ]);
  wire.desk.read('closeAllMdStreams');
  wire.desk.clock.advance(5_000);
  expect(of(await client.take(), `smd+${AAPL}@SMART`)).toEqual([]);
  wire.desk.session.accountsQueried = false;
  expect(await client.ask(`smd+${AAPL}+{"fields":["31"]}`)).toEqual([{ error: 'No accounts', topic: 'smd' }]);
});

test('smh: one frame of bars, five at most, freed by server id', async () => {
  const charts: Frame[] = [];
  for (const bar of ['1min', '2min', '5min', '10min', '15min']) {
    charts.push(...(await client.ask(`smh+${AAPL}+{"period":"1d","bar":"${bar}"}`)));
  }
  expect(charts).toHaveLength(5);
  expect(charts[0]).toMatchObject({
    topic: `smh+${AAPL}`,
    symbol: 'AAPL',
    barLength: 60,
    data: expect.any(Array),
  });
  expect(await client.ask(`smh+${AAPL}+{"period":"1d","bar":"1h"}`)).toMatchObject([
    { error: expect.any(String) },
  ]);
  const serverId = String(charts[0]?.serverId);
  expect(await client.ask(`umh+${serverId}`)).toEqual([{ message: `Unsubscribed ${serverId}` }]);
  expect(await client.ask(`smh+${AAPL}+{"period":"1d","bar":"1h"}`)).toMatchObject([{ barLength: 3_600 }]);
  expect(await client.ask(`smh+8314+{"period":"1d","bar":"1y"}`)).toMatchObject([
    { error: expect.any(String) },
  ]);
});

test('sbd: a ladder, then the rows that changed', async () => {
  const [ladder] = await client.ask(`sbd+${ACCOUNT}+${AAPL}`);
  expect(ladder).toMatchObject({ topic: `sbd+${ACCOUNT}+${AAPL}` });
  const rows = ladder?.data as { row: number; focus: number; price: string; bid?: string; ask?: string }[];
  expect(rows.map(({ row }) => row)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(
    rows.filter(({ focus }) => focus === 1).map(({ ask, bid }) => [ask !== undefined, bid !== undefined]),
  ).toEqual([
    [true, false],
    [false, true],
  ]);
  const prices = rows.map(({ price }) => Number(price));
  expect(prices).toEqual([...prices].sort((a, b) => b - a));
  await client.send(`ubd+${ACCOUNT}`);
  wire.desk.clock.advance(5_000);
  expect(await client.take()).toEqual([]);
});

test('sor: nothing while there are no orders, then the life of one', async () => {
  expect(await client.ask('sor+{}')).toEqual([]);
  const id = wire.desk.place(ticket);
  wire.desk.clock.advance(100);
  const born = await client.take();
  expect(born.every(({ topic, args }) => topic === 'sor' && Array.isArray(args) && args.length === 1)).toBe(
    true,
  );
  expect(born.map(({ args }) => (args as Frame[])[0])).toMatchObject([
    { orderId: id, status: 'Inactive', ticker: 'AAPL', timeInForce: 'CLOSE' },
    { acct: ACCOUNT, orderId: id },
    { acct: ACCOUNT, orderId: id, status: 'PendingSubmit', fgColor: expect.any(String) },
    { status: 'PreSubmitted' },
    { status: 'Submitted' },
  ]);
  expect(Object.keys((born[1]?.args as Frame[])[0] ?? {})).toEqual(['acct', 'orderId']);
  wire.desk.world.cancel(id);
  wire.desk.clock.advance(100);
  expect((await client.take()).map(({ args }) => (args as Frame[])[0])).toMatchObject([
    { status: 'PendingCancel', ticker: 'AAPL', order_ccp_status: 'Pending Cancel' },
    { status: 'Cancelled', fgColor: expect.any(String) },
  ]);

  await client.send('uor+{}');
  wire.desk.place(ticket);
  wire.desk.clock.advance(100);
  expect(await client.take()).toEqual([]);
  expect(await client.ask('sor')).toMatchObject([
    { topic: 'sor', args: [{ orderId: id }, { status: 'Submitted' }] },
  ]);
});

test('sor: a live-orders call with filters takes the details away until one without', async () => {
  await client.send('sor+{}');
  wire.desk.read('getOpenOrders', { query: { filters: 'submitted' } });
  wire.desk.place(ticket);
  const [bare] = await client.take();
  expect(bare?.args).toMatchObject([{ status: 'Inactive' }]);
  expect((bare?.args as Frame[])[0]).not.toHaveProperty('ticker');
  wire.desk.read('getOpenOrders', { query: { force: 'true' } });
  wire.desk.place(ticket);
  expect(of(await client.take(), 'sor').map(({ args }) => (args as Frame[])[0])).toEqual(
    expect.arrayContaining([expect.objectContaining({ ticker: 'AAPL' })]),
  );
});

test('str: empty first, each trade without and with commission, and again', async () => {
  const id = wire.desk.place(ticket);
  wire.desk.world.fill(id, { quantity: 4, price: 150 });
  const start = await client.ask('str+{"realtimeUpdatesOnly":false,"days":1}', 500);
  expect(start).toMatchObject([
    { topic: 'str', args: [] },
    { topic: 'str', args: [{ size: 4, price: '150.00' }] },
    { topic: 'str', args: [{ size: 4, commission: '1' }] },
  ]);
  expect((start[1]?.args as Frame[])[0]).not.toHaveProperty('commission');
  wire.desk.clock.advance(6_000);
  expect(await client.take()).toHaveLength(2);
  wire.desk.world.fill(id, { quantity: 6, price: 151 });
  expect(await client.take()).toMatchObject([{ args: [{ size: 6, price: '151.00' }] }]);
  await client.send('utr');
  wire.desk.clock.advance(10_000);
  expect(of(await client.take(), 'str')).toEqual([]);
  expect(await client.ask('str+{"realtimeUpdatesOnly":true}', 500)).toEqual([{ topic: 'str', args: [] }]);
});

test('spl: profit by account, every second until it ends', async () => {
  expect(await client.ask('spl+{}', 2_000)).toMatchObject([
    {
      topic: 'spl',
      args: { 'DU1234567.Core': { rowType: 1, dpl: expect.any(Number), nl: expect.any(Number) } },
    },
    { topic: 'spl' },
    { topic: 'spl' },
  ]);
  expect(await client.ask('upl+{}', 2_000)).toEqual([]);
});

test('ssd: the keys and fields that were asked for', async () => {
  const topic = `ssd+${ACCOUNT}`;
  expect(
    await client.ask(
      `${topic}+{"keys":["NetLiquidation-S","AccountCode"],"fields":["currency","monetaryValue"]}`,
    ),
  ).toEqual([
    {
      topic,
      result: [
        { key: 'AccountCode', timestamp: expect.any(Number) },
        {
          key: 'NetLiquidation-S',
          timestamp: expect.any(Number),
          currency: 'USD',
          monetaryValue: expect.any(Number),
        },
      ],
    },
  ]);
  expect(await client.ask(`usd+${ACCOUNT}+{}`, 30_000)).toEqual(
    expect.arrayContaining([{ result: 'unsubscribed from summary' }]),
  );
  expect(of(await client.ask('upl', 30_000), topic)).toEqual([]);
});

test('sld: an unchanged currency sends its key alone', async () => {
  const topic = `sld+${ACCOUNT}`;
  const [first] = await client.ask(`${topic}+{"keys":["LedgerListUSD"],"fields":["cashBalance"]}`);
  expect(first).toEqual({
    topic,
    result: [{ key: 'LedgerListUSD', timestamp: expect.any(Number), cashBalance: 250_000 }],
  });
  wire.desk.clock.advance(10_000);
  expect(of(await client.take(), topic)).toEqual([
    { topic, result: [{ key: 'LedgerListUSD', timestamp: expect.any(Number) }] },
  ]);
  expect(await client.ask(`uld+${ACCOUNT}+{}`)).toEqual([{ result: 'unsubscribed from ledger' }]);
});

test('ntf: a reject is told', async () => {
  const id = wire.desk.place(ticket);
  wire.desk.world.reject(id, 'price too far');
  expect(of(await client.take(), 'ntf')).toMatchObject([
    {
      topic: 'ntf',
      args: { id: expect.any(String), text: 'price too far', title: expect.any(String), url: '' },
    },
  ]);
});

test('shs and inp: an option is exercised into shares', async () => {
  const account = wire.desk.world.selectedAccount();
  const option = [...account.positions.keys()].find(
    (conid) => wire.desk.world.contracts.find(conid)?.secType === 'OPT',
  );
  const shares = account.positions.get(AAPL)?.quantity ?? 0;
  expect(await client.ask(`shs+exercise+{"CEX":${option}}`)).toMatchObject([
    { topic: 'shs+exercise', args: { conid: option, position: 2 } },
  ]);
  expect(await client.ask(`inp+exercise+{"CEX":${option}}`)).toMatchObject([{ topic: 'inp+exercise' }]);
  expect(account.positions.has(option ?? 0)).toBe(false);
  expect(account.positions.get(AAPL)?.quantity).toBe(shares + 200);
  expect(await client.ask(`inp+exercise+{"CEX":${option}}`)).toEqual([]);
});
