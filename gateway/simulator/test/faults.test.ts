import { request } from 'node:https';
import { expect, test } from '@jest/globals';
import type { PathFault } from '../src/faults.ts';
import { start, staysOpen, until, type Started } from './client.ts';

async function withFaults(paths: PathFault[]): Promise<Started> {
  const simulator = await start();
  await simulator.control.call('POST /faults', { paths, pacing: 'off' });
  return simulator;
}

const path = '/v1/api/tickle';
const replaced: { rule: PathFault; want: Record<string, unknown> }[] = [
  { rule: { path, status: 503 }, want: { status: 503, text: '' } },
  { rule: { path, status: 500, body: { error: 'x' } }, want: { status: 500, json: { error: 'x' } } },
  {
    rule: { path, body: 'Access Denied', contentType: 'text/plain', headers: { 'x-one': '1' } },
    want: { status: 200, text: 'Access Denied', headers: { 'content-type': 'text/plain', 'x-one': '1' } },
  },
  {
    rule: { path, html: true, status: 502 },
    want: {
      status: 502,
      text: expect.stringContaining('<!doctype html>'),
      headers: { 'content-type': 'text/html' },
    },
  },
  {
    rule: { path, contentType: 'text/html' },
    want: { status: 200, json: expect.objectContaining({ collission: false }) },
  },
  { rule: { path: '/v1/api/**', status: 418 }, want: { status: 418 } },
  { rule: { path: '/v1/*/tickle', status: 418 }, want: { status: 418 } },
  { rule: { path: '/v1/api/*/tickle', status: 418 }, want: { status: 200 } },
  { rule: { path, methods: ['POST'], status: 418 }, want: { status: 200 } },
];
test.each(replaced)('$rule', async ({ rule, want }) => {
  const simulator = await withFaults([rule]);
  expect(await simulator.call('GET', path)).toMatchObject(want);
  await simulator.stop();
});

test('a body of many MiB is valid JSON', async () => {
  const simulator = await withFaults([{ path, bodyMiB: 3 }]);
  const { text, json } = await simulator.call('GET', path);
  expect([text.length, typeof json]).toEqual([3 * 2 ** 20, 'string']);
  await simulator.stop();
});

test('times counts down, and the first rule that applies wins', async () => {
  const simulator = await withFaults([
    { path, times: 2, status: 500 },
    { path, times: 1, status: 503 },
  ]);
  const statuses = [];
  for (let at = 0; at < 4; at += 1) statuses.push((await simulator.call('GET', path)).status);
  expect(statuses).toEqual([500, 500, 503, 200]);
  await simulator.stop();
});

test('a rule has its window of simulated time', async () => {
  const simulator = await withFaults([{ path, status: 503, afterMs: 1000, forMs: 2000 }]);
  const at = async (advanceMs: number) => {
    simulator.clock.advance(advanceMs);
    return (await simulator.call('GET', path)).status;
  };
  expect([await at(0), await at(1000), await at(1999), await at(1)]).toEqual([200, 503, 503, 200]);
  await simulator.stop();
});

test('hang: never answered, and shown as unanswered', async () => {
  const simulator = await withFaults([{ path, hang: true }]);
  expect(await staysOpen(simulator, 'GET', path)).toBe(true);
  expect(simulator.capture.list({ path })).toMatchObject([{ status: null }]);
  await simulator.stop();
});

test('upstream hang: what is forwarded hangs, what the Gateway says itself does not', async () => {
  const simulator = await start({ scenario: 'upstream-hang' });
  for (let at = 0; at < 6; at += 1) expect(await staysOpen(simulator, 'GET', path)).toBe(true);
  expect((await simulator.call('GET', '/')).status).toBe(302);
  await simulator.stop();
});

test('reset: the connection breaks before an answer', async () => {
  const simulator = await withFaults([{ path, reset: true }]);
  await expect(simulator.call('GET', path)).rejects.toThrow(/socket hang up|ECONNRESET/);
  await simulator.stop();
});

