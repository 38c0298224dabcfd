// Orders by MCP against the simulated Gateway: preview, place, IBKR's questions, change, cancel. With a client that can ask
// its user and with one that cannot, of both eras.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../io/events-until.ts';
import { connect, eras, overHttp, type Connected, type User } from '../client.ts';
import { account, apple, farBelow, trading } from './scene.ts';

const on = trading();

const tokenOf = async (client: Connected, ticket: Record<string, unknown>): Promise<string> =>
  String((await client.ok('preview_order', ticket))['preview_token']);

describe.each(eras)('a client of %s without a user to ask', (era) => {
  let client: Connected;
  beforeAll(async () => {
    client = await connect(overHttp(on.sidecar.url), era);
  });
  afterAll(() => client.stop());

  /** Answers every question of IBKR's. */
  async function place(ticket: Record<string, unknown>): Promise<Record<string, unknown>> {
    let answer = await client.ok('place_order', { ...ticket, preview_token: await tokenOf(client, ticket) });
    while (answer['status'] === 'question')
      answer = await client.ok('answer_order_question', {
        question_id: answer['question_id'],
        confirmed: true,
      });
    return { ...answer };
  }

  test('places what was previewed, and IBKR’s questions are told, not answered', async () => {
    const token = await tokenOf(client, farBelow);
    const first = await client.ok('place_order', { ...farBelow, preview_token: token });
    expect(first).toMatchObject({
      status: 'question',
      messages: [expect.stringContaining('Percentage constraint')],
    });
    const before = await on.orders();
    const second = await client.ok('answer_order_question', {
      question_id: first['question_id'],
      confirmed: true,
    });
    expect(second).toMatchObject({ status: 'question', messages: [expect.stringContaining('Cap Price')] });
    expect(await on.orders()).toHaveLength(before.length);
    const third = await client.ok('answer_order_question', {
      question_id: second['question_id'],
      confirmed: true,
    });
    expect(third).toMatchObject({
      status: 'placed',
      order_id: expect.any(Number),
      order_ref: expect.any(String),
    });
    const order = (await on.orders()).find(({ orderId }) => orderId === third['order_id']);
    expect(order).toMatchObject({ order_ref: third['order_ref'], price: '100.00' });
    expect(await client.ok('order_status', { order_id: third['order_id'] })).toMatchObject({
      quantity: 1,
      price: 100,
    });
    await client.ok('cancel_order', { account_id: account, order_id: third['order_id'] });
  });

  test('a question that is declined places nothing, and is gone', async () => {
    const before = await on.orders();
    const answer = await client.ok('place_order', {
      ...farBelow,
      preview_token: await tokenOf(client, farBelow),
    });
    const declined = { question_id: answer['question_id'], confirmed: false };
    expect(await client.ok('answer_order_question', declined)).toMatchObject({ status: 'declined' });
    expect(await client.refused('answer_order_question', declined)).toContain('question_unknown');
    expect(await on.orders()).toHaveLength(before.length);
  });

  test('a token is good for one placing', async () => {
    const market = { ...farBelow, price: 210 };
    const token = await tokenOf(client, market);
    const calls = [1, 2, 3].map(() => client.call('place_order', { ...market, preview_token: token }));
    const answers = await Promise.all(calls);
    expect(answers.filter(({ isError }) => !isError)).toHaveLength(1);
    for (const { text } of answers.filter(({ isError }) => isError))
      expect(text).toContain('preview_unknown');
  });

  test.each([
    ['quantity', { quantity: 2 }],
    ['price', { price: 100.01 }],
    ['side', { side: 'SELL' }],
    ['conid', { conid: 8314 }],
    ['outside_rth', { outside_rth: true }],
    ['order_type, price', { order_type: 'MKT', price: undefined }],
  ])('a token is of this very order: another %s is refused', async (what, other) => {
    const before = await on.orders();
    const token = await tokenOf(client, farBelow);
    const said = await client.refused('place_order', { ...farBelow, ...other, preview_token: token });
    expect(said).toContain(`${what} differs`);
    expect(await on.orders()).toHaveLength(before.length);
  });

  test('a working order is changed by the same two steps', async () => {
    const { order_id } = await place(farBelow);
    const changed = { ...farBelow, price: 101, order_id };
    expect(await client.ok('preview_order', changed)).toMatchObject({
      order: expect.stringContaining(`Change order ${String(order_id)}`),
      changes: ['price: 100 → 101'],
    });
    expect(await place(changed)).toMatchObject({ status: 'placed', order_id });
    expect((await on.orders()).find(({ orderId }) => orderId === order_id)).toMatchObject({
      price: '101.00',
    });
    expect(await client.refused('preview_order', { ...changed, side: 'SELL' })).toContain('has another side');
    await client.ok('cancel_order', { account_id: account, order_id });
    await until('a cancelled order', async () => {
      const { status } = await client.ok('order_status', { order_id });
      return status === 'Cancelled';
    });
    expect(await client.refused('preview_order', changed)).toContain('wrong_order');
  });

  test('what IBKR would refuse gets no token', async () => {
    const shown = await client.ok('preview_order', { ...farBelow, quantity: 900_000, price: 215 });
    expect(shown).toMatchObject({ errors: [expect.stringContaining('Available funds')] });
    expect(shown).not.toHaveProperty('preview_token');
  });

  test.each([
    ['a price too few', { price: undefined }, 'needs price'],
    ['a price too many', { order_type: 'MKT' }, 'has no price'],
    ['no such account', { account_id: 'U1' }, `Its accounts: ${account}`],
    ['no such contract', { conid: 999_999_999 }, 'ibkr_failed'],
    ['no such order', { order_id: 42 }, 'ibkr_failed'],
    ['an unknown member', { leverage: 5 }, 'leverage is not known'],
    ['nothing', { quantity: 0 }, 'quantity must be > 0'],
    ['every order at once', { order_id: -1 }, 'order_id must be >= 1'],
  ])('%s is refused before anything is sent', async (_what, other, says) => {
    expect(await client.refused('preview_order', { ...farBelow, ...other })).toContain(says);
  });

  test('one order is cancelled, never all', async () => {
    expect(await client.refused('cancel_order', { account_id: account, order_id: -1 })).toContain(
      'must be >= 1',
    );
    expect(await client.refused('cancel_order', { account_id: account, order_id: 42 })).toContain(
      "doesn't exist",
    );
    expect(
      await client.refused('api_write', {
        operation: 'cancelOpenOrder',
        params: { accountId: account, orderId: -1 },
      }),
    ).toContain('Use cancel_order');
  });

  test('other calls that touch orders are announced first', async () => {
    const call = { operation: 'suppressOrderReplies', body: { messageIds: ['o10153'] } };
    const { confirm_token } = await client.ok('api_write', call);
    const other = { ...call, body: { messageIds: ['o163'] }, confirm_token };
    expect(await client.refused('api_write', other)).toContain('confirm_unknown');
    expect(await client.ok('api_write', { ...call, confirm_token })).toEqual({
      answer: { status: 'submitted' },
    });
    expect(await client.refused('api_write', { ...call, confirm_token })).toContain('confirm_unknown');
    const undo = { operation: 'resetOrderSuppression' };
    const second = await client.ok('api_write', undo);
    await client.ok('api_write', { ...undo, confirm_token: second['confirm_token'] });
  });

  test('what touches no order is called at once', async () => {
    const id = era;
    const body = { id, name: `of ${era}`, rows: [{ C: apple }] };
    expect(await client.ok('api_write', { operation: 'postNewWatchlist', body })).toMatchObject({
      answer: { id },
    });
    expect(await client.ok('api_write', { operation: 'deleteWatchlist', params: { id } })).toMatchObject({
      answer: { data: { deleted: id } },
    });
    expect(await client.refused('api_write', { operation: 'getPnl' })).toContain('Use api_read');
    expect(await client.refused('api_read', { operation: 'submitNewOrder' })).toContain('not_a_read');
    expect(
      await client.refused('api_write', { operation: 'submitNewOrder', params: { accountId: account } }),
    ).toContain('preview_order, then place_order');
  });
});

