// Orders from the ticket to the trade: what is asked, what is refused, and how statuses follow the clock.
import { expect, test } from '@jest/globals';
import type { Happening } from '../../src/brokerage/happenings.ts';
import { AAPL, ACCOUNT, openDesk, type Desk } from './desk.ts';

const limit = (price: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  conid: AAPL,
  orderType: 'LMT',
  side: 'BUY',
  tif: 'DAY',
  quantity: 10,
  price,
  ...more,
});

const last = (desk: Desk): number => {
  const apple = desk.world.contracts.find(AAPL);
  if (apple === undefined) throw new Error('no AAPL');
  return desk.world.market.quote(apple).last;
};

const submit = (desk: Desk, ...orders: Record<string, unknown>[]): unknown =>
  desk.read('submitNewOrder', { params: { accountId: ACCOUNT }, body: { orders } });

/** The message ids asked on the way to an accepted order. */
function chain(desk: Desk, ticket: Record<string, unknown>): string[] {
  const asked: string[] = [];
  let answer = submit(desk, ticket);
  for (;;) {
    const [step] = answer as { id?: string; messageIds?: string[] }[];
    if (step?.id === undefined) return asked;
    asked.push(...(step.messageIds ?? []));
    answer = desk.read('confirmOrderReply', { params: { replyId: step.id }, body: { confirmed: true } });
  }
}

test.each([
  ['near the market with its data open', (at: number) => limit(at), true, []],
  ['near the market without its data', (at: number) => limit(at), false, ['o354']],
  ['far from the market', (at: number) => limit(at * 0.8), false, ['o163', 'o354', 'o10153']],
  ['many shares', (at: number) => limit(at, { quantity: 501 }), true, ['o383', 'o451']],
  ['a market order', () => ({ ...limit(0), orderType: 'MKT', price: undefined }), true, ['o10151']],
  ['a stop', (at: number) => limit(at * 1.1, { orderType: 'STP' }), true, ['o10331']],
  ['a stop that is reached', (at: number) => limit(at * 0.9, { orderType: 'STP' }), true, ['o10331', 'o403']],
  ['a price between ticks', (at: number) => limit(at + 0.005), true, ['o382']],
  [
    'an amount of money',
    () => ({ ...limit(0), orderType: 'MKT', price: undefined, quantity: undefined, cashQty: 500 }),
    true,
    ['o10151', 'o10164', 'o10223'],
  ],
])('questions for %s', (_, ticket, withData, want) => {
  const desk = openDesk({ cashUsd: 1_000_000 });
  if (withData) desk.read('getMdSnapshot', { query: { conids: String(AAPL), fields: '31' } });
  expect(chain(desk, ticket(Math.round(last(desk))))).toEqual(want);
});

test('a limit order rests, then fills when the price crosses, and changes everything that shows it', () => {
  const desk = openDesk();
  const heard: string[] = [];
  desk.world.happenings.on((happening: Happening) => {
    if (happening.kind === 'order') heard.push(`${happening.change} ${happening.order.status}`);
    if (happening.kind === 'trade') heard.push('trade');
  });
  const cashBefore = desk.world.selectedAccount().cash.get('USD') ?? 0;
  const id = desk.place(limit(150));
  desk.clock.advance(100);
  expect(heard).toEqual([
    'created Inactive',
    'marker Inactive',
    'status PendingSubmit',
    'status PreSubmitted',
    'status Submitted',
  ]);
  desk.clock.advance(60_000);
  expect(desk.world.exchange.find(id)?.status).toBe('Submitted');

  desk.world.setQuote(AAPL, 149);
  desk.clock.advance(1_000);
  expect(heard.slice(5)).toEqual(['trade', 'full Filled']);
  const [position] = desk.read('getPositionByConid', {
    params: { accountid: ACCOUNT, conid: String(AAPL) },
  }) as {
    position: number;
  }[];
  expect(position?.position).toBe(110);
  expect(desk.world.selectedAccount().cash.get('USD')).toBeCloseTo(cashBefore - 1490.1 - 1, 2);
  expect(desk.read('getTradeHistory')).toMatchObject([
    { conid: AAPL, side: 'B', size: 10, order_id: id, commission: '1', position: '110' },
  ]);
  expect(desk.read('getOrderStatus', { params: { orderId: String(id) } })).toMatchObject({
    order_status: 'Filled',
    filled_quantity: '10.0',
    remaining_quantity: '0.0',
    size_and_fills: '10/10',
  });
});

