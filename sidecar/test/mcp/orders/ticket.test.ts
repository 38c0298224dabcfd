// An order as a model states it: which prices go with which type, what a person reads, what IBKR gets.

import { describe, expect, test } from '@jest/globals';
import { bodyOf, changesOf, differences, sentence, ticketOf } from '../../../src/mcp/orders/ticket.ts';

const base = { account_id: 'DU1', conid: 1, side: 'BUY', quantity: 10, tif: 'DAY' };

describe('prices', () => {
  test.each([
    { order_type: 'LMT', price: 1.1 },
    { order_type: 'MKT' },
    { order_type: 'STP', price: 1 },
    { order_type: 'STOP_LIMIT', price: 1, stop_price: 2 },
    { order_type: 'MIDPRICE' },
    { order_type: 'MIDPRICE', price: 1 },
    { order_type: 'TRAIL', trailing_amount: 1, trailing_type: 'amt' },
    { order_type: 'TRAILLMT', price: 1, stop_price: 2, trailing_amount: 1, trailing_type: '%' },
    { order_type: 'LOC', price: 1 },
    { order_type: 'MOC' },
  ])('%j is whole', (prices) => {
    expect(ticketOf({ ...base, ...prices }).type).toBe(prices.order_type);
  });

  test.each([
    [{ order_type: 'LMT' }, 'needs price'],
    [{ order_type: 'STP' }, 'needs price'],
    [{ order_type: 'STOP_LIMIT', price: 1 }, 'needs stop_price'],
    [{ order_type: 'TRAIL' }, 'needs trailing_amount and trailing_type'],
    [{ order_type: 'MKT', price: 1 }, 'has no price'],
    [{ order_type: 'LMT', price: 1, stop_price: 1 }, 'has no stop_price'],
  ])('%j is refused', (prices, says) => {
    expect(() => ticketOf({ ...base, ...prices })).toThrow(says);
  });
});

test.each([
  [{ order_type: 'LMT', price: 150 }, 'BUY 10 AAPL (conid 1) LMT at 150, DAY, in DU1'],
  [
    { order_type: 'STOP_LIMIT', price: 1, stop_price: 2, outside_rth: true },
    'BUY 10 AAPL (conid 1) STOP_LIMIT at 1 stop 2, DAY, also outside trading hours, in DU1',
  ],
  [
    { order_type: 'TRAIL', trailing_amount: 5, trailing_type: '%', order_id: 7 },
    'Change order 7 to: BUY 10 AAPL (conid 1) TRAIL trailing 5%, DAY, in DU1',
  ],
])('%j reads well', (prices, want) => {
  expect(sentence(ticketOf({ ...base, ...prices }), 'AAPL')).toBe(want);
});

test('IBKR gets its own names, and an id by which the order is found again', () => {
  const ticket = ticketOf({ ...base, order_type: 'STOP_LIMIT', price: 1, stop_price: 2, outside_rth: false });
  expect(bodyOf(ticket, 'mcp-1')).toEqual({
    acctId: 'DU1',
    conid: 1,
    orderType: 'STOP_LIMIT',
    side: 'BUY',
    quantity: 10,
    tif: 'DAY',
    price: 1,
    auxPrice: 2,
    outsideRTH: false,
    cOID: 'mcp-1',
  });
});

test('another order is told by what differs', () => {
  const one = ticketOf({ ...base, order_type: 'LMT', price: 1 }).stated;
  expect(differences(one, { ...one })).toEqual([]);
  expect(differences(one, { ...one, price: 1.1, side: 'SELL' })).toEqual(['side', 'price']);
  expect(differences(one, { ...one, outside_rth: true })).toEqual(['outside_rth']);
});

test('a change is told member by member', () => {
  const ticket = ticketOf({ ...base, order_type: 'LMT', price: 151, order_id: 7 });
  expect(changesOf(ticket, { quantity: 10, price: 150, tif: 'GTC' })).toEqual([
    'price: 150 → 151',
    'tif: GTC → DAY',
  ]);
});