describe.each(eras)('a client of %s with a user to ask', (era) => {
  const answers = new Map<string, ReturnType<NonNullable<User>>>();
  let client: Connected;
  beforeAll(async () => {
    const user: User = (message) => [...answers].find(([part]) => message.includes(part))?.[1] ?? 'yes';
    client = await connect(overHttp(on.sidecar.url), era, user);
  });
  afterAll(() => client.stop());

  const place = async (ticket: Record<string, unknown> = farBelow) =>
    client.ok('place_order', { ...ticket, preview_token: await tokenOf(client, ticket) });

  test('puts the order and each question of IBKR’s to the user, and places it', async () => {
    answers.clear();
    const before = client.asked.length;
    const placed = await place();
    expect(placed).toMatchObject({ status: 'placed', order_id: expect.any(Number) });
    expect(client.asked.slice(before)).toEqual([
      expect.stringMatching(/^BUY 1 AAPL .* LMT at 100, DAY, in DU1234567\. Cost: 101\.00 USD/),
      expect.stringContaining('Percentage constraint'),
      expect.stringContaining('Cap Price'),
    ]);
    expect(
      await client.ok('cancel_order', { account_id: account, order_id: placed['order_id'] }),
    ).toMatchObject({
      order_id: placed['order_id'],
    });
    expect(client.asked.at(-1)).toContain('Cancel order');
  });

  test.each([
    ['the order', 'Send it?', 'no'],
    ['the order, by closing the window', 'Send it?', 'cancel'],
    ['IBKR’s first question', 'Percentage', 'no'],
    ['IBKR’s second question', 'Cap Price', 'no'],
  ] as const)('a no to %s places nothing', async (_what, part, said) => {
    const before = await on.orders();
    answers.clear();
    answers.set(part, said);
    expect(await place()).toMatchObject({ status: 'declined' });
    expect(await on.orders()).toHaveLength(before.length);
  });

  test('a no to a cancellation leaves the order', async () => {
    answers.clear();
    const { order_id } = await place();
    answers.set('Cancel order', 'no');
    expect(await client.ok('cancel_order', { account_id: account, order_id })).toMatchObject({
      message: expect.stringContaining('declined'),
    });
    expect(await client.ok('order_status', { order_id })).toMatchObject({
      status: expect.stringMatching(/Submit/),
    });
    answers.clear();
    await client.ok('cancel_order', { account_id: account, order_id });
  });
});
