// The keepalive of a running server, on real time: the shortest interval is a second.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { json, reset, startCapturingGateway, valuesOf, type CapturingGateway } from './capturing-gateway.ts';
import { startSidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

let gateway: CapturingGateway;
beforeAll(async () => {
  gateway = await startCapturingGateway();
});
afterEach(() => gateway.reset());
afterAll(() => gateway.stop());

const tickle = '/v1/api/tickle';
const status = '/v1/api/iserver/auth/status';
const stateOf = (authenticated: boolean) => ({ authenticated, connected: true, competing: false });
const tickled = (authenticated: boolean) =>
  json({ session: 'x', ssoExpires: 600_000, iserver: { authStatus: stateOf(authenticated) } });

test('the first tickle comes after one interval, from the Gateway’s origin and with a length', async () => {
  gateway.on(`* ${status}`, json(stateOf(true)));
  gateway.on(`POST ${tickle}`, tickled(true));
  const next = gateway.next(tickle);
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_KEEPALIVE_SECS: '1' });
  const startedMs = performance.now();
  try {
    const call = await next;
    // Jitter may shorten it a little, never to nothing.
    expect(performance.now() - startedMs).toBeGreaterThan(500);
    expect({
      length: valuesOf(call, 'content-length'),
      origin: valuesOf(call, 'origin'),
      referer: valuesOf(call, 'referer'),
      body: call.body.length,
    }).toEqual({ length: ['0'], origin: [gateway.origin], referer: [`${gateway.origin}/`], body: 0 });
  } finally {
    await sidecar.stop();
  }
});

test('it goes on after a failure, a reset and a broken answer', async () => {
  gateway.on(`* ${status}`, json(stateOf(true)));
  gateway.on(`POST ${tickle}`, json({ error: 'x' }, 500), reset, json('nonsense'), tickled(true));
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_KEEPALIVE_SECS: '1' });
  try {
    for (let count = 0; count < 4; count += 1) await gateway.next(tickle);
    expect(gateway.calls(tickle).length).toBeGreaterThanOrEqual(4);
  } finally {
    await sidecar.stop();
  }
});

test('an answer of 200 that says unauthenticated is noticed', async () => {
  gateway.on(`* ${status}`, json(stateOf(true)), json(stateOf(false)));
  gateway.on(`POST ${tickle}`, tickled(false));
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_KEEPALIVE_SECS: '1' });
  try {
    const line = await sidecar.logged(({ to }) => to === 'no-brokerage');
    expect(String(line['msg'])).toMatch(/session/i);
    const ready = await send(sidecar.adminUrl, { path: '/readyz' });
    expect(ready.json).toMatchObject({ state: expect.not.stringMatching(/^live$/) as unknown });
  } finally {
    await sidecar.stop();
  }
});

test('an interval of 0 sends nothing of its own and serves all the same', async () => {
  gateway.on('GET /v1/api/trsrv/stocks', json({}));
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_KEEPALIVE_SECS: '0' });
  const got = await send(sidecar.url, { path: '/v1/api/trsrv/stocks?symbols=A' });
  expect(got.status).toBe(200);
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
  expect(gateway.calls().map(({ target }) => target)).toEqual(['/v1/api/trsrv/stocks?symbols=A']);
});
