// How large a body may be, either way, and how many requests are served at once.

import { describe, expect, test } from '@jest/globals';
import { answer, held, json, valuesOf, type Pairs, type Reply } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import type { Answer } from './wire.ts';

const on = running({ BEZANT_MAX_CONCURRENCY: '3' });

const mebibyte = 1024 * 1024;
const search = '/v1/api/iserver/secdef/search';
const orders = '/v1/api/iserver/account/DU1/orders';
const asJson: Pairs = [['Content-Type', 'application/json']];

/** White space is legal in front of JSON, so any size can be had. */
const padded = (text: string, bytes: number): Buffer =>
  Buffer.concat([Buffer.alloc(bytes - text.length, ' '), Buffer.from(text)]);

describe('a request body', () => {
  test.each([
    { name: 'of exactly 10 MiB', bytes: 10 * mebibyte, chunked: false },
    { name: 'of exactly 10 MiB, chunked', bytes: 10 * mebibyte, chunked: true },
  ])('$name goes through', async ({ bytes, chunked }) => {
    on.gateway.on(`POST ${search}`, json([]));
    const got = await on.send({
      method: 'POST',
      path: search,
      headers: asJson,
      body: padded('{"symbol":"AAPL"}', bytes),
      chunked,
    });
    expect(got.status).toBe(200);
    expect(on.onlyCall(search).body.length).toBe(bytes);
  });

  test.each([
    { name: 'declared', chunked: false },
    { name: 'chunked', chunked: true },
  ])('over 10 MiB, $name, is refused', async ({ chunked }) => {
    const got = await on.send({
      method: 'POST',
      path: search,
      headers: asJson,
      body: padded('{"symbol":"AAPL"}', 10 * mebibyte + 1),
      chunked,
      sendsFirst: true,
    });
    expectProblem(got, { status: 413, code: 'payload_too_large' });
    expect(on.gateway.calls(search)).toEqual([]);
  });

  test('declared over 10 MiB is refused before it is sent', async () => {
    const headers: Pairs = [...asJson, ['Content-Length', String(10 * mebibyte + 1)]];
    for (const path of [search, '/accounts/DU1/orders', '/sso/Authenticator']) {
      expectProblem(await on.send({ method: 'POST', path, headers }), {
        status: 413,
        code: 'payload_too_large',
      });
    }
    expect(on.gateway.seen()).toEqual([]);
  });

  test.each([
    { path: orders, cOID: 'large-1' },
    { path: '/accounts/DU1/orders', cOID: 'large-2' },
  ])('of 9 MiB is a legal order on $path, and every byte of it arrives', async ({ path, cOID }) => {
    on.gateway.on(`POST ${orders}`, json([{ order_id: '1' }]));
    const ticket = { conid: 1, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 1, cOID };
    const body = padded(JSON.stringify({ orders: [ticket] }), 9 * mebibyte);
    const got = await on.send({ method: 'POST', path, headers: asJson, body });
    expect(got.status).toBe(200);
    const call = on.onlyCall(orders);
    expect(call.body.equals(body)).toBe(true);
    expect(valuesOf(call, 'content-length')).toEqual([String(body.length)]);
  });
});

describe('an answer', () => {
  const sized = (bytes: number): Reply =>
    answer(200, [['content-type', 'application/json']], padded('[]', bytes));

  test('of exactly 25 MiB goes through', async () => {
    on.gateway.on(`POST ${search}`, sized(25 * mebibyte));
    const got = await on.send({ method: 'POST', path: search, headers: asJson, body: '{"symbol":"A"}' });
    expect({ status: got.status, bytes: got.body.length }).toEqual({ status: 200, bytes: 25 * mebibyte });
  });

  test.each([
    { name: 'over 25 MiB', status: 200 },
    { name: 'over 25 MiB with an error status', status: 404 },
  ])('$name is a fault of the Gateway', async ({ status }) => {
    const bytes = padded('[]', 25 * mebibyte + 1);
    on.gateway.on(`POST ${search}`, answer(status, [['content-type', 'application/json']], bytes));
    const got = await on.send({ method: 'POST', path: search, headers: asJson, body: '{"symbol":"A"}' });
    expectProblem(got, { status: 502, code: 'upstream_too_large' });
  });
});

test('more requests at once than allowed are turned away, and the next is served when one is done', async () => {
  const wait = held(json({ done: true }));
  const paths = ['/v1/api/slow/1', '/v1/api/slow/2', '/v1/api/slow/3'];
  const underWay: Promise<Answer>[] = [];
  for (const path of paths) {
    on.gateway.on(`GET ${path}`, wait.reply);
    const arrived = on.gateway.next(path);
    underWay.push(on.send({ path }));
    await arrived;
  }
  const refused = await on.send({ path: '/v1/api/slow/4' });
  expectProblem(refused, { status: 503, code: 'overloaded' });
  expect(Number(refused.get('retry-after'))).toBeGreaterThan(0);
  expect(on.gateway.calls('/v1/api/slow/4')).toEqual([]);

  wait.release();
  expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual([200, 200, 200]);
  on.gateway.on('GET /v1/api/slow/4', json({}));
  expect((await on.send({ path: '/v1/api/slow/4' })).status).toBe(200);
});
