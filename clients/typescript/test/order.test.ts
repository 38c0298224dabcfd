// Orders: what IBKR's answers mean, and the way through its questions, with a policy and without.

import { describe, expect, test } from '@jest/globals';
import type { Client } from '../src/client.ts';
import { readAnswer, type OrderQuestion, type OrderTicket } from '../src/order.ts';
import { account, sharedStage, startGateway, type Stage } from './stage.ts';

describe('an answer to an order', () => {
  test.each<[string, unknown, unknown]>([
    [
      'placed',
      [{ order_id: '17', order_status: 'Submitted', encrypt_message: '1' }],
      { orders: [{ orderId: '17', status: 'Submitted' }] },
    ],
    [
      'placed, a bracket',
      [{ order_id: 17, order_status: 'PreSubmitted' }, { order_id: 18 }],
      {
        orders: [
          { orderId: '17', status: 'PreSubmitted' },
          { orderId: '18', status: '' },
        ],
      },
    ],
    [
      'a question',
      [{ id: 'q-1', message: ['<h4>Confirm</h4>Sure?  <br>'], isSuppressed: false, messageIds: ['o163'] }],
      { question: { id: 'q-1', messageIds: ['o163'], messages: ['Confirm Sure?'] } },
    ],
    [
      'a question without ids',
      [{ id: 'q-1', message: 'Sure?' }],
      { question: { id: 'q-1', messageIds: [], messages: ['Sure?'] } },
    ],
  ])('%s', (_, answer, want) => {
    expect(readAnswer(answer)).toEqual(want);
  });

  test.each<[string, unknown, object]>([
    ['refused', { error: 'No trading permission' }, { kind: 'rejected', message: 'No trading permission' }],
    ['refused in a list', [{ error: 'Too large' }], { kind: 'rejected', message: 'Too large' }],
    [
      'refused at length',
      { orderId: 1, reqId: '2', text: 'Order <b>rejected</b>', messageId: 'p12', prompt: true },
      { kind: 'rejected', message: 'Order rejected' },
    ],
    [
      'a question that has lapsed',
      { error: "reply id not found: 'q-1'" },
      { kind: 'not-found', hint: expect.stringContaining('lapsed') as unknown },
    ],
    ['nothing known', [], { kind: 'bad-answer', hint: expect.stringContaining('look it up') as unknown }],
    ['nothing', undefined, { kind: 'bad-answer' }],
  ])('%s is an error', (_, answer, want) => {
    expect(() => readAnswer(answer)).toThrow(expect.objectContaining(want));
  });
});

/** So far from the market that IBKR asks. */
const ticket: OrderTicket = {
  conid: 265598,
  orderType: 'LMT',
  side: 'BUY',
  tif: 'DAY',
  quantity: 1,
  price: 1,
};

/** What is asked of it, one after the other. */
const chain = ['o163', 'o354', 'o10153'];

const through: Record<string, (stage: Stage) => Client> = {
  bezant: (stage) => stage.client(),
  'the Gateway': (stage) => stage.direct(),
};

describe.each(Object.entries(through))('through %s', (_, clientOf) => {
  const stage = sharedStage({ timeScale: 0 });
  const placing = () => ({ ...stage(), client: clientOf(stage()) });

  test('without a policy every question is handed back, and nothing is placed until the last is answered', async () => {
    const { client } = placing();
    let outcome = await client.placeOrder(account, ticket);
    const asked: string[] = [];
    while (outcome.kind === 'question') {
      const { question, confirmed } = outcome;
      expect(question.messages.join(' ')).toMatch(/\w+ \w+/);
      expect(confirmed.flatMap(({ messageIds }) => messageIds)).toEqual(asked);
      asked.push(...question.messageIds);
      outcome = await outcome.answer(true);
    }
    expect(asked).toEqual(chain);
    expect(outcome).toMatchObject({ kind: 'submitted', orders: [{ status: expect.any(String) as unknown }] });
  });

  test('a question answered with no withdraws the order', async () => {
    const { client, simulator } = placing();
    const asked = await client.placeOrder(account, ticket);
    if (asked.kind !== 'question') throw new Error(`unexpected: ${asked.kind}`);
    expect(await asked.answer(false)).toEqual({ kind: 'withdrawn', confirmed: [] });
    expect(simulator.capture.list().some(({ url }) => url.includes('/iserver/reply/'))).toBe(true);
    await expect(asked.answer(true)).rejects.toMatchObject({ isRetryable: false });
  });

  test('the policy confirms what it names and nothing else', async () => {
    const { client } = placing();
    const half = await client.placeOrder(account, ticket, { confirm: ['o163', 'o10153'] });
    if (half.kind !== 'question') throw new Error(`unexpected: ${half.kind}`);
    expect(half.confirmed.map(({ messageIds }) => messageIds)).toEqual([['o163']]);
    expect(half.question.messageIds).toEqual(['o354']);
    // The policy goes on after an answer by hand
    expect(await half.answer(true)).toMatchObject({
      kind: 'submitted',
      confirmed: chain.map((id) => ({ messageIds: [id] })),
    });
  });

  test('a function may decide', async () => {
    const { client } = placing();
    const seen: OrderQuestion[] = [];
    const outcome = await client.placeOrder(account, ticket, {
      confirm(question) {
        seen.push(question);
        return Promise.resolve(true);
      },
    });
    expect(outcome.kind).toBe('submitted');
    expect(seen.flatMap(({ messageIds }) => messageIds)).toEqual(chain);
  });

  test('a change of an order goes the same way', async () => {
    const { client } = placing();
    const placed = await client.placeOrder(account, ticket, { confirm: chain });
    if (placed.kind !== 'submitted') throw new Error(`unexpected: ${placed.kind}`);
    const changed = await client.modifyOrder(
      account,
      placed.orders[0]?.orderId ?? '',
      { ...ticket, price: 2 },
      { confirm: chain },
    );
    expect(changed).toMatchObject({
      kind: 'submitted',
      orders: placed.orders.map(({ orderId }) => ({ orderId })),
    });
  });

  test.each<[string, Partial<OrderTicket>, string]>([
    ['an account of somebody else', {}, 'DU9999999'],
    ['a quantity of nothing', { quantity: 0 }, account],
    ['an unknown contract', { conid: 1 }, account],
  ])('%s is told in words', async (_name, more, of) => {
    const { client } = placing();
    const error: unknown = await client
      .placeOrder(of, { ...ticket, ...more })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'BezantError', isRetryable: false });
    expect((error as Error).message).toMatch(/\w+ \w+/);
  });
});

test('an answer that never comes: once asked, never again, and the error says to look', async () => {
  const { direct, control, simulator } = await startGateway();
  await control('POST /faults', {
    paths: [{ path: `/v1/api/iserver/account/*/orders`, methods: ['POST'], effect: true, hang: true }],
  });
  await expect(direct({ timeoutMs: 300 }).placeOrder(account, ticket)).rejects.toMatchObject({
    kind: 'timeout',
    isRetryable: false,
    hint: expect.stringContaining('look it up before sending it again') as unknown,
  });
  const sent = simulator.capture
    .list()
    .filter(({ method, url }) => method === 'POST' && url.endsWith('/orders'));
  expect(sent).toHaveLength(1);
});