test('effect: the operation happens although its answer is lost', async () => {
  for (const [effect, stillUp] of [
    [true, false],
    [false, true],
  ]) {
    const simulator = await withFaults([
      { path: '/v1/api/logout', reset: true, ...(effect === true ? { effect } : {}) },
    ]);
    await expect(simulator.api('POST', '/logout', { body: '' })).rejects.toThrow();
    expect(await simulator.control.call('GET /state')).toMatchObject({
      session: { authStatus: { authenticated: stillUp } },
    });
    await simulator.stop();
  }
});

test('delay waits for simulated time', async () => {
  const simulator = await withFaults([{ path, delayMs: 5000 }]);
  let answered = false;
  const call = simulator.call('GET', path).then(() => (answered = true));
  await until(() => simulator.capture.list({ path }).length === 1);
  simulator.clock.advance(4999);
  await simulator.call('GET', '/clear');
  expect(answered).toBe(false);
  simulator.clock.advance(1);
  await call;
  await simulator.stop();
});

/** What of the body arrives, and how it ends. */
function read(simulator: Started): { text: () => string; ended: Promise<string>; abort: () => void } {
  let text = '';
  let abort = (): void => undefined;
  const ended = new Promise<string>((resolve) => {
    const outgoing = request(
      { host: '127.0.0.1', port: simulator.port, path, ca: simulator.cert, agent: false },
      (answer) => {
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve('complete'));
        answer.on('error', () => resolve('broken'));
      },
    );
    outgoing.on('error', () => resolve('broken'));
    abort = () => outgoing.destroy();
    outgoing.end();
  });
  return { text: () => text, ended, abort: () => abort() };
}

test('truncate: some bytes, then silence; with reset, then a broken connection', async () => {
  const silent = await withFaults([{ path, truncateBytes: 5 }]);
  const waiting = read(silent);
  await until(() => waiting.text() === '{"ses');
  await silent.call('GET', '/clear');
  waiting.abort();
  expect(await waiting.ended).toBe('broken');
  await silent.stop();

  const broken = await withFaults([{ path, truncateBytes: 5, reset: true }]);
  const cut = read(broken);
  expect(await cut.ended).toBe('broken');
  expect(cut.text()).toBe('{"ses');
  await broken.stop();
});

test('drip: the body comes in pieces, as time passes', async () => {
  const simulator = await withFaults([{ path, dripMs: 1000 }]);
  const dripping = read(simulator);
  await until(() => dripping.text() !== '');
  const first = dripping.text().length;
  simulator.clock.advance(1000);
  await until(() => dripping.text().length > first);
  expect(dripping.text().length).toBe(2 * first);
  for (let at = 0; at < 16; at += 1) {
    simulator.clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await dripping.ended).toBe('complete');
  expect(JSON.parse(dripping.text())).toMatchObject({ collission: false });
  await simulator.stop();
});

test('slow: every answer takes three seconds, and says so', async () => {
  const simulator = await start({ scenario: 'slow' });
  const call = simulator.call('GET', path);
  await until(() => simulator.capture.list({ path }).length === 1);
  simulator.clock.advance(3000);
  expect((await call).headers['x-response-time']).toBe('3000ms');
  await simulator.stop();
});

test('maintenance: brokerage is out and tickle hangs, the portfolio answers, then all is well', async () => {
  const simulator = await start({ scenario: 'maintenance' });
  expect((await simulator.api('GET', '/iserver/auth/status')).status).toBe(500);
  expect((await simulator.api('GET', '/iserver/accounts')).status).toBe(503);
  expect((await simulator.api('GET', '/portfolio/accounts')).status).toBe(200);
  expect(await staysOpen(simulator, 'GET', path)).toBe(true);
  for (let minute = 0; minute < 10; minute += 1) {
    simulator.clock.advance(60_000);
    await simulator.api('GET', '/portfolio/accounts');
  }
  expect((await simulator.api('GET', '/iserver/accounts')).status).toBe(200);
  await simulator.stop();
});
