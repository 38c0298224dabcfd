import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';

import type { Ready } from '../src/plan.ts';
import { probe, untilHung, untilReady } from '../src/ready.ts';

let servers: Server[];
beforeEach(() => {
  servers = [];
});
afterEach(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(answer: RequestListener, tls = false): Promise<string> {
  const pair = tls ? await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 }) : null;
  const server =
    pair === null ? createHttp(answer) : createHttps({ key: pair.private, cert: pair.cert }, answer);
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const target = (url: string, rest: Partial<Ready> = {}): Ready => ({
  url,
  status: [200],
  everyMs: 5,
  timeoutMs: 2_000,
  deadlineMs: 2_000,
  insecure: false,
  ...rest,
});

const never = new AbortController().signal;
const statuses =
  (...list: number[]): RequestListener =>
  (_request, response) => {
    response.writeHead(list.length > 1 ? (list.shift() ?? 200) : (list[0] ?? 200)).end();
  };

test.each([
  { answer: 200, status: [200], want: null },
  { answer: 302, status: [200, 302], want: null },
  { answer: 302, status: [200], want: 'it answers with status 302' },
  { answer: 503, status: [200], want: 'it answers with status 503' },
])('$answer where $status is expected', async ({ answer, status, want }) => {
  expect(await probe(target(await serve(statuses(answer)), { status }), never)).toBe(want);
});

test('an open port that never answers is not ready', async () => {
  const url = await serve(() => undefined);
  expect(await probe(target(url, { timeoutMs: 50 }), never)).toBe('no answer within 50 ms');
});

test('nobody there', async () => {
  const url = await serve(statuses(200));
  const [server] = servers;
  await new Promise((resolve) => server?.close(resolve));
  expect(await probe(target(url), never)).toBe('no answer: ECONNREFUSED');
});

test('a self-signed certificate counts only where the plan says so', async () => {
  const url = await serve(statuses(200), true);
  expect(await probe(target(url, { insecure: true }), never)).toBeNull();
  expect(await probe(target(url), never)).toBe('no answer: DEPTH_ZERO_SELF_SIGNED_CERT');
});

test('ready once it answers as expected', async () => {
  const url = await serve(statuses(503, 503, 200));
  expect(await untilReady(target(url), never, () => 0)).toBeNull();
});

test('the deadline tells what was wrong last', async () => {
  const url = await serve(statuses(503));
  let nowMs = 0;
  const now = (): number => (nowMs += 1_000);
  expect(await untilReady(target(url, { deadlineMs: 3_000 }), never, now)).toBe('it answers with status 503');
});

test('hung only after failures in a row', async () => {
  const answers = [500, 500, 200, 500, 500, 500];
  let asked = 0;
  const url = await serve((_request, response) => response.writeHead(answers[asked++] ?? 200).end());
  expect(await untilHung(target(url), { everyMs: 1, failures: 3 }, never)).toBe('it answers with status 500');
  expect(asked).toBe(6);
});

test('the end of the process ends the waiting', async () => {
  const url = await serve(() => undefined);
  const ended = new AbortController();
  const waiting = untilReady(target(url), ended.signal, () => 0);
  ended.abort();
  await expect(waiting).rejects.toThrow('aborted');
});