test('a market order fills about a second after it was placed', () => {
  const desk = openDesk();
  const id = desk.place({ ...limit(0), orderType: 'MKT', price: undefined });
  desk.clock.advance(900);
  expect(desk.world.exchange.find(id)?.status).toBe('Submitted');
  desk.clock.advance(700);
  expect(desk.world.exchange.find(id)?.status).toBe('Filled');
});

test('a big order fills in pieces', () => {
  const desk = openDesk({ cashUsd: 1_000_000 });
  const id = desk.place(limit(Math.round(last(desk)) + 2, { quantity: 300 }));
  desk.clock.advance(600);
  expect(desk.read('getOrderStatus', { params: { orderId: String(id) } })).toMatchObject({
    order_status: 'Submitted',
    filled_quantity: '100.0',
    remaining_quantity: '200.0',
  });
  desk.clock.advance(1_000);
  expect(desk.world.exchange.find(id)?.status).toBe('Filled');
  expect(desk.read('getTradeHistory')).toHaveLength(3);
});

test('a bracket: children wait for the parent, and one ends the other', () => {
  const desk = openDesk();
  const answer = submit(
    desk,
    limit(140, { cOID: 'parent' }),
    limit(230, { side: 'SELL', parentId: 'parent' }),
    limit(120, { side: 'SELL', parentId: 'parent', orderType: 'STP' }),
  );
  expect(answer).toHaveLength(1);
  const ids = confirmAll(desk, answer);
  const statuses = (): (string | undefined)[] => ids.map((id) => desk.world.exchange.find(id)?.status);
  desk.clock.advance(2_000);
  expect(statuses()).toEqual(['Submitted', 'PreSubmitted', 'PreSubmitted']);
  desk.world.setQuote(AAPL, 139);
  desk.clock.advance(1_000);
  expect(statuses()).toEqual(['Filled', 'Submitted', 'PreSubmitted']);
  desk.world.setQuote(AAPL, 231);
  desk.clock.advance(1_000);
  expect(statuses()).toEqual(['Filled', 'Filled', 'Cancelled']);
});

function confirmAll(desk: Desk, start: unknown): number[] {
  let answer = start as { id?: string; order_id?: string }[];
  while (answer[0]?.id !== undefined) {
    answer = desk.read('confirmOrderReply', {
      params: { replyId: answer[0].id },
      body: { confirmed: true },
    }) as typeof answer;
  }
  return answer.map(({ order_id }) => Number(order_id));
}

test('a cancel is acknowledged first and happens later', () => {
  const desk = openDesk();
  const id = desk.place(limit(150));
  desk.clock.advance(100);
  expect(desk.read('cancelOpenOrder', { params: { accountId: ACCOUNT, orderId: String(id) } })).toEqual({
    msg: 'Request was submitted',
    order_id: id,
    conid: -1,
    account: null,
  });
  expect(desk.world.exchange.find(id)?.status).toBe('Submitted');
  desk.clock.advance(20);
  expect(desk.world.exchange.find(id)?.status).toBe('PendingCancel');
  desk.clock.advance(20);
  expect(desk.world.exchange.find(id)?.status).toBe('Cancelled');
});

test('order id -1 cancels every open order of the account', () => {
  const desk = openDesk();
  const ids = [desk.place(limit(150)), desk.place(limit(151))];
  desk.read('cancelOpenOrder', { params: { accountId: ACCOUNT, orderId: '-1' } });
  desk.clock.advance(100);
  expect(ids.map((id) => desk.world.exchange.find(id)?.status)).toEqual(['Cancelled', 'Cancelled']);
});

test('live orders: empty first, then all, by filter, and empty again after force', () => {
  const desk = openDesk();
  const id = desk.place(limit(150));
  desk.clock.advance(100);
  const orders = (query: Record<string, string> = {}): unknown => desk.read('getOpenOrders', { query });
  expect(orders()).toEqual({ orders: [], snapshot: false });
  expect(orders()).toMatchObject({
    orders: [{ orderId: id, status: 'Submitted', timeInForce: 'CLOSE' }],
    snapshot: true,
  });
  expect(orders({ filters: 'submitted' })).toMatchObject({ orders: [{ orderId: id }] });
  expect(desk.world.orderDetails).toBe(false);
  expect(orders({ filters: 'filled,cancelled' })).toMatchObject({ orders: [] });
  expect(orders({ force: 'True' })).toEqual({ orders: [], snapshot: false });
  expect(desk.world.orderDetails).toBe(true);
  expect(orders()).toMatchObject({ orders: [{ orderId: id }] });
});

