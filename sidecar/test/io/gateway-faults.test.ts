// The Gateway hangs, breaks off, resets or is not there: one problem each, in time, without its address.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import {
  answer,
  hang,
  html,
  json,
  loginRedirect,
  reset,
  stall,
  startCapturingGateway,
  truncate,
  type Reply,
} from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const on = running({ BEZANT_UPSTREAM_TIMEOUT_SECS: '1', BEZANT_REQUEST_TIMEOUT_SECS: '5' });

const asJson = [['Content-Type', 'application/json']] as const;

/** The same fault behind a short path, behind IBKR's own and behind a login page. */
const places = (label: string) => [
  { path: `/accounts/${label}/summary?token=t0psecret`, upstream: `/v1/api/portfolio/${label}/summary` },
  { path: `/v1/api/trsrv/stocks?symbols=${label}&token=t0psecret`, upstream: '/v1/api/trsrv/stocks' },
  { path: `/sso/${label}?token=t0psecret`, upstream: `/sso/${label}` },
];

const garbage: Reply = (response) => {
  response.socket?.end('this is not HTTP\r\n\r\n');
};

describe.each([
  { name: 'never answers', reply: hang, want: { status: 504, code: 'upstream_timeout' } },
  {
    name: 'stops in the middle of its answer',
    reply: stall('{"a":'),
    want: { status: 504, code: 'upstream_timeout' },
  },
  {
    name: 'breaks off a success',
    reply: truncate(200, '{"a":'),
    want: { status: 502, code: 'upstream_truncated' },
  },
  {
    name: 'breaks off an error',
    reply: truncate(404, '{"a":'),
    want: { status: 502, code: 'upstream_truncated' },
  },
  { name: 'resets the connection', reply: reset, want: { status: 502, code: 'upstream_http_error' } },
  {
    name: 'answers with something other than HTTP',
    reply: garbage,
    want: { status: 502, code: 'upstream_http_error' },
  },
])('a Gateway that $name', ({ name, reply, want }) => {
  test('is one problem, wherever it is met', async () => {
    const label = name.replaceAll(' ', '-');
    const got = await Promise.all(
      places(label).map(({ path, upstream }) => {
        on.gateway.on(`GET ${upstream}`, reply);
        return on.send({ path });
      }),
    );
    for (const one of got) {
      expectProblem(one, want);
      expect(one.text).not.toMatch(/localhost|https:|t0psecret/);
    }
  });

  test('is sent an order once', async () => {
    const path = '/v1/api/iserver/account/DU1/orders';
    on.gateway.on(`POST ${path}`, reply);
    const cOID = name.replaceAll(' ', '-');
    const ticket = { conid: 1, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 1, cOID };
    const got = await on.send({
      method: 'POST',
      path,
      headers: asJson,
      body: JSON.stringify({ orders: [ticket] }),
    });
    expect(got.status).toBe(want.status);
    expect(on.gateway.calls(path)).toHaveLength(1);
  });
});

describe('a Gateway that is not there', () => {
  let refusing: Sidecar;
  let speaking: Server;
  let misled: Sidecar;
  beforeAll(async () => {
    const gone = await startCapturingGateway();
    await gone.stop();
    speaking = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
    await new Promise<void>((resolve) => speaking.listen(0, 'localhost', resolve));
    const { port } = speaking.address() as AddressInfo;
    [refusing, misled] = await Promise.all([
      startSidecar(gone.apiUrl),
      startSidecar(`https://localhost:${port}/v1/api`),
    ]);
  });
  afterAll(async () => {
    await Promise.all([refusing.stop(), misled.stop()]);
    speaking.close();
  });

  test.each([
    '/accounts',
    '/health',
    '/v1/api/tickle',
    '/v1/api/never/heard/of',
    '/sso/Login',
    '/market/snapshot?conids=1',
  ])('%s says so', async (path) => {
    const got = await send(refusing.url, { path });
    expectProblem(got, { status: 503, code: 'upstream_unreachable' });
    expect(got.text).not.toMatch(/localhost|https:/);
  });

  test('but something that does not speak TLS says so too', async () => {
    expectProblem(await send(misled.url, { path: '/accounts' }), {
      status: 503,
      code: 'upstream_unreachable',
    });
  });
});

