// What goes wrong most often, as people are told it: through bezant, and straight to the Gateway.

import { describe, expect, test } from '@jest/globals';
import type { Client } from '../src/client.ts';
import { account, sharedStage, startStage } from './stage.ts';

const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 1 } as const;
const otherAccount = {
  kind: 'not-found',
  message: 'Bad Request: accountId is not valid: DU9999999',
  hint: 'Account ids are listed by client.portfolio.getAllAccounts().',
};

interface Case {
  readonly act: (client: Client) => Promise<unknown>;
  readonly bezant: object;
  /** Where it differs. */
  readonly gateway?: object;
}

const cases: Readonly<Record<string, Case>> = {
  'a wrong account, read': { act: (client) => client.positions('DU9999999'), bezant: otherAccount },
  'a wrong account, order': {
    act: (client) => client.placeOrder('DU9999999', ticket),
    bezant: otherAccount,
  },
  'an unknown symbol': {
    act: (client) => client.conidOf('ZZZZ'),
    bezant: {
      kind: 'not-found',
      message: 'No contract of type STK has the symbol ZZZZ.',
      hint: 'client.contracts.getContractSymbols({ symbol, name: true }) searches by name too.',
    },
  },
  'an ambiguous symbol': {
    act: (client) => client.conidOf('ES', { secType: 'FUT' }),
    bezant: {
      kind: 'ambiguous',
      message: expect.stringMatching(/^ES may be \d+ \(ES, \d{8}\) or \d+ /) as unknown,
      hint: 'Say which one with expiry.',
    },
  },
  'a malformed ticket': {
    act: (client) => client.placeOrder(account, { ...ticket, side: 'UP' as 'BUY' }),
    bezant: {
      kind: 'bad-request',
      message: 'submitNewOrder: /body/orders/0/side must be one of BUY, SELL.',
      faults: [{ pointer: '/body/orders/0/side', message: 'must be one of BUY, SELL' }],
    },
    gateway: { kind: 'bad-request', message: 'Bad Request: side needed', faults: [] },
  },
  'a quantity of nothing': {
    act: (client) => client.placeOrder(account, { ...ticket, quantity: 0 }),
    bezant: {
      kind: 'bad-request',
      message: 'Order size 0 is not valid. Please enter size greater than 0.',
    },
  },
  'a parameter of the wrong type': {
    act: (client) => client.portfolio.getPaginatedPositions(account, 'first'),
    bezant: { kind: 'bad-request', message: 'getPaginatedPositions: /path/pageId must be integer.' },
    gateway: { kind: 'bad-request', message: 'Bad Request: pageId is not valid' },
  },
  'an order that is not there': {
    act: (client) => client.cancelOrder(account, 1),
    bezant: { kind: 'not-found', message: "OrderID 1 doesn't exist" },
  },
  'every order at once': {
    act: (client) => client.cancelOrder(account, -1),
    bezant: { kind: 'invalid-argument', message: expect.stringContaining('every open order') as unknown },
  },
};

describe.each(['bezant', 'gateway'] as const)('through %s', (server) => {
  const stage = sharedStage({ timeScale: 0 });
  const clientOf = (): Client => (server === 'bezant' ? stage().client() : stage().direct());

  test.each(Object.entries(cases))('%s', async (_, { act, bezant, gateway }) => {
    const error: unknown = await act(clientOf()).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ ...bezant, ...(server === 'gateway' ? gateway : {}), isRetryable: false });
    expect(error).toMatchObject({ name: 'BezantError', hint: expect.stringMatching(/\w+ \w+/) as unknown });
  });
});

test('429: IBKR’s own, and bezant’s from then on', async () => {
  const { client, direct, control } = await startStage({ timeScale: 0 });
  const refuse = () =>
    control('POST /faults', { paths: [{ path: '/v1/api/portfolio/accounts', status: 429, times: 1 }] });
  const penalty = {
    kind: 'paced',
    hint: 'IBKR shuts out an address that calls too often for 10 to 15 minutes; calling on makes it longer.',
  };
  await refuse();
  await expect(direct().portfolio.getAllAccounts()).rejects.toMatchObject(penalty);
  await refuse();
  await expect(client().portfolio.getAllAccounts()).rejects.toMatchObject(penalty);
  await expect(client().portfolio.getAllAccounts()).rejects.toMatchObject({
    kind: 'paced',
    code: 'penalty_box',
    isRetryable: true,
    retryAfterMs: expect.any(Number) as unknown,
    hint: expect.stringContaining('until Retry-After has passed') as unknown,
  });
});

test('the Gateway is down', async () => {
  const { client, direct, simulator } = await startStage();
  await simulator.stop();
  await expect(client({ retries: 0 }).portfolio.getAllAccounts()).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'upstream_unreachable',
    isRetryable: true,
    message: 'The Gateway cannot be reached (ECONNREFUSED).',
    hint: 'Is it running, and is IBKR_GATEWAY_URL right?',
  });
  await expect(direct({ retries: 0 }).portfolio.getAllAccounts()).rejects.toMatchObject({
    kind: 'unreachable',
    isRetryable: true,
    message: expect.stringMatching(
      /^http:\/\/127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\.$/,
    ) as unknown,
    hint: 'Is it running, and is baseUrl right?',
  });
});

test('nobody is logged in', async () => {
  const { client, direct } = await startStage({ scenario: 'logged-out' });
  for (const each of [client(), direct()]) {
    await expect(each.placeOrder(account, ticket)).rejects.toMatchObject({
      kind: 'login-required',
      status: 401,
      isRetryable: false,
      message: expect.stringMatching(/log/i) as unknown,
      hint: expect.stringContaining('log in') as unknown,
    });
  }
});
