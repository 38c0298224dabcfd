import { describe, expect, test } from '@jest/globals';
import type { NewEvent, Topic } from '../../src/event.ts';
import { EventQueue } from '../../src/store/queue.ts';
import { event } from './events.ts';

const price = event({ topic: 'marketdata', conid: 1 });
const order = event();
const heavyPrice = event({ topic: 'marketdata', conid: 1, raw: 'x'.repeat(2 ** 20) });
const heavyOrder = event({ raw: 'x'.repeat(2 ** 20) });

const times = (count: number, one: NewEvent): NewEvent[] => Array.from({ length: count }, () => one);

describe('what is dropped', () => {
  test.each<[name: string, pushed: NewEvent[], dropped: Partial<Record<Topic, number>>, left: number]>([
    ['nothing of few', [price, order], {}, 2],
    ['prices beyond their number', times(20_003, price), { marketdata: 3 }, 20_000],
    ['prices beyond their weight', times(20, heavyPrice), { marketdata: 9 }, 11],
    ['prices, to make room for an order', [...times(20_000, price), order], { marketdata: 20_000 }, 1],
    ['no orders, where prices would be', times(20_003, order), {}, 20_003],
    ['orders at last, far beyond', times(80_002, order), { orders: 2 }, 80_000],
    ['and by weight', times(60, heavyOrder), { orders: 17 }, 43],
  ])('%s', (_name, pushed, want, left) => {
    const dropped: Partial<Record<Topic, number>> = {};
    const queue = new EventQueue((topic) => (dropped[topic] = (dropped[topic] ?? 0) + 1));
    for (const one of pushed) queue.push(one);
    expect([dropped, queue.length]).toEqual([want, left]);
  });
});

test('what is put back comes first, and weighs as before', () => {
  const queue = new EventQueue(() => undefined);
  const events = [1, 2, 3].map((n) => event({ payload: { n }, raw: 'x'.repeat(4 * 2 ** 20) }));
  for (const one of events) queue.push(one);
  expect(queue.isFull).toBe(true);
  const taken = queue.take(2);
  expect([taken, queue.length, queue.isFull]).toEqual([events.slice(0, 2), 1, false]);
  queue.putBack(taken);
  expect(queue.isFull).toBe(true);
  expect(queue.take(100)).toEqual(events);
  expect([queue.length, queue.isFull]).toEqual([0, false]);
});
