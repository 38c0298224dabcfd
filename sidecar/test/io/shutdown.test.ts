// SIGTERM: what is under way is finished, nothing new is taken, and the process leaves in time with code 0.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { hang, held, json, startCapturingGateway, type CapturingGateway } from './capturing-gateway.ts';
import { startSidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

let gateway: CapturingGateway;
beforeAll(async () => {
  gateway = await startCapturingGateway();
});
afterEach(() => gateway.reset());
afterAll(() => gateway.stop());

const path = '/v1/api/slow';

test.each(['SIGTERM', 'SIGINT'] as const)('on %s an idle server leaves at once', async (signal) => {
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_KEEPALIVE_SECS: '60' });
  process.kill(sidecar.pid, signal);
  expect(await sidecar.exited).toEqual({ code: 0, signal: null });
});

test('a request under way is answered first', async () => {
  const wait = held(json({ done: true }));
  gateway.on(`GET ${path}`, wait.reply);
  const sidecar = await startSidecar(gateway.apiUrl);
  const arrived = gateway.next(path);
  const answer = send(sidecar.url, { path });
  await arrived;
  process.kill(sidecar.pid, 'SIGTERM');
  await sidecar.logged(({ msg }) => String(msg).startsWith('Stopping'));
  const late = await send(sidecar.url, { path: '/livez' }).then(
    ({ status }) => status,
    () => 'not taken',
  );
  expect([503, 'not taken']).toContain(late);
  wait.release();
  expect((await answer).json).toEqual({ done: true });
  expect(await sidecar.exited).toEqual({ code: 0, signal: null });
});

test('a request that never ends does not keep the server beyond its deadline', async () => {
  gateway.on(`GET ${path}`, hang);
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_SHUTDOWN_SECS: '1' });
  const arrived = gateway.next(path);
  const answer = send(sidecar.url, { path }).then(
    ({ status }) => status,
    () => 'cut off',
  );
  await arrived;
  const startedMs = performance.now();
  process.kill(sidecar.pid, 'SIGTERM');
  expect((await sidecar.exited).code).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(5000);
  expect([503, 'cut off']).toContain(await answer);
});

test('a client that keeps its connection open does not keep the server', async () => {
  gateway.on('GET /v1/api/trsrv/stocks', json({}));
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_SHUTDOWN_SECS: '30' });
  const { connect } = await import('node:net');
  const socket = connect(Number(new URL(sidecar.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const answered = new Promise((resolve) => socket.once('data', resolve));
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await answered;
  const startedMs = performance.now();
  expect(await sidecar.stop()).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedMs).toBeLessThan(5000);
  socket.destroy();
});

test('a port that is taken is said so, with code 1', async () => {
  const sidecar = await startSidecar(gateway.apiUrl);
  try {
    const taken = `127.0.0.1:${new URL(sidecar.url).port}`;
    await expect(startSidecar(gateway.apiUrl, { BEZANT_BIND: taken })).rejects.toThrow(
      new RegExp(`ended with 1 [^]*${taken}`),
    );
  } finally {
    await sidecar.stop();
  }
});
