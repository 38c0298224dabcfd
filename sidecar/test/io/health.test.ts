// GET /health: what IBKR says of the session, or the predecessor's problems; and the probes that never ask IBKR.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  answer,
  hang,
  html,
  json,
  loginRedirect,
  startCapturingGateway,
  valuesOf,
  type CapturingGateway,
  type Reply,
} from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

let gateway: CapturingGateway;
beforeAll(async () => {
  gateway = await startCapturingGateway();
});
afterEach(() => gateway.reset());
afterAll(() => gateway.stop());

const status = '/v1/api/iserver/auth/status';

/** A server of its own for each row: a state is remembered for a while. */
async function asked(reply: Reply, path = '/health') {
  gateway.on(`* ${status}`, reply);
  const sidecar = await startSidecar(gateway.apiUrl, { BEZANT_UPSTREAM_TIMEOUT_SECS: '1' });
  try {
    return await send(sidecar.url, { path });
  } finally {
    await sidecar.stop();
  }
}

describe('a state', () => {
  test.each([
    {
      name: 'live',
      body: {
        authenticated: true,
        competing: false,
        connected: true,
        message: '',
        MAC: '98:F2:B3:23:BF:A0',
        serverInfo: { serverName: 'JifN' },
      },
      want: { authenticated: true, connected: true, competing: false, message: null },
    },
    {
      name: 'logged out, in its short form',
      body: { authenticated: false, established: false, competing: false, connected: false, MAC: null },
      want: { authenticated: false, connected: false, competing: false, message: null },
    },
    {
      name: 'competing',
      body: { authenticated: false, competing: true, connected: true, message: 'taken' },
      want: { authenticated: false, connected: true, competing: true, message: 'taken' },
    },
    {
      name: 'nothing said',
      body: {},
      want: { authenticated: false, connected: false, competing: false, message: null },
    },
  ])('$name is projected', async ({ body, want }) => {
    const got = await asked(json(body));
    expect({ status: got.status, body: got.json }).toEqual({ status: 200, body: want });
    const [call] = gateway.calls(status);
    expect(call?.method).toBe('POST');
    expect(
      valuesOf(call ?? { method: '', target: '', headers: [], body: Buffer.alloc(0) }, 'content-length'),
    ).toEqual(['0']);
  });
});

describe('no state, which is never remembered', () => {
  let sidecar: Sidecar;
  beforeAll(async () => {
    sidecar = await startSidecar(gateway.apiUrl, { BEZANT_UPSTREAM_TIMEOUT_SECS: '1' });
  });
  afterAll(() => sidecar.stop());

  const rows: { name: string; reply: Reply; want: { status: number; code: string } }[] = [
    {
      name: '401',
      reply: answer(401, [], 'Access Denied'),
      want: { status: 401, code: 'not_authenticated' },
    },
    {
      name: 'a redirect to the login',
      reply: loginRedirect,
      want: { status: 401, code: 'not_authenticated' },
    },
    {
      name: 'another redirect',
      reply: answer(302, [['location', 'https://api.ibkr.com/x']]),
      want: { status: 502, code: 'upstream_status' },
    },
    { name: '404', reply: html('<html></html>', 404), want: { status: 404, code: 'upstream_client_error' } },
    { name: '500', reply: json({ error: 'x' }, 500), want: { status: 500, code: 'upstream_status' } },
    { name: '503', reply: html('<html></html>', 503), want: { status: 503, code: 'upstream_status' } },
    { name: 'a page', reply: html('<html></html>'), want: { status: 502, code: 'upstream_decode_error' } },
    { name: 'an empty answer', reply: answer(200, []), want: { status: 502, code: 'upstream_decode_error' } },
    { name: 'silence', reply: hang, want: { status: 504, code: 'upstream_timeout' } },
  ];
  test.each(rows)('$name is $want.status $want.code', async ({ reply, want }) => {
    gateway.on(`* ${status}`, reply);
    const got = await send(sidecar.url, { path: '/health' });
    expectProblem(got, want);
    expect(got.text).not.toMatch(/localhost|https:/);
  });
});

test('polled often, it asks IBKR once', async () => {
  gateway.on(`* ${status}`, json({ authenticated: true, connected: true, competing: false }));
  const sidecar = await startSidecar(gateway.apiUrl);
  try {
    const polls = await Promise.all(Array.from({ length: 20 }, () => send(sidecar.url, { path: '/health' })));
    expect(new Set(polls.map(({ text }) => text)).size).toBe(1);
    expect(gateway.calls(status)).toHaveLength(1);
  } finally {
    await sidecar.stop();
  }
});

describe('the probes of a platform', () => {
  test.each([
    { name: 'nobody logged in', reply: answer(401, [], 'Access Denied') },
    { name: 'IBKR silent', reply: hang },
    { name: 'IBKR in maintenance', reply: html('<html></html>', 503) },
  ])('say alive with $name, and ask IBKR nothing', async ({ reply }) => {
    const got = await asked(reply, '/livez');
    expect(got.status).toBe(200);
    expect(gateway.seen()).toEqual([]);
  });

  test('stand on both ports, with a reason for not being ready', async () => {
    const gone = await startCapturingGateway();
    await gone.stop();
    const sidecar = await startSidecar(gone.apiUrl);
    try {
      for (const url of [sidecar.url, sidecar.adminUrl]) {
        expect((await send(url, { path: '/livez' })).status).toBe(200);
        const ready = await send(url, { path: '/readyz' });
        expect({ status: ready.status, body: ready.json }).toEqual({
          status: 503,
          body: { ready: false, state: 'down', reason: expect.stringMatching(/\S/) as unknown },
        });
      }
    } finally {
      await sidecar.stop();
    }
  });

  test('metrics stand on the admin port alone', async () => {
    const sidecar = await startSidecar(gateway.apiUrl);
    try {
      const metrics = await send(sidecar.adminUrl, { path: '/metrics' });
      expect({ status: metrics.status, some: metrics.text.includes('\nbezant_') }).toEqual({
        status: 200,
        some: true,
      });
      expectProblem(await send(sidecar.url, { path: '/metrics' }), { status: 404, code: 'path_refused' });
      expect((await send(sidecar.adminUrl, { path: '/accounts' })).status).toBe(404);
    } finally {
      await sidecar.stop();
    }
  });
});
