// The door to the Gateway: whom it trusts, and that it ends with what is under way.

import { createHash, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { GatewayCookies } from '../src/cookies.ts';
import { createGateway, type Gateway, type GatewayTrust } from '../src/gateway.ts';
import { parseGatewayUrl } from '../src/gateway-url.ts';
import { hang, held, json, startCapturingGateway, type CapturingGateway } from './io/capturing-gateway.ts';

let upstream: CapturingGateway;
const opened: Gateway[] = [];

beforeEach(async () => {
  upstream = await startCapturingGateway();
});
afterEach(async () => {
  for (const gateway of opened.splice(0)) await gateway.stop();
  await upstream.stop();
});

function open(trust: Partial<GatewayTrust> = {}, url = upstream.apiUrl): Gateway {
  const gateway = createGateway({
    url: parseGatewayUrl(url),
    cookies: new GatewayCookies([]),
    trust: { verify: false, caFile: null, fingerprint: null, ...trust },
    userAgent: 'test',
    timeoutMs: 20_000,
    onStaleCookies: () => undefined,
  });
  opened.push(gateway);
  return gateway;
}

const fingerprintOf = (pem: string): string => {
  const digest = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex').toUpperCase();
  return (digest.match(/../g) ?? []).join(':');
};

const ask = { method: 'GET', target: '/v1/api/x' };

describe('with a fingerprint', () => {
  test('the certificate it is of is taken on every connection', async () => {
    const gateway = open({ fingerprint: fingerprintOf(upstream.cert) });
    upstream.on('GET /v1/api/x', (response) => {
      response.writeHead(200, { connection: 'close' }).end();
    });
    for (let turn = 0; turn < 3; turn += 1) expect((await gateway.call(ask)).status).toBe(200);
  });

  test('another is not', async () => {
    const gateway = open({ fingerprint: fingerprintOf(upstream.cert).replace(/^../, '00') });
    await expect(gateway.call(ask)).rejects.toMatchObject({ code: 'upstream_unreachable' });
    expect(upstream.seen()).toEqual([]);
  });

  test('a Gateway without a certificate is not', async () => {
    const plain: Server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port } = plain.address() as AddressInfo;
    const gateway = open({ fingerprint: fingerprintOf(upstream.cert) }, `http://127.0.0.1:${port}`);
    await expect(gateway.call(ask)).rejects.toMatchObject({ code: 'upstream_unreachable' });
    plain.close();
  });
});

test('the end waits for what is under way, until its deadline', async () => {
  const gateway = open();
  const wait = held(json({ done: true }));
  upstream.on('POST /v1/api/order', wait.reply);
  const arrived = upstream.next('/v1/api/order');
  const answered = gateway.call({ method: 'POST', target: '/v1/api/order' });
  await arrived;
  const stopped = gateway.stop(20_000);
  wait.release();
  expect((await answered).status).toBe(200);
  await stopped;
});

test('the end does not wait beyond its deadline', async () => {
  const gateway = open();
  upstream.on('POST /v1/api/order', hang);
  const arrived = upstream.next('/v1/api/order');
  const failed = gateway.call({ method: 'POST', target: '/v1/api/order' }).catch((error: unknown) => error);
  await arrived;
  await gateway.stop(0);
  expect(await failed).toMatchObject({ code: 'upstream_http_error' });
});
