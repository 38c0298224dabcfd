// In time, whatever the Gateway does; and what was sent is seen to its end, whatever the caller does.

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hang, held, json } from '../io/capturing-gateway.ts';
import { expectProblem } from '../io/expect-problem.ts';
import { asText, order, orderPath, startServing, type Serving } from './serving.ts';

let on: Serving;

describe('with a deadline of one second', () => {
  beforeEach(async () => {
    on = await startServing({ BEZANT_UPSTREAM_TIMEOUT_SECS: '1', BEZANT_REQUEST_TIMEOUT_SECS: '1' });
  });
  afterEach(() => on.stop());

  test('an order whose first call hangs is answered in time, and is not sent after that', async () => {
    on.gateway.on('GET /v1/api/iserver/accounts', hang);
    on.gateway.on(`POST ${orderPath}`, hang);
    const startedMs = performance.now();
    expectProblem(await on.send(order('late')), { status: 504, code: 'upstream_timeout' });
    expect(performance.now() - startedMs).toBeLessThan(1500);
    await on.happened('preflight');
    expect(on.gateway.calls(orderPath)).toEqual([]);
  });

  test('an answer that nobody reads is given up', async () => {
    on.gateway.on('GET /v1/api/trsrv/all-conids', json('x'.repeat(20_000_000)));
    const socket = await on.open(asText({ path: '/v1/api/trsrv/all-conids?exchange=X' }));
    socket.pause();
    await on.happened('request');
    socket.destroy();
  });
});

describe('a caller who leaves', () => {
  beforeEach(async () => {
    on = await startServing();
  });
  afterEach(() => on.stop());

  test('does not take an order back, and what became of it is seen', async () => {
    const wait = held(json([{ order_id: '1' }]));
    on.gateway.on(`POST ${orderPath}`, wait.reply);
    const arrived = on.gateway.next(orderPath);
    const socket = await on.open(asText(order('left')));
    await arrived;
    socket.destroy();
    const { status } = await on.happened('request');
    expect(status).toBe(499);
    wait.release();
    expect(await on.happened('upstream', ({ operation }) => operation === 'submitNewOrder')).toMatchObject({
      status: 200,
    });
  });

  test('ends a read', async () => {
    on.gateway.on('GET /v1/api/trsrv/stocks', hang);
    const arrived = on.gateway.next('/v1/api/trsrv/stocks');
    const socket = await on.open(asText({ path: '/v1/api/trsrv/stocks?symbols=A' }));
    await arrived;
    socket.destroy();
    await on.happened('request');
    expect(on.happenings.filter(({ kind }) => kind === 'upstream-failed' || kind === 'refused')).toEqual([]);
  });

  test('before the order’s first call is answered has no order sent', async () => {
    const wait = held(json({ accounts: ['DU1'] }));
    on.gateway.on('GET /v1/api/iserver/accounts', wait.reply);
    const arrived = on.gateway.next('/v1/api/iserver/accounts');
    const socket = await on.open(asText(order('early')));
    await arrived;
    socket.destroy();
    await on.happened('request');
    wait.release();
    await on.happened('preflight');
    await on.send({ path: '/v1/api/iserver/accounts' });
    expect(on.gateway.calls(orderPath)).toEqual([]);
  });

  test('frees the places of all requests sent ahead on one connection', async () => {
    await on.stop();
    on = await startServing({ BEZANT_MAX_CONCURRENCY: '2' });
    on.gateway.on('GET /v1/api/slow', hang);
    on.gateway.on('GET /v1/api/quick', json({}));
    const arrived = on.gateway.next('/v1/api/slow');
    const first = asText({ path: '/v1/api/slow' });
    const socket = await on.open(first + asText({ path: '/v1/api/quick' }));
    await arrived;
    socket.destroy();
    await on.happened('request', ({ status }) => status === 499);
    for (let turn = 0; turn < 2; turn += 1) {
      expect((await on.send({ path: '/v1/api/quick' })).status).toBe(200);
    }
    const both = [on.send({ path: '/v1/api/quick?1' }), on.send({ path: '/v1/api/quick?2' })];
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('a call that is no read', () => {
  beforeEach(async () => {
    on = await startServing({ BEZANT_PASSTHROUGH: 'all' });
  });
  afterEach(() => on.stop());

  test.each(['/v1/api/never/heard/of', orderPath])(
    'is sent to %s once, even when a cookie is to blame',
    async (path) => {
      on.gateway.on('GET /v1/api/trsrv/stocks', (response) => {
        response.writeHead(200, { 'set-cookie': 'x-sess-uuid=old; Path=/' }).end('{}');
      });
      await on.send({ path: '/v1/api/trsrv/stocks?symbols=A' });
      on.gateway.on(`POST ${path}`, json({ error: 'no' }, 401));
      expect((await on.send({ ...order('once'), path })).status).toBe(401);
      expect(on.gateway.calls(path)).toHaveLength(1);
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'is not repeated when a kept connection breaks: %s',
    async (method) => {
      const path = '/v1/api/never/heard/of';
      on.gateway.on('GET /v1/api/quick', json({}));
      await on.send({ path: '/v1/api/quick' });
      on.gateway.on(`${method} ${path}`, (response) => response.socket?.destroy());
      const got = await on.send({ method, path });
      expectProblem(got, { status: 502, code: 'upstream_http_error' });
      expect(on.gateway.calls(path)).toHaveLength(1);
    },
  );
});
