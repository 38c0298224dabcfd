// Session tokens, cookies and hardware addresses are planted wherever IBKR could put them, in members of their own and inside
// texts, and looked for in everything that a model gets.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { generatedFolder, loadContract, type Operation } from '../../src/contract.ts';
import { loadTools } from '../../src/mcp/tool.ts';
import { eventTools } from '../../src/mcp/tools/events.ts';
import { answer, startCapturingGateway, type CapturingGateway } from '../io/capturing-gateway.ts';
import { startSidecar, type Sidecar } from '../io/sidecar-process.ts';
import { connect, overHttp, type Connected } from './client.ts';

const secrets = {
  session: 'a94f0c2b7d3e4f5a8b9c0d1e2f3a4b5c',
  mac: '0C:9D:92:AB:CD:EF',
  cookie: 'cookie-value-of-the-session',
};
const all = Object.values(secrets).join(' ');
/** Of no form that could be told: only its name says that it is one. */
const plain = 'Sekret-9f';

/** Members of their own, and every text that a tool shows. */
const row = {
  session: secrets.session,
  sessionId: plain,
  TOKEN: plain,
  SFT: plain,
  MAC: secrets.mac,
  hardware_info: `x|${secrets.mac}`,
  'JSESSIONID.token': secrets.cookie,
  ...Object.fromEntries(
    [
      'accountTitle',
      'accountAlias',
      'name',
      'contractDesc',
      'ticker',
      'companyName',
      'companyHeader',
      'description',
      'symbol',
      'company_name',
      'exchange',
      'trading_class',
      'orderDesc',
      'order_desc',
      'order_ref',
      'status',
      'order_status',
      'alert_name',
      'scan_data',
      'listing_exchange',
      'execution_id',
      'message',
      'msg',
      'text',
      '55',
      'local_symbol',
      'baseCurrency',
      'desc1',
      'order_description_with_contract',
      'instrument_type',
    ].map((name) => [name, `${name} ${all}`]),
  ),
  conid: 1,
  con_id: 1,
  accountId: 'DU1',
  position: 1,
  orderId: 1,
  id: 'DU1',
};
const inside = {
  ...row,
  orders: [row],
  contracts: [row],
  data: [row],
  upnl: { 'DU1.Core': row },
  rules: { orderTypes: [all], tifTypes: [all] },
  nav: { data: [row] },
  cps: { data: [row] },
  amount: { amount: all, commission: all, total: all },
  warn: all,
  call: [1],
  put: [1],
  USD: row,
};

/** What these answer is a list. */
const lists = new Set([
  'getAllAccounts',
  'getPaginatedPositions',
  'getMdSnapshot',
  'getTradeHistory',
  'getAllAlerts',
  'getContractInfo',
]);

const bodyOf = ({ id }: Operation): unknown => {
  if (id === 'getStockBySymbol') return { A: [{ ...row, contracts: [{ ...row, isUS: true }] }] };
  if (id === 'getContractSymbols') return [{ ...row, sections: [{ secType: 'OPT', months: 'JAN27' }] }];
  return lists.has(id) ? [row] : inside;
};

/** A call of every tool that asks IBKR anything. */
const calls: [string, Record<string, unknown>][] = [
  ['health', {}],
  ['tickle', {}],
  ['list_accounts', {}],
  ['account_summary', {}],
  ['positions', {}],
  ['conid_for', { symbol: 'A' }],
  ['search_contracts', { query: 'A' }],
  ['contract_details', { conid: 1 }],
  ['quote', { conids: [1] }],
  ['price_history', { conid: 1, period: '1d', bar: '1h' }],
  ['option_chain', { symbol: 'A', month: 'JAN27', strike: 1 }],
  ['list_orders', { all: true }],
  ['order_status', { order_id: 1 }],
  ['trades', {}],
  ['pnl', {}],
  ['performance', { period: '1M' }],
  ['scan_market', { instrument: 'STK', location: 'STK.US', type: 'X' }],
  ['list_alerts', {}],
  ['preview_order', { account_id: 'DU1', conid: 1, side: 'BUY', quantity: 1, order_type: 'MKT', tif: 'DAY' }],
  ['api_read', { operation: 'getSessionToken' }],
  ['api_read', { operation: 'getSessionValidation' }],
  ['api_read', { operation: 'getBrokerageAccounts' }],
  ['api_read', { operation: 'getLoggedInUser' }],
  ['api_read', { operation: 'getAllWatchlists' }],
  ['api_write', { operation: 'initializeSession', body: { publish: true, compete: false } }],
  ['api_write', { operation: 'getBrokerageLoginToken' }],
  ['cancel_order', { account_id: 'DU1', order_id: 1 }],
];
const without = new Set(['events', 'api_search', 'api_describe', 'place_order', 'answer_order_question']);

