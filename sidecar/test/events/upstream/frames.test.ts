// Each of IBKR's frames and what it tells; shapes as documented and as observed.

import { describe, expect, test } from '@jest/globals';
import type { NewEvent } from '../../../src/event.ts';
import {
  createFrameMemory,
  tellFrame,
  tellReadOrders,
  tellReadTrades,
  type Told,
} from '../../../src/events/frames.ts';

const at = { receivedAtMs: 1_700_000_000_000, healed: false };

function tell(...frames: unknown[]): Told[] {
  const memory = createFrameMemory();
  return frames.map((frame) =>
    tellFrame({ text: JSON.stringify(frame), json: frame as Record<string, unknown> }, memory, at),
  );
}

/** What differs from an event without keys. */
function keys({ stream, account, orderId, conid, executionId, dedup, payload }: NewEvent): unknown {
  const all = { account, orderId, conid, executionId, dedup };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return { stream, ...given, payload };
}

const trade = {
  execution_id: '0000e0d5.65.01.01',
  symbol: 'AAPL',
  side: 'B',
  size: 4,
  price: '150.00',
  account: 'U1234567',
  conid: 265598,
  order_id: 17,
};

describe('tells', () => {
  test.each<[name: string, frame: unknown, label: string, want: unknown[]]>([
    [
      'a quote',
      { topic: 'smd+265598', conid: 265598, conidEx: '265598', '31': '193.2' },
      'marketdata',
      [
        {
          stream: 'marketdata:265598',
          conid: 265598,
          payload: { topic: 'smd+265598', conid: 265598, conidEx: '265598', '31': '193.2' },
        },
      ],
    ],
    [
      'a quote at an exchange, which is of the same instrument',
      { topic: 'smd+265598@ARCA', '31': '1' },
      'marketdata',
      [{ stream: 'marketdata:265598', conid: 265598, payload: { topic: 'smd+265598@ARCA', '31': '1' } }],
    ],
    [
      'a quote of a combination',
      { topic: 'smd+28812380;;;1/1,2/-1', conid: 0, '31': '1' },
      'marketdata',
      [
        {
          stream: 'marketdata:28812380;;;1/1,2/-1',
          conid: 0,
          payload: { topic: 'smd+28812380;;;1/1,2/-1', conid: 0, '31': '1' },
        },
      ],
    ],
    [
      'profits, one event for each account',
      { topic: 'spl', args: { 'U1.Core': { dpl: 1 }, 'U2.Core': { dpl: 2 } } },
      'pnl',
      [
        { stream: 'pnl', account: 'U1', payload: { type: 'profit', key: 'U1.Core', account: 'U1', dpl: 1 } },
        { stream: 'pnl', account: 'U2', payload: { type: 'profit', key: 'U2.Core', account: 'U2', dpl: 2 } },
      ],
    ],
    [
      'a summary',
      { topic: 'ssd+U1', result: [{ key: 'Cash' }] },
      'pnl',
      [
        {
          stream: 'pnl',
          account: 'U1',
          payload: { type: 'summary', account: 'U1', figures: [{ key: 'Cash' }] },
        },
      ],
    ],
    [
      'a ledger',
      { topic: 'sld+U1', result: [{ key: 'LedgerListUSD' }] },
      'pnl',
      [
        {
          stream: 'pnl',
          account: 'U1',
          payload: { type: 'ledger', account: 'U1', figures: [{ key: 'LedgerListUSD' }] },
        },
      ],
    ],
    [
      'an execution',
      { topic: 'str', args: [trade] },
      'trades',
      [
        {
          stream: 'trades',
          account: 'U1234567',
          orderId: '17',
          conid: 265598,
          executionId: '0000e0d5.65.01.01',
          dedup: 'execution:0000e0d5.65.01.01',
          payload: trade,
        },
      ],
    ],
    ['no trades yet', { topic: 'str', args: [] }, 'trades', []],
    [
      'a prompt of the order system',
      { topic: 'ntf', args: { orderId: 17, reqId: '3', text: 'sure?', options: ['Yes'] } },
      'notifications',
      [
        {
          stream: 'notifications',
          orderId: '17',
          payload: { type: 'notification', orderId: 17, reqId: '3', text: 'sure?', options: ['Yes'] },
        },
      ],
    ],
    [
      'bulletins in a list',
      { topic: 'blt', args: [{ message: 'a' }, { message: 'b' }] },
      'notifications',
      [
        { stream: 'notifications', payload: { type: 'bulletin', message: 'a' } },
        { stream: 'notifications', payload: { type: 'bulletin', message: 'b' } },
      ],
    ],
    [
      'the state of the session, without what tells the machine',
      { topic: 'sts', args: { authenticated: true, MAC: '00:11' } },
      'session',
      [{ stream: 'session', payload: { type: 'status', authenticated: true, MAC: '<masked>' } }],
    ],
    [
      'the accounts, without the session’s id',
      { topic: 'act', args: { accounts: ['U1'], sessionId: '6543' } },
      'session',
      [{ stream: 'session', payload: { type: 'accounts', accounts: ['U1'], sessionId: '<masked>' } }],
    ],
    [
      'the login',
      { topic: 'system', success: 'me', isFT: false },
      'system',
      [{ stream: 'session', payload: { type: 'login', topic: 'system', success: 'me', isFT: false } }],
    ],
    ['the heartbeat, which is no event', { topic: 'system', hb: 1 }, 'system', []],
    [
      'an error',
      { error: 'No accounts', topic: 'smd' },
      'error',
      [{ stream: 'session', payload: { type: 'error', error: 'No accounts', topic: 'smd' } }],
    ],
    ['a tic, which carries a token', { topic: 'tic', alive: true, id: 'f00d' }, 'tic', []],
    ['what is not known', { topic: 'zzz', args: [1] }, 'other', []],
    ['what is called like a method', { topic: 'constructor' }, 'other', []],
    ['no topic', { message: 'waiting for session' }, 'other', []],
    ['a topic that is no text', { topic: 7 }, 'other', []],
    ['lists of nonsense', { topic: 'sor', args: [null, 1, [], { status: 'x' }] }, 'orders', []],
    ['arguments of nonsense', { topic: 'spl', args: 'x' }, 'pnl', []],
    ['quotes of nothing', { topic: 'smd' }, 'marketdata', []],
  ])('%s', (_name, frame, label, want) => {
    const [told] = tell(frame);
    expect(told?.label).toBe(label);
    expect(told?.events.map(keys)).toEqual(want);
  });

  test('the frame behind each event, and of a long one the piece that is its own', () => {
    const [one, many] = tell(
      { topic: 'str', args: [trade] },
      { topic: 'blt', args: [{ message: 'a' }, { message: 'b' }] },
    );
    expect(one?.events[0]?.raw).toBe(JSON.stringify({ topic: 'str', args: [trade] }));
    expect(many?.events.map(({ raw }) => raw)).toEqual([
      '{"topic":"blt","args":[{"message":"a"}]}',
      '{"topic":"blt","args":[{"message":"b"}]}',
    ]);
  });

  test('nothing secret behind an event', () => {
    const [told] = tell({ topic: 'act', args: { accounts: [], nested: [{ session: 'f00d' }] } });
    expect(told?.events[0]?.raw).toBe(
      '{"topic":"act","args":{"accounts":[],"nested":[{"session":"<masked>"}]}}',
    );
  });
});