test('another order in between loses the question; a made-up id is an error under 200', () => {
  const desk = openDesk();
  const [first] = submit(desk, limit(100)) as { id: string }[];
  submit(desk, limit(101));
  expect(
    desk.call('confirmOrderReply', { params: { replyId: first?.id ?? '' }, body: { confirmed: true } }),
  ).toMatchObject({
    status: 503,
  });
  expect(
    desk.call('confirmOrderReply', { params: { replyId: 'nobody' }, body: { confirmed: true } }),
  ).toEqual({
    json: { error: "reply id not found: 'nobody'" },
  });
});

test('a question is lost when it is answered with no or too late', () => {
  const desk = openDesk();
  const [no] = submit(desk, limit(100)) as { id: string }[];
  expect(
    desk.call('confirmOrderReply', { params: { replyId: no?.id ?? '' }, body: { confirmed: false } }),
  ).toEqual({
    json: { error: 'Order not confirmed ' },
  });
  const [late] = submit(desk, limit(100)) as { id: string }[];
  desk.clock.advance(61_000);
  expect(
    desk.call('confirmOrderReply', { params: { replyId: late?.id ?? '' }, body: { confirmed: true } }).status,
  ).toBe(503);
  expect(desk.world.exchange.orders()).toEqual([]);
});

test('suppressed questions are not asked until they are reset', () => {
  const desk = openDesk();
  const messageIds = ['o163', 'o354', 'o10153'];
  expect(desk.read('suppressOrderReplies', { body: { messageIds } })).toEqual({ status: 'submitted' });
  expect(chain(desk, limit(100))).toEqual([]);
  expect(desk.read('resetOrderSuppression')).toEqual({ status: 'submitted' });
  expect(chain(desk, limit(100))).toEqual(messageIds);
});

test.each([
  ['no body', undefined, 400, "Bad Request: body can't be empty"],
  ['no orders', { orders: [] }, 400, 'Bad Request: orders needed'],
  ['no side', { orders: [{ ...limit(1), side: undefined }] }, 400, 'Bad Request: side needed'],
  [
    'an unknown type',
    { orders: [limit(1, { orderType: 'FOO' })] },
    400,
    'Bad Request: orderType is not valid: FOO',
  ],
  [
    'a limit without price',
    { orders: [{ ...limit(1), price: undefined }] },
    400,
    'Bad Request: price needed for orderType LMT',
  ],
  [
    'size 0',
    { orders: [limit(1, { quantity: 0 })] },
    500,
    'Order size 0 is not valid. Please enter size greater than 0.',
  ],
  ['an unknown contract', { orders: [limit(1, { conid: 1 })] }, 500, 'Contract 1 is not found.'],
  [
    'too little money',
    { orders: [limit(212, { quantity: 50_000 })] },
    200,
    expect.stringContaining('NOT ACCEPTED'),
  ],
])('refuses %s', (_, body, status, error) => {
  const answer = openDesk().call('submitNewOrder', { params: { accountId: ACCOUNT }, body });
  expect(answer.status ?? 200).toBe(status);
  expect(answer.json).toMatchObject({ error });
});

