// What counts as news of an order, also after a restart and against a read that was overtaken.

import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/events/client-frames.ts';
import { OrderMemory } from '../../../src/events/order-memory.ts';

const full: Json = {
  acct: 'U1',
  orderId: 17,
  conid: 265598,
  ticker: 'AAPL',
  status: 'Submitted',
  totalSize: 10,
  filledQuantity: 0,
  price: '150.00',
  order_ccp_status: 'Submitted',
  bgColor: '#000000',
  lastExecutionTime: '260401234047',
  lastExecutionTime_r: 1_000,
};

const news = (memory: OrderMemory, ...rows: Json[]): (string | null)[] =>
  rows.map((row) => {
    const told = memory.take('17', row);
    return told === null ? null : String(told.order['status']);
  });

describe('is news', () => {
  test.each<[name: string, rows: Json[], want: (string | null)[]]>([
    ['the first sight', [full], ['Submitted']],
    ['not the same again', [full, full], ['Submitted', null]],
    ['not the same in other types', [full, { ...full, price: 150, totalSize: '10' }], ['Submitted', null]],
    ['not what it looks like', [full, { ...full, bgColor: '#FFFFFF' }], ['Submitted', null]],
    ['not a marker', [full, { acct: 'U1', orderId: 17 }], ['Submitted', null]],
    ['a status alone', [full, { orderId: 17, status: 'Filled' }], ['Submitted', 'Filled']],
    [
      'a state that it comes back to',
      [full, { status: 'PreSubmitted' }, { status: 'Submitted' }],
      ['Submitted', 'PreSubmitted', 'Submitted'],
    ],
    [
      'not the whole of what a status has told already',
      [full, { status: 'Filled' }, { ...full, status: 'Filled', lastExecutionTime_r: 2_000 }],
      ['Submitted', 'Filled', null],
    ],
    [
      'the same state at a later time: something was in between',
      [full, { ...full, lastExecutionTime_r: 2_000 }],
      ['Submitted', 'Submitted'],
    ],
    ['a new price', [full, { ...full, price: '151.00' }], ['Submitted', 'Submitted']],
  ])('%s', (_name, rows, want) => {
    expect(news(new OrderMemory(), ...rows)).toEqual(want);
  });

  test('with all that is known, without what is out of date', () => {
    const memory = new OrderMemory();
    memory.take('17', full);
    expect(memory.take('17', { acct: 'U1', orderId: 17, status: 'Filled', fgColor: '#1' })).toMatchObject({
      order: {
        acct: 'U1',
        orderId: 17,
        conid: 265598,
        ticker: 'AAPL',
        status: 'Filled',
        totalSize: 10,
        filledQuantity: 0,
        price: '150.00',
        fgColor: '#1',
      },
      changed: ['status', 'fgColor'],
    });
  });
});

describe('keys', () => {
  const keysOf = (memory: OrderMemory, ...rows: Json[]): (string | undefined)[] =>
    rows.map((row) => memory.take('17', row)?.dedup);
  const there = { ...full, status: 'PreSubmitted' };

  test('differ for each time, and are the same for whoever sees the same', () => {
    const seen = keysOf(new OrderMemory(), full, there, full, there);
    expect(new Set(seen).size).toBe(4);
    expect(keysOf(new OrderMemory(), full, there, full, there)).toEqual(seen);
    // Nothing known of the past: the store knows it by its key.
    expect(keysOf(new OrderMemory(), full)).toEqual([seen[0]]);
  });

  test('go on after a restart', () => {
    const before = new OrderMemory();
    const events = [full, there, full].map((row) => {
      const told = before.take('17', row);
      return { orderId: '17', payload: { ...told?.order, changed: [] }, dedup: told?.dedup ?? null };
    });
    const after = new OrderMemory();
    events.forEach((event) => after.remember(event));
    expect(after.take('17', full)).toBeNull();
    const next = after.take('17', there);
    expect(next).not.toBeNull();
    expect(events.map(({ dedup }) => dedup)).not.toContain(next?.dedup);
  });

  test('stay apart for an order that has been in more states than are remembered', () => {
    const memory = new OrderMemory();
    const prices = Array.from({ length: 500 }, (_, index) => ({ price: index }));
    const keys = keysOf(memory, full, ...prices, ...prices);
    expect(new Set(keys).size).toBe(1 + 2 * prices.length);
  });
});

describe('a row that was asked for', () => {
  const mark = (memory: OrderMemory): number => memory.mark();

  test('tells what was missed', () => {
    const memory = new OrderMemory();
    memory.take('17', full);
    expect(memory.takeRead('17', { ...full, status: 'Filled' }, mark(memory))).not.toBeNull();
  });

  test('is left alone when something newer was pushed meanwhile', () => {
    const memory = new OrderMemory();
    memory.take('17', full);
    const asked = mark(memory);
    memory.take('17', { status: 'Filled' });
    expect(memory.takeRead('17', full, asked)).toBeNull();
    expect(memory.take('17', { status: 'Filled' })).toBeNull();
  });

  test('is left alone when it is older than what is known', () => {
    const memory = new OrderMemory();
    memory.take('17', full);
    expect(
      memory.takeRead('17', { ...full, status: 'PreSubmitted', lastExecutionTime_r: 1 }, mark(memory)),
    ).toBeNull();
  });
});

test('the orders untouched for longest are forgotten', () => {
  const memory = new OrderMemory();
  for (let id = 0; id < 3_000; id += 1) memory.take(String(id), full);
  expect(memory.take('2999', full)).toBeNull();
  expect(memory.take('0', full)).not.toBeNull();
});
