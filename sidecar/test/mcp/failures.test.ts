// What goes wrong is an answer with a next step, never a crash: the Gateway is down, nobody is logged in, IBKR says no.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  hang,
  html,
  json,
  loginRedirect,
  startCapturingGateway,
  type Reply,
} from '../io/capturing-gateway.ts';
import { running } from '../io/running.ts';
import { startSidecar } from '../io/sidecar-process.ts';
import { connect, eras, overHttp, type Connected } from './client.ts';

const on = running({
  BEZANT_UPSTREAM_TIMEOUT_SECS: '1',
  BEZANT_REQUEST_TIMEOUT_SECS: '4',
  BEZANT_PENALTY_SECS: '1',
});

/** An answer that is never remembered. */
const status = 'GET /v1/api/iserver/account/order/status/7';

const listing = (conid: number, exchange: string) => ({ conid, exchange, isUS: false });

interface Case {
  name: string;
  replies?: Record<string, Reply>;
  tool: string;
  args?: Record<string, unknown>;
  says: string[];
}

const cases: Case[] = [
  {
    name: 'nobody is logged in',
    replies: { [status]: json({}, 401) },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['asks for a login', 'LOGIN', 'call health', 'not_authenticated'],
  },
  {
    name: 'nobody is logged in, told by a redirect',
    replies: { [status]: loginRedirect },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['LOGIN', 'not_authenticated'],
  },
  {
    name: 'there is no brokerage session',
    replies: {
      [status]: json({ error: 'Bad Request: no bridge', statusCode: 400 }, 400),
    },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['no brokerage session', 'health', 'no_session'],
  },
  {
    name: 'IBKR does not answer',
    replies: { [status]: hang },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['did not answer', 'upstream_timeout'],
  },
  {
    name: 'a web page instead of an answer',
    replies: { [status]: html('<html>maintenance</html>') },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['maintenance', 'upstream_decode_error'],
  },
  {
    name: 'IBKR fails',
    replies: { [status]: json({ error: 'it broke' }, 500) },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['status 500', 'it broke', 'ibkr_failed'],
  },
  {
    name: 'IBKR refuses',
    replies: { [status]: json({ error: 'days is wrong' }, 400) },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['days is wrong', 'ibkr_refused'],
  },
  {
    name: 'IBKR refuses with status 200',
    replies: { [status]: json({ error: 'not for you' }) },
    tool: 'order_status',
    args: { order_id: 7 },
    says: ['not for you', 'ibkr_refused'],
  },
  {
    name: 'the wrong account',
    tool: 'positions',
    args: { account_id: 'U999' },
    says: ['no account U999', 'Its accounts: DU1', 'wrong_account'],
  },
  {
    name: 'an unknown symbol',
    replies: { 'GET /v1/api/trsrv/stocks': json({ NOPE: [] }) },
    tool: 'quote',
    args: { symbols: ['NOPE'] },
    says: ['no stock or fund “NOPE”', 'search_contracts', 'symbol_not_found'],
  },
  {
    name: 'an ambiguous symbol',
    replies: {
      'GET /v1/api/trsrv/stocks': json({
        ABC: [
          { name: 'ABC PLC', contracts: [listing(1, 'LSE')] },
          { name: 'ABC AG', contracts: [listing(2, 'IBIS')] },
        ],
      }),
    },
    tool: 'conid_for',
    args: { symbol: 'ABC' },
    says: ['2 contracts', '1 (ABC PLC, LSE); 2 (ABC AG, IBIS)', 'ambiguous_symbol'],
  },
  {
    name: 'an argument that there is not',
    tool: 'trades',
    args: { day: 3 },
    says: ['day is not known', 'bad_arguments'],
  },
  {
    name: 'an argument of the wrong kind',
    tool: 'trades',
    args: { days: 'three' },
    says: ['days must be integer'],
  },
  { name: 'an argument out of bounds', tool: 'trades', args: { days: 30 }, says: ['days must be <= 7'] },
  { name: 'an argument that is missing', tool: 'order_status', says: ['order_id is required'] },
  {
    name: 'an argument deep inside',
    tool: 'quote',
    args: { conids: [1, 'x'] },
    says: ['conids.1 must be integer'],
  },
  {
    name: 'neither symbol nor conid',
    tool: 'price_history',
    args: { period: '1d', bar: '1h' },
    says: ['Neither symbol nor conid'],
  },
  {
    name: 'both symbol and conid',
    tool: 'option_chain',
    args: { symbol: 'A', conid: 1 },
    says: ['Both symbol and conid'],
  },
  {
    name: 'an operation that there is not',
    tool: 'api_read',
    args: { operation: 'getRich' },
    says: ['no operation getRich', 'api_search', 'unknown_operation'],
  },
  {
    name: 'an operation that the Gateway does not serve',
    tool: 'api_describe',
    args: { operation: 'get_gw_api_v1_accounts' },
    says: ['institutional', 'not_served'],
  },
  {
    name: 'a parameter that there is not',
    tool: 'api_read',
    args: { operation: 'getPnl', params: { account: 'DU1' } },
    says: ['no parameter account', 'bad_arguments'],
  },
  {
    name: 'a parameter that is missing',
    tool: 'api_read',
    args: { operation: 'getOrderStatus' },
    says: ['needs the parameter orderId'],
  },
  {
    name: 'a body where there is none',
    tool: 'api_read',
    args: { operation: 'getPnl', body: {} },
    says: ['takes no body'],
  },
  {
    name: 'an operation that is no read',
    tool: 'api_read',
    args: { operation: 'logout' },
    says: ['not a read but session', 'not_a_read'],
  },
  {
    name: 'events that are switched off',
    tool: 'events',
    args: { topic: 'orders' },
    says: ['switched off', 'list_orders'],
  },
];

