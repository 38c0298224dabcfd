// Who may call, when keys are asked for: the header forms that clients have, and that no key leaves the house.

import { describe, expect, test } from '@jest/globals';
import { json, type Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import { runSidecar, startSidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const trader = 'trader-key-0123456789';
const reader = 'reader-key-0123456789';
const on = running({ BEZANT_AUTH: 'keys', BEZANT_API_KEYS: `${trader},${reader}:read` });

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('a key', () => {
  test.each([
    { name: 'as bearer token', header: 'Authorization', value: `Bearer ${trader}` },
    { name: 'as password in the URL', header: 'Authorization', value: basic('me', trader) },
    { name: 'in a header of its own', header: 'X-Api-Key', value: trader },
  ])('$name opens the door and stays here', async ({ header, value }) => {
    on.gateway.on('GET /v1/api/trsrv/stocks', json({}));
    const headers: Pairs = [
      [header, value],
      ['Cache-Control', 'no-cache'],
    ];
    const got = await on.send({ path: '/v1/api/trsrv/stocks?symbols=A', headers });
    expect(got.status).toBe(200);
    const call = on.onlyCall('/v1/api/trsrv/stocks');
    expect(call.headers.map(([name]) => name.toLowerCase())).not.toEqual(
      expect.arrayContaining([header.toLowerCase()]),
    );
  });

  test.each([
    { name: 'none', headers: [] as Pairs },
    { name: 'a wrong one', headers: [['Authorization', 'Bearer wrong-key-0123456789']] as Pairs },
    { name: 'a shortened one', headers: [['Authorization', `Bearer ${trader.slice(0, -1)}`]] as Pairs },
    { name: 'an empty one', headers: [['Authorization', 'Bearer ']] as Pairs },
  ])('$name does not', async ({ headers }) => {
    for (const path of [
      '/accounts',
      '/health',
      '/v1/api/tickle',
      '/v1/api/never/heard/of',
      '/sso/Login',
      '/',
      '/debug/jar',
    ]) {
      const got = await on.send({ path, headers });
      expectProblem(got, { status: 401, code: 'api_key_required' });
      expect(got.get('www-authenticate')).toMatch(/\S/);
    }
    expect(on.gateway.seen()).toEqual([]);
  });

  test('for reading does not trade', async () => {
    const headers: Pairs = [
      ['Authorization', `Bearer ${reader}`],
      ['Content-Type', 'application/json'],
    ];
    const path = '/v1/api/iserver/account/DU1/orders';
    const body =
      '{"orders":[{"conid":1,"orderType":"MKT","side":"BUY","tif":"DAY","quantity":1,"cOID":"k"}]}';
    expectProblem(await on.send({ method: 'POST', path, headers, body }), {
      status: 403,
      code: 'scope_refused',
    });
    expect(on.gateway.seen()).toEqual([]);
  });

  test('is not asked of a platform’s probe', async () => {
    expect((await on.send({ path: '/livez' })).status).toBe(200);
    expect((await send(on.sidecar.adminUrl, { path: '/livez' })).status).toBe(200);
  });
});

test('bound wider than this machine, a key is asked for unless told otherwise', async () => {
  const wide = await startSidecar(on.gateway.apiUrl, { BEZANT_BIND: '0.0.0.0:0' });
  try {
    const { port } = new URL(wide.url);
    expectProblem(await send(`http://127.0.0.1:${port}`, { path: '/accounts' }), {
      status: 401,
      code: 'api_key_required',
    });
  } finally {
    await wide.stop();
  }
});

test('a key is never printed back', async () => {
  const { stdout, stderr } = await runSidecar(['--print-config'], { BEZANT_API_KEYS: trader });
  expect(stdout + stderr).not.toContain(trader);
});