describe('a repeat tells nothing', () => {
  const count = (...frames: unknown[]): number[] => tell(...frames).map(({ events }) => events.length);
  const quote = { topic: 'smd+1', '31': '1', _updated: 1 };
  const profit = (dpl: number) => ({ topic: 'spl', args: { 'U1.Core': { dpl } } });

  test.each<[name: string, frames: unknown[], want: number[]]>([
    ['a quote, unless it is a new one', [quote, quote, { ...quote, _updated: 2 }], [1, 0, 1]],
    ['profits, until they change', [profit(1), profit(1), profit(2), profit(1)], [1, 0, 1, 1]],
    [
      'an execution, until its commission is known',
      [trade, trade, { ...trade, commission: '1.0' }, trade, { ...trade, commission: 1 }].map((row) => ({
        topic: 'str',
        args: [row],
      })),
      [1, 0, 1, 0, 0],
    ],
  ])('%s', (_name, frames, want) => {
    expect(count(...frames)).toEqual(want);
  });

  test('an execution read through REST is the one that was pushed', () => {
    const memory = createFrameMemory();
    const pushed = { topic: 'str', args: [{ ...trade, commission: '1' }] };
    expect(tellReadTrades([{ ...trade, commission: '1' }], memory, at)).toMatchObject([
      { healed: true, dedup: 'execution:0000e0d5.65.01.01:1' },
    ]);
    expect(tellFrame({ text: '', json: pushed }, memory, at).events).toEqual([]);
    expect(tellFrame({ text: '', json: { topic: 'str', args: [trade] } }, memory, at).events).toEqual([]);
  });

  test('an order read through REST is the one that was pushed', () => {
    const memory = createFrameMemory();
    const row = { acct: 'U1', orderId: 17, status: 'Submitted', price: '150.00', totalSize: 10 };
    tellFrame({ text: '', json: { topic: 'sor', args: [row] } }, memory, at);
    const mark = memory.orders.mark();
    expect(tellReadOrders([{ ...row, price: 150, totalSize: '10' }], memory, { ...at, mark })).toEqual([]);
    const filled = { ...row, status: 'Filled' };
    expect(tellReadOrders([filled], memory, { ...at, mark })).toMatchObject([
      { healed: true, orderId: '17', account: 'U1', payload: { status: 'Filled', changed: ['status'] } },
    ]);
  });
});