describe('an answer on a short path', () => {
  const page = '<html><body>https://localhost/page-of-ibkr</body></html>';
  interface Row {
    name: string;
    reply: Reply;
    want: { status: number; code: string } | 'relayed';
  }
  const rows: Row[] = [
    { name: 'a JSON success', reply: json({ a: 1 }), want: 'relayed' },
    {
      name: 'a JSON refusal',
      reply: json({ error: 'Bad Request: no bridge', statusCode: 400 }, 400),
      want: 'relayed',
    },
    {
      name: 'a JSON fault',
      reply: json({ error: 'Order 9 is not found', statusCode: 503 }, 503),
      want: 'relayed',
    },
    { name: 'a text refusal', reply: answer(404, [['content-type', 'text/plain']], 'no'), want: 'relayed' },
    { name: 'a login redirect', reply: loginRedirect, want: { status: 401, code: 'not_authenticated' } },
    {
      name: 'a redirect to the dispatcher',
      reply: answer(302, [['location', 'https://elsewhere.example/SSO/DISPATCHER?x=1']]),
      want: { status: 401, code: 'not_authenticated' },
    },
    {
      name: 'a 401',
      reply: answer(401, [], 'Access Denied'),
      want: { status: 401, code: 'not_authenticated' },
    },
    {
      name: 'another redirect',
      reply: answer(302, [['location', 'https://api.ibkr.com/x']]),
      want: { status: 502, code: 'upstream_status' },
    },
    { name: 'a page as success', reply: html(page), want: { status: 502, code: 'upstream_decode_error' } },
    { name: 'a page as 404', reply: html(page, 404), want: { status: 404, code: 'upstream_client_error' } },
    { name: 'a page as 500', reply: html(page, 500), want: { status: 500, code: 'upstream_status' } },
    { name: 'a page as 503', reply: html(page, 503), want: { status: 503, code: 'upstream_status' } },
  ];
  test.each(rows)('$name', async ({ name, reply, want }) => {
    const label = name.replaceAll(' ', '-');
    on.gateway.on(`GET /v1/api/portfolio/${label}/ledger`, reply);
    const got = await on.send({ path: `/accounts/${label}/ledger` });
    if (want === 'relayed') {
      on.gateway.on(`GET /v1/api/portfolio/${label}/meta`, reply);
      const raw = await on.send({ path: `/v1/api/portfolio/${label}/meta` });
      expect({ status: got.status, text: got.text }).toEqual({ status: raw.status, text: raw.text });
      expect(got.get('content-type')).not.toMatch(/problem/);
    } else {
      expectProblem(got, want);
      expect(got.text).not.toMatch(/localhost|page-of-ibkr|elsewhere/);
      expect(got.get('location')).toBeUndefined();
    }
  });
});

test('a 429 of IBKR comes back as it is, and nothing more is sent until the penalty is over', async () => {
  const gateway = await startCapturingGateway();
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_PENALTY_SECS: '60' });
  try {
    gateway.on('GET /v1/api/trsrv/stocks', json({ error: 'Too many requests' }, 429));
    const first = await send(sidecar.url, { path: '/v1/api/trsrv/stocks?symbols=A' });
    expect({ status: first.status, body: first.json }).toEqual({
      status: 429,
      body: { error: 'Too many requests' },
    });
    const second = await send(sidecar.url, { path: '/v1/api/trsrv/futures?symbols=ES' });
    expectProblem(second, { status: 429, code: 'penalty_box' });
    expect(Number(second.get('retry-after'))).toBeGreaterThan(50);
    expect(gateway.calls('/v1/api/trsrv/futures')).toEqual([]);
  } finally {
    await sidecar.stop();
    await gateway.stop();
  }
});
