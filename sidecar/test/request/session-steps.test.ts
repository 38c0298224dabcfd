// The steps that know IBKR's first-call habits: preflight and warm-up.

import { expect, test } from '@jest/globals';
import type { Operation } from '../../src/contract.ts';
import { Problem } from '../../src/errors.ts';
import type { GatewayAnswer } from '../../src/gateway.ts';
import { Preflight } from '../../src/request/preflight.ts';
import { WarmUp } from '../../src/request/warm-up.ts';
import { ManualClock, settle } from '../manual-clock.ts';
import { answer, call, operation } from './operations.ts';

const accounts = operation({ id: 'getBrokerageAccounts', path: '/iserver/accounts' });
const orders = operation({ id: 'getOpenOrders', preflight: ['getBrokerageAccounts'] });
const { signal } = new AbortController();

function setUpPreflight(respond: () => GatewayAnswer) {
  const state = { epoch: 1, calls: [] as string[] };
  const preflight = new Preflight({
    contract: { operations: [accounts, orders], byId: new Map([[accounts.id, accounts]]) },
    observe: () => undefined,
    epoch: () => state.epoch,
    call: async (asked: Operation) => {
      state.calls.push(asked.id);
      const given = await Promise.resolve().then(respond);
      preflight.saw(asked, given);
      return given;
    },
  });
  return { state, preflight };
}

test('the first call is made once per brokerage session, however many ask at the same time', async () => {
  const { state, preflight } = setUpPreflight(() => answer({ accounts: [] }));
  await Promise.all([preflight.before(orders), preflight.before(orders)]);
  await preflight.before(orders);
  expect(state.calls).toEqual(['getBrokerageAccounts']);
  state.epoch = 2;
  await preflight.before(orders);
  expect(state.calls).toHaveLength(2);
});

test('a caller who made the first call itself is believed', async () => {
  const { state, preflight } = setUpPreflight(() => answer({}));
  preflight.saw(accounts, answer({ accounts: [] }));
  await preflight.before(orders);
  expect(state.calls).toEqual([]);
});

test('a failing first call does not fail the caller’s, and is made again next time', async () => {
  const { state, preflight } = setUpPreflight(() => answer({ error: 'no bridge' }, { status: 400 }));
  await preflight.before(orders);
  await preflight.before(orders);
  expect(state.calls).toHaveLength(2);
});

test('a first call that cannot be made fails the caller’s, which is not made either', async () => {
  const { preflight } = setUpPreflight(() => {
    throw new Problem('upstream_timeout', 'The Gateway did not answer within 30 s.');
  });
  await expect(preflight.before(orders)).rejects.toMatchObject({
    code: 'upstream_timeout',
    message: 'getBrokerageAccounts has to come first. The Gateway did not answer within 30 s.',
  });
});

test.each([400, 500])('IBKR asking for the first call by a %i has it made again', async (status) => {
  const { state, preflight } = setUpPreflight(() => answer({ accounts: [] }));
  await preflight.before(orders);
  preflight.saw(orders, answer({ error: 'Bad Request: Please query /accounts first' }, { status }));
  await preflight.before(orders);
  expect(state.calls).toHaveLength(2);
});

interface WarmUpCase {
  name: string;
  id: string;
  target: string;
  answers: unknown[];
  asked: number;
  want: unknown;
}

const snapshot = '/v1/api/iserver/marketdata/snapshot?conids=1,2&fields=31,84';
const cold = [{ conid: 1 }, { conid: 2 }];
const half = [{ conid: 1, '31': '5' }, { conid: 2 }];
const warm = [
  { conid: 1, '31': '5' },
  { conid: 2, '84': '6' },
];

test.each<WarmUpCase>([
  {
    name: 'a snapshot is asked again until every row has a field',
    id: 'getMdSnapshot',
    target: snapshot,
    answers: [cold, half, warm],
    asked: 3,
    want: warm,
  },
  {
    name: 'a snapshot that stays cold is given as it is',
    id: 'getMdSnapshot',
    target: snapshot,
    answers: Array<unknown>(9).fill(cold),
    asked: 5,
    want: cold,
  },
  {
    name: 'a row that says its availability is warm',
    id: 'getMdSnapshot',
    target: snapshot,
    answers: [[{ conid: 1, '6509': 'N' }]],
    asked: 1,
    want: [{ conid: 1, '6509': 'N' }],
  },
  {
    name: 'a snapshot without fields has nothing to wait for',
    id: 'getMdSnapshot',
    target: '/s?conids=1',
    answers: [cold],
    asked: 1,
    want: cold,
  },
  {
    name: 'orders are asked again',
    id: 'getOpenOrders',
    target: '/o',
    answers: [
      { orders: [], snapshot: false },
      { orders: [1], snapshot: true },
    ],
    asked: 2,
    want: { orders: [1], snapshot: true },
  },
  {
    name: 'orders with force=true are empty by design',
    id: 'getOpenOrders',
    target: '/o?force=true',
    answers: [{ orders: [], snapshot: false }],
    asked: 1,
    want: { orders: [], snapshot: false },
  },
  {
    name: 'P&L is asked again',
    id: 'getPnl',
    target: '/p',
    answers: [{ upnl: {} }, { upnl: { x: 1 } }],
    asked: 2,
    want: { upnl: { x: 1 } },
  },
  { name: 'other answers pass', id: 'getAllAccounts', target: '/a', answers: [[]], asked: 1, want: [] },
])('$name', async ({ id, target, answers, asked, want }) => {
  const clock = new ManualClock();
  const warmUp = new WarmUp({ clock, observe: () => undefined, epoch: () => 1 });
  let calls = 0;
  const running = warmUp.run(
    call(operation({ id }), { target }),
    () => {
      calls += 1;
      return Promise.resolve(answer(answers[calls - 1]));
    },
    signal,
  );
  await clock.advance(10_000);
  expect(JSON.parse((await running).body.toString())).toEqual(want);
  expect(calls).toBe(asked);
});

test('an account without P&L is asked twice in a session, not at every call', async () => {
  const warmUp = new WarmUp({ clock: new ManualClock(), observe: () => undefined, epoch: () => 1 });
  let calls = 0;
  const fetch = () => {
    calls += 1;
    return Promise.resolve(answer({ upnl: {} }));
  };
  const pnl = call(operation({ id: 'getPnl' }));
  await warmUp.run(pnl, fetch, signal);
  await warmUp.run(pnl, fetch, signal);
  await settle();
  expect(calls).toBe(3);
});

test('what is there is given when there is no turn for a further call', async () => {
  const warmUp = new WarmUp({ clock: new ManualClock(), observe: () => undefined, epoch: () => 1 });
  let calls = 0;
  const fetch = () => {
    calls += 1;
    if (calls > 1) return Promise.reject(new Problem('paced', 'no turn'));
    return Promise.resolve(answer({ orders: [], snapshot: false }));
  };
  const got = await warmUp.run(call(operation({ id: 'getOpenOrders' })), fetch, signal);
  expect(JSON.parse(got.body.toString())).toEqual({ orders: [], snapshot: false });
});
