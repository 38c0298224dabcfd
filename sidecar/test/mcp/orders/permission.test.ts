// Who may trade by MCP: nobody until it is allowed, never on a read-only server, and no key without the scope; and a token is
// of the key that previewed.

import { describe, expect, test } from '@jest/globals';
import { startSidecar } from '../../io/sidecar-process.ts';
import { connect, eras, overHttp } from '../client.ts';
import { farBelow, trading } from './scene.ts';

const trader = 'trader-key-0123456789';
const other = 'other-key-0123456789ab';
const reader = 'reader-key-0123456789';

const on = trading({ BEZANT_AUTH: 'keys', BEZANT_API_KEYS: `${trader},${other}:trade,${reader}:read` });

describe.each(eras)('a client of %s', (era) => {
  test('without a key is not let in', async () => {
    await expect(connect(overHttp(on.sidecar.url), era)).rejects.toThrow();
  });

  test('with a reading key reads', async () => {
    const client = await connect(overHttp(on.sidecar.url, reader), era);
    const { tools } = await client.client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('place_order');
    expect(await client.ok('health')).toMatchObject({ orders_allowed: false });
    expect(await client.ok('preview_order', farBelow)).not.toHaveProperty('preview_token');
    expect(await client.refused('place_order', { ...farBelow, preview_token: 'x' })).toContain(
      'the scope trade',
    );
    await client.stop();
  });

  test('with a trading key trades, and its token is nobody else’s', async () => {
    const client = await connect(overHttp(on.sidecar.url, trader), era);
    const stranger = await connect(overHttp(on.sidecar.url, other), era);
    const { preview_token } = await client.ok('preview_order', farBelow);
    expect(await stranger.refused('place_order', { ...farBelow, preview_token })).toContain(
      'preview_unknown',
    );
    const { question_id } = await client.ok('place_order', { ...farBelow, preview_token });
    expect(await stranger.refused('answer_order_question', { question_id, confirmed: true })).toContain(
      'question_unknown',
    );
    expect(await client.ok('answer_order_question', { question_id, confirmed: false })).toMatchObject({
      status: 'declined',
    });
    await client.stop();
    await stranger.stop();
  });
});

test('a session of 2025 is of the key that opened it', async () => {
  const client = await connect(overHttp(on.sidecar.url, trader), '2025');
  const session = (client.client.transport as { sessionId?: string }).sessionId ?? '';
  const call = (key: string) =>
    fetch(new URL('/mcp', on.sidecar.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': session,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
  expect((await call(other)).status).toBe(404);
  const own = await call(trader);
  expect(own.status).toBe(200);
  await own.body?.cancel();
  await client.stop();
});

test('a read-only server stays one', async () => {
  const sidecar = await startSidecar(on.simulator.apiUrl, {
    BEZANT_MCP_ALLOW_ORDERS: '1',
    BEZANT_READ_ONLY: '1',
  });
  const client = await connect(overHttp(sidecar.url), '2026');
  expect((await client.client.listTools()).tools.map(({ name }) => name)).not.toContain('place_order');
  expect(await client.refused('cancel_order', { account_id: 'DU1234567', order_id: 1 })).toContain(
    'orders_not_allowed',
  );
  await client.stop();
  await sidecar.stop();
});
