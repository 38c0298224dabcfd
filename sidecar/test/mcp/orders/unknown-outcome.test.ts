// When IBKR's answer to an order is lost, a model is told that nobody knows, and what to do; nothing is sent a second time.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  hang,
  html,
  json,
  reset,
  startCapturingGateway,
  truncate,
  type CapturingGateway,
  type Reply,
} from '../../io/capturing-gateway.ts';
import { startSidecar, type Sidecar } from '../../io/sidecar-process.ts';
import { connect, overHttp, type Connected } from '../client.ts';

const ticket = { account_id: 'DU1', conid: 1, side: 'BUY', quantity: 1, order_type: 'MKT', tif: 'DAY' };
const orders = '/v1/api/iserver/account/DU1/orders';
const question = json([{ id: 'q-1', message: ['Sure?'], messageIds: ['o1'] }]);
const taken = json([{ order_id: '7', order_status: 'Submitted' }]);

let gateway: CapturingGateway;
let sidecar: Sidecar;
let client: Connected;

beforeAll(async () => {
  gateway = await startCapturingGateway();
  sidecar = await startSidecar(gateway.apiUrl, {
    BEZANT_MCP_ALLOW_ORDERS: '1',
    BEZANT_UPSTREAM_TIMEOUT_SECS: '1',
    BEZANT_REQUEST_TIMEOUT_SECS: '4',
  });
  client = await connect(overHttp(sidecar.url), '2026');
});
afterEach(() => gateway.reset());
afterAll(async () => {
  await client.stop();
  await sidecar.stop();
  await gateway.stop();
});

async function previewed(): Promise<Record<string, unknown>> {
  gateway.on('GET /v1/api/iserver/contract/1/info', json({ con_id: 1, symbol: 'A', local_symbol: 'A' }));
  gateway.on('GET /v1/api/iserver/marketdata/snapshot', json([{ conid: 1, 31: '1' }]));
  gateway.on(`POST ${orders}/whatif`, json({ amount: { total: '1 USD', commission: '1 USD' }, error: null }));
  const { preview_token } = await client.ok('preview_order', ticket);
  return { ...ticket, preview_token };
}

const lost: [string, Reply][] = [
  ['a connection that breaks', reset],
  ['an answer that breaks off', truncate(200, '[{"order_id":')],
  ['no answer', hang],
  ['a failure of IBKR’s', json({ error: 'Service Unavailable' }, 503)],
  ['a web page', html('<html>maintenance</html>')],
  ['an answer nobody knows', json({ some: 'thing' })],
];

describe('to an order', () => {
  test.each(lost)('%s: the outcome is unknown, and it was sent once', async (_what, reply) => {
    const args = await previewed();
    gateway.on(`POST ${orders}`, reply);
    const said = await client.refused('place_order', args);
    expect(said).toContain('outcome_unknown');
    expect(said).toContain('Do not send it again');
    expect(gateway.calls(orders)).toHaveLength(1);
    const sent = JSON.parse(String(gateway.calls(orders)[0]?.body)) as { orders: { cOID: string }[] };
    if (!said.includes('not one that is known'))
      expect(said).toContain(`order_ref ${sent.orders[0]?.cOID ?? '?'}`);
    expect(await client.refused('place_order', args)).toContain('preview_unknown');
    expect(gateway.calls(orders)).toHaveLength(1);
  });

  test.each<[string, Reply, string]>([
    ['a refusal', json({ error: 'YOUR ORDER IS NOT ACCEPTED.' }), 'NOT ACCEPTED'],
    ['a fault', json({ error: 'Bad Request: orders needed', statusCode: 400 }, 400), 'orders needed'],
    ['a login page', json({}, 401), 'not_authenticated'],
    ['no bridge', json({ error: 'Bad Request: no bridge', statusCode: 400 }, 400), 'no_session'],
    [
      'an order system that rejects',
      json([{ orderId: 1, reqId: '1', text: 'Price too far', options: ['Cancel'], messageId: 'p12' }]),
      'Price too far',
    ],
  ])('%s is certain, and told as such', async (_what, reply, says) => {
    const args = await previewed();
    gateway.on(`POST ${orders}`, reply);
    const said = await client.refused('place_order', args);
    expect(said).toContain(says);
    expect(said).not.toContain('outcome_unknown');
    expect(gateway.calls(orders)).toHaveLength(1);
  });
});

test.each(lost)('to a reply, %s: the outcome is unknown, and it was sent once', async (_what, reply) => {
  const args = await previewed();
  gateway.on(`POST ${orders}`, question);
  gateway.on('POST /v1/api/iserver/reply/q-1', reply);
  await client.ok('place_order', args);
  const answer = { question_id: 'q-1', confirmed: true };
  expect(await client.refused('answer_order_question', answer)).toContain('outcome_unknown');
  expect(await client.refused('answer_order_question', answer)).toContain('question_unknown');
  expect(gateway.calls('/v1/api/iserver/reply/q-1')).toHaveLength(1);
});

test('a user who takes longer than IBKR waits is told so, not obeyed late', async () => {
  const slow = await connect(overHttp(sidecar.url), '2026', () => 'yes');
  const args = await previewed();
  gateway.on(`POST ${orders}`, question);
  gateway.on('POST /v1/api/iserver/reply/q-1', json({ error: 'Service Unavailable', statusCode: 503 }, 503));
  expect(await slow.refused('place_order', args)).toContain('may no longer have waited');
  await slow.stop();
});

test('what is taken is told with its id', async () => {
  const args = await previewed();
  gateway.on(`POST ${orders}`, taken);
  expect(await client.ok('place_order', args)).toMatchObject({ status: 'placed', order_id: 7 });
});

test('a cancellation that is lost is not repeated', async () => {
  gateway.on('DELETE /v1/api/iserver/account/DU1/order/7', reset);
  const said = await client.refused('cancel_order', { account_id: 'DU1', order_id: 7 });
  expect(said).toContain('outcome_unknown');
  expect(said).toContain('order_status 7');
  expect(gateway.calls('/v1/api/iserver/account/DU1/order/7')).toHaveLength(1);
});