test('refuses an account it does not know, a local id used today, and orders it does not have', () => {
  const desk = openDesk();
  expect(desk.call('submitNewOrder', { params: { accountId: 'DU0' }, body: { orders: [limit(1)] } })).toEqual(
    {
      status: 400,
      json: { error: 'Bad Request: accountId is not valid: DU0', statusCode: 400 },
    },
  );
  desk.place(limit(150, { cOID: 'mine' }));
  expect(
    desk.call('submitNewOrder', {
      params: { accountId: ACCOUNT },
      body: { orders: [limit(1, { cOID: 'mine' })] },
    }).json,
  ).toEqual({ error: expect.stringMatching(/^Order couldn't be submitted: Local order ID=mine/) });
  expect(desk.call('cancelOpenOrder', { params: { accountId: ACCOUNT, orderId: '1' } })).toEqual({
    json: { error: "OrderID 1 doesn't exist" },
  });
  expect(desk.call('getOrderStatus', { params: { orderId: '1' } })).toEqual({
    status: 503,
    json: { error: 'Order 1 is not found', statusCode: 503 },
    delayMs: 5_000,
  });
});

test('a child needs a parent, and no money of its own', () => {
  const desk = openDesk({ cashUsd: 0, holdings: 'none' });
  expect(submit(desk, limit(150, { parentId: 'nobody' }))).toMatchObject({
    error: expect.stringContaining('nobody'),
  });
  expect(submit(desk, limit(0.01, { quantity: 1 }))).toMatchObject({
    error: expect.stringContaining('NOT ACCEPTED'),
  });
});

test('an order modified down to what is filled is filled', () => {
  const desk = openDesk();
  const id = desk.place(limit(150));
  desk.world.fill(id, { quantity: 4 });
  const body = limit(150, { quantity: 4 });
  confirmAll(
    desk,
    desk.read('modifyOpenOrder', { params: { accountId: ACCOUNT, orderId: String(id) }, body }),
  );
  expect(desk.world.exchange.find(id)?.status).toBe('Filled');
});

test('modify takes the whole ticket and refuses another contract or side', () => {
  const desk = openDesk();
  desk.world.replies.suppress(['o163', 'o354', 'o10153']);
  const id = desk.place(limit(150));
  desk.clock.advance(100);
  const modify = (body: unknown): unknown =>
    desk.call('modifyOpenOrder', { params: { accountId: ACCOUNT, orderId: String(id) }, body }).json;
  expect(modify(limit(155, { quantity: 20 }))).toEqual([
    { order_id: String(id), order_status: 'Submitted', encrypt_message: '1' },
  ]);
  expect(desk.world.exchange.find(id)?.ticket).toMatchObject({ price: 155, quantity: 20 });
  expect(modify({ price: 156 })).toMatchObject({ error: 'Bad Request: conid or conidex needed' });
  expect(modify(limit(155, { side: 'SELL' }))).toMatchObject({ error: expect.stringContaining('side') });
  expect(modify(limit(155, { conid: 8314 }))).toMatchObject({ error: expect.stringContaining('contract') });
});

test('what-if formats amounts, and answers with nulls when the money does not suffice', () => {
  const desk = openDesk();
  const whatIf = (quantity: number): unknown =>
    desk.read('previewMarginImpact', {
      params: { accountId: ACCOUNT },
      body: { orders: [limit(212, { quantity })] },
    });
  expect(whatIf(10)).toMatchObject({
    amount: { amount: '2,120.00 USD (10 Shares)', commission: '1.00 USD', total: '2,121.00 USD' },
    initial: { change: '636' },
    position: { current: '100', change: '10', after: '110' },
    error: null,
  });
  expect(whatIf(50_000)).toMatchObject({
    amount: { commission: 'NA' },
    equity: null,
    initial: null,
    maintenance: null,
    position: null,
    error: expect.stringContaining('USD'),
  });
});

test('the control methods fill, reject and name what they do not know', () => {
  const desk = openDesk();
  const id = desk.place(limit(150));
  expect(desk.world.fill(id, { quantity: 4, price: 148.5 })).toMatchObject({
    filledQuantity: 4,
    avgPrice: '148.5',
  });
  expect(desk.world.reject(id, 'no')).toMatchObject({ status: 'Inactive' });
  expect(() => desk.world.fill(id)).toThrow(`order ${id} is Inactive`);
  expect(() => desk.world.fill(1)).toThrow('there is no order 1');
  expect(() => desk.world.setQuote(1, 1)).toThrow('there is no contract 1');
});

test('a closed market and a halted contract leave orders waiting', () => {
  for (const settings of [{ market: 'closed' }, { halted: [AAPL] }]) {
    const desk = openDesk(settings);
    const id = desk.place(limit(Math.round(last(desk)) + 5));
    desk.clock.advance(5_000);
    expect(desk.world.exchange.find(id)?.filled).toBe(0);
  }
});

test('a combination is filled leg by leg', () => {
  const desk = openDesk();
  desk.place({
    conidex: `28812380;;;${AAPL}/1,8314/-1`,
    orderType: 'MKT',
    side: 'BUY',
    tif: 'DAY',
    quantity: 5,
  });
  desk.clock.advance(2_000);
  expect(desk.read('getTradeHistory')).toMatchObject([
    { symbol: 'AAPL', side: 'B', size: 5 },
    { symbol: 'IBM', side: 'S', size: 5 },
  ]);
});
