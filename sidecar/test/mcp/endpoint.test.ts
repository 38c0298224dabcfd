// /mcp over the wire: behind the same edge as every route, closed in order, told to log and metrics.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { json } from '../io/capturing-gateway.ts';
import { startSidecar } from '../io/sidecar-process.ts';
import { startServing, type Serving } from '../request/serving.ts';
import { connect, eras, overHttp } from './client.ts';

let on: Serving;
let url: string;
beforeAll(async () => {
  on = await startServing({ BEZANT_EVENTS_ENABLED: 'false' });
  url = `http://127.0.0.1:${on.port}`;
});
afterAll(() => on.stop());

const post = (headers: readonly (readonly [string, string])[], body: string) =>
  on.send({
    method: 'POST',
    path: '/mcp',
    headers: [
      ['Content-Type', 'application/json'],
      ['Accept', 'application/json, text/event-stream'],
      ...headers,
    ],
    body,
  });
const listTools = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

describe('is not served', () => {
  test.each([
    ['a page of another server', [['Origin', 'https://evil.example']], 403, 'origin_refused'],
    ['another host name', [['Host', 'evil.example']], 421, 'host_refused'],
  ] as const)('%s', async (_what, headers, status, code) => {
    const answer = await post(headers, listTools);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ code });
  });

  test.each([
    ['no JSON', '{'],
    ['no JSON-RPC', '{"a":1}'],
  ])('%s', async (_what, body) => {
    const answer = await post([], body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ jsonrpc: '2.0', error: { code: expect.any(Number) } });
  });

  test('a body of another type', async () => {
    const answer = await on.send({
      method: 'POST',
      path: '/mcp',
      headers: [
        ['Content-Type', 'text/plain'],
        ['Accept', 'application/json, text/event-stream'],
      ],
      body: listTools,
    });
    expect(answer.status).toBe(415);
  });

  test('a body that is too large', async () => {
    const answer = await post(
      [],
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'x', params: { a: 'x'.repeat(5_000_000) } }),
    );
    expect(answer.status).toBe(413);
  });

  test('a session that there is not', async () => {
    const answer = await post([['Mcp-Session-Id', 'nobody']], listTools);
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ error: { message: expect.stringContaining('begin a new one') } });
  });
});

test('a browser of an allowed page may send and read what MCP needs', async () => {
  const answer = await on.send({
    method: 'OPTIONS',
    path: '/mcp',
    headers: [
      ['Origin', url],
      ['Access-Control-Request-Method', 'POST'],
    ],
  });
  expect(answer.status).toBe(204);
  for (const name of ['mcp-protocol-version', 'mcp-session-id', 'mcp-method', 'mcp-name', 'last-event-id'])
    expect(answer.get('access-control-allow-headers')).toContain(name);
  expect(answer.get('access-control-expose-headers')).toContain('mcp-session-id');
});

test.each(eras)('each call of a client of %s is told, without its arguments', async (era) => {
  const client = await connect(overHttp(url), era);
  const from = on.happenings.length;
  on.gateway.on('GET /v1/api/iserver/account/order/status/7', json({ order_id: 7 }), json({}, 401));
  await client.call('order_status', { order_id: 7 });
  await client.call('order_status', { order_id: 7 });
  await client.call('order_status', { order: 'secret' });
  const told = on.happenings.slice(from).filter(({ kind }) => kind === 'tool');
  expect(told).toEqual([
    expect.objectContaining({
      tool: 'order_status',
      outcome: 'ok',
      principal: null,
      requestId: expect.any(String),
    }),
    expect.objectContaining({ tool: 'order_status', outcome: 'failed', code: 'not_authenticated' }),
    expect.objectContaining({ tool: 'order_status', outcome: 'failed', code: 'bad_arguments' }),
  ]);
  expect(JSON.stringify(told)).not.toContain('secret');
  await client.stop();
});

test('calls are counted and timed by tool and outcome', async () => {
  const sidecar = await startSidecar(on.gateway.apiUrl);
  const client = await connect(overHttp(sidecar.url), '2026');
  await client.ok('api_search', { query: 'orders' });
  const text = await (await fetch(new URL('/metrics', sidecar.adminUrl))).text();
  expect(text).toContain('bezant_mcp_tool_duration_seconds_count{tool="api_search",outcome="ok"} 1');
  await client.stop();
  await sidecar.stop();
});

test.each(eras)('a server that stops ends the streams of a client of %s', async (era) => {
  const sidecar = await startSidecar(on.gateway.apiUrl, { BEZANT_SHUTDOWN_SECS: '5' });
  const client = await connect(overHttp(sidecar.url), era);
  if (era === '2026') await client.client.listen({ resourceSubscriptions: ['bezant://session'] });
  else await client.client.subscribeResource({ uri: 'bezant://session' });
  expect(await sidecar.stop()).toMatchObject({ code: 0 });
  expect(
    await sidecar.logged(({ msg }) => typeof msg === 'string' && msg.startsWith('Stopped')),
  ).toMatchObject({
    msg: 'Stopped',
  });
  await client.stop().catch(() => undefined);
});