let gateway: CapturingGateway;
let sidecar: Sidecar;
let on: Connected;

beforeAll(async () => {
  gateway = await startCapturingGateway();
  sidecar = await startSidecar(gateway.apiUrl, { BEZANT_MCP_ALLOW_ORDERS: '1' });
  on = await connect(overHttp(sidecar.url), '2026');
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await on.stop();
  await sidecar.stop();
  await gateway.stop();
});

function plant(status: number, bodies: (operation: Operation) => unknown): void {
  for (const operation of loadContract().operations) {
    const path = `/v1/api${operation.path
      .replace(/\{accountI?i?d\}/gi, 'DU1')
      .replace('{pageId}', '0')
      .replace(/\{[^}]*\}/g, '1')}`;
    gateway.on(
      `${operation.method} ${path}`,
      answer(
        status,
        [
          ['content-type', 'application/json'],
          ['set-cookie', `x-sess-uuid=${secrets.cookie}; Path=/`],
        ],
        JSON.stringify(bodies(operation)),
      ),
    );
  }
}

const expectClean = (text: string): void => {
  for (const secret of [...Object.values(secrets), plain]) expect(text).not.toContain(secret);
};

test('every tool is looked at', () => {
  const { tools } = loadTools(generatedFolder);
  const seen = new Set([...calls.map(([tool]) => tool), ...without]);
  expect(tools.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([]);
});

test.each(calls)('%s %j says none of them', async (tool, args) => {
  plant(200, bodyOf);
  const { isError, text, json } = await on.call(tool, args);
  expect({ isError, text }).toMatchObject({ isError: false });
  expectClean(text);
  expectClean(JSON.stringify(json));
});

test.each(calls.filter(([tool]) => !['health', 'tickle'].includes(tool)))(
  '%s %j says none of them when it fails',
  async (tool, args) => {
    plant(400, () => ({ error: `wrong: ${all}`, session: secrets.session }));
    expectClean((await on.call(tool, args)).text);
  },
);

test('an order and its question say none of them', async () => {
  plant(200, bodyOf);
  const ticket = { account_id: 'DU1', conid: 1, side: 'BUY', quantity: 1, order_type: 'MKT', tif: 'DAY' };
  const { preview_token } = await on.ok('preview_order', ticket);
  const question = [{ id: 'q', message: [`Sure? ${all}`], session: secrets.session }];
  gateway.on(
    'POST /v1/api/iserver/account/DU1/orders',
    answer(200, [['content-type', 'application/json']], JSON.stringify(question)),
  );
  const asked = await on.call('place_order', { ...ticket, preview_token });
  expect(asked.text).toContain('Sure?');
  expectClean(asked.text);
  gateway.on(
    'POST /v1/api/iserver/reply/q',
    answer(400, [['content-type', 'application/json']], JSON.stringify({ error: all })),
  );
  expectClean((await on.call('answer_order_question', { question_id: 'q', confirmed: true })).text);
});

test('a question to the user says none of them', async () => {
  plant(200, bodyOf);
  const user = await connect(overHttp(sidecar.url), '2025', () => 'no');
  await user.call('cancel_order', { account_id: 'DU1', order_id: 1 });
  expect(user.asked).toHaveLength(1);
  expectClean(user.asked.join());
  await user.stop();
});

test('events say none of them', async () => {
  const line = {
    cursor: 1,
    topic: 'notifications',
    json: JSON.stringify({ cursor: 1, topic: 'notifications', payload: row }),
  };
  const { events } = eventTools({
    head: () => 1,
    read: () => Promise.resolve({ expired: false, lines: [line], next: 1 }),
    wait: () => Promise.resolve(false),
  });
  const caller = {
    principal: null,
    signal: new AbortController().signal,
    address: '',
    mayOrder: false,
    canAsk: false,
    said: () => null,
  };
  const told = JSON.stringify(await events?.({ topic: 'notifications' }, caller));
  expect(told).toContain('"conid":1');
  for (const member of ['"session":"<redacted>"', '"MAC":"<redacted>"']) expect(told).toContain(member);
});

test('the log holds no arguments', async () => {
  plant(200, bodyOf);
  await on.ok('api_read', { operation: 'getContractSymbols', params: { symbol: 'PRIVATE' } });
  const line = await sidecar.logged(({ tool }) => tool === 'api_read');
  expect(line).toMatchObject({
    tool: 'api_read',
    outcome: 'ok',
    principal: null,
    requestId: expect.any(String),
  });
  expect(JSON.stringify(line)).not.toContain('PRIVATE');
});