describe.each(eras)('a client of %s is told', (era) => {
  let client: Connected;
  beforeAll(async () => {
    client = await connect(overHttp(on.origin), era);
  });
  afterAll(() => client.stop());

  test.each(cases)('$name', async ({ replies = {}, tool, args = {}, says }) => {
    for (const [route, reply] of Object.entries(replies)) on.gateway.on(route, reply);
    const said = await client.refused(tool, args);
    for (const part of says) expect(said).toContain(part.replace('LOGIN', `open ${on.origin}/ in a browser`));
    // Nobody but this server is named.
    expect(said).not.toContain(String(on.gateway.port));
  });

  test('a session that asks for a login is an answer, with the address', async () => {
    on.gateway.on('* /v1/api/iserver/auth/status', json({}, 401));
    on.gateway.on(status, json({}, 401));
    await client.refused('order_status', { order_id: 7 });
    expect(await client.ok('health')).toMatchObject({
      state: 'login-required',
      login_url: `${on.origin}/`,
      next_step: expect.stringContaining('log in to IBKR'),
    });
  });

  test('a tool that there is not', async () => {
    await expect(client.client.callTool({ name: 'get_rich' })).rejects.toThrow('There is no tool get_rich');
  });
});

test('IBKR’s penalty is told with its time, and nothing more is sent', async () => {
  const own = await startSidecar(on.gateway.apiUrl, { BEZANT_PENALTY_SECS: '900', BEZANT_PACING: 'enforce' });
  const client = await connect(overHttp(own.url), '2026');
  on.gateway.on(status, json({}, 429));
  expect(await client.refused('order_status', { order_id: 7 })).toContain('too many calls');
  const said = await client.refused('order_status', { order_id: 7 });
  expect(said).toMatch(/Retry after \d+ s/);
  expect(said).toContain('penalty_box');
  expect(on.gateway.calls(status.slice(4))).toHaveLength(1);
  await client.stop();
  await own.stop();
});

test('the Gateway is down', async () => {
  const down = await startCapturingGateway();
  await down.stop();
  const own = await startSidecar(down.apiUrl);
  const client = await connect(overHttp(own.url), '2025');
  expect(await client.refused('order_status', { order_id: 7 })).toContain('upstream_unreachable');
  expect(await client.ok('health')).toMatchObject({
    state: 'down',
    authenticated: false,
    next_step: expect.stringContaining('Gateway'),
  });
  await client.stop();
  await own.stop();
});

test('the address is the public one, where there is one', async () => {
  const own = await startSidecar(on.gateway.apiUrl, { BEZANT_PUBLIC_URL: 'https://bezant.example' });
  const client = await connect(overHttp(own.url), '2026');
  on.gateway.on(status, json({}, 401));
  expect(await client.refused('order_status', { order_id: 7 })).toContain(
    'open https://bezant.example in a browser',
  );
  await client.stop();
  await own.stop();
});
