// The debug endpoints on a real server: their door, what the probe calls, concludes and shows.

import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GatewayCookies } from '../../src/cookies.ts';
import { Problem } from '../../src/errors.ts';
import type { GatewayAnswer } from '../../src/gateway.ts';
import { createDebugRoutes } from '../../src/routes/debug.ts';
import { answer, live, loggedOut, loginRedirect, tickled, withoutBrokerage } from '../session/answers.ts';

type Replies = Readonly<Record<'status' | 'init' | 'tickle' | 'accounts', GatewayAnswer | Problem | 'hang'>>;

interface Called {
  operation: string;
  json: unknown;
}

interface Debug {
  cookies: GatewayCookies;
  calls: Called[];
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; text: string; body: Probe }>;
}

interface Probe {
  code?: string;
  verdict: string;
  steps: {
    name: string;
    path: string;
    status: number | null;
    latency_ms: number;
    body_preview: string;
    error: string | null;
    skipped?: boolean;
    skipped_reason?: string;
    _authenticated?: boolean | null;
  }[];
}

const fine: Replies = {
  status: answer(200, live),
  init: answer(200, live),
  tickle: answer(200, tickled(live), { 'set-cookie': ['x-sess-uuid=0.abcdef12; secure', 'second=1'] }),
  accounts: answer(200, [{ accountId: 'U1234567' }]),
};

const operations: Readonly<Record<string, keyof Replies>> = {
  getBrokerageStatus: 'status',
  initializeSession: 'init',
  getSessionToken: 'tickle',
  getAllAccounts: 'accounts',
};

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(replies: Partial<Replies> = {}, token = 'let-me-in'): Promise<Debug> {
  const cookies = new GatewayCookies([]);
  const calls: Called[] = [];
  const routes = createDebugRoutes({
    token,
    deadlineMs: 50,
    gateway: { url: { origin: 'https://gateway:5000', prefix: '/ibkr' }, cookies },
    call: async (operationId, json, signal) => {
      const operation = operations[operationId];
      if (operation === undefined) throw new Error(`no operation ${operationId}`);
      calls.push({ operation, json });
      const reply = { ...fine, ...replies }[operation];
      if (reply instanceof Problem) throw reply;
      if (reply !== 'hang') return reply;
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
  });
  if (routes === null) throw new Error('off');
  server = createServer((request, response) => {
    const run = async (): Promise<void> => {
      if (request.url?.startsWith('/debug/jar') === true) routes.jar(request, response);
      else await routes.probe(request, response, new AbortController().signal);
    };
    run().catch((error: unknown) => {
      response.statusCode = error instanceof Problem ? error.status : 500;
      response.end(JSON.stringify({ code: error instanceof Problem ? error.code : String(error) }));
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    cookies,
    calls,
    async get(path, headers = { 'x-bezant-debug-token': 'let-me-in' }) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
      const text = await response.text();
      return { status: response.status, text, body: JSON.parse(text) as Probe };
    },
  };
}

describe('the door', () => {
  test.each([null, ''])('token %j: there is none', (token) => {
    const gateway = { url: { origin: 'https://gateway:5000', prefix: '' }, cookies: new GatewayCookies([]) };
    const call = (): Promise<GatewayAnswer> => Promise.reject(new Error('called'));
    expect(createDebugRoutes({ token, gateway, call })).toBeNull();
  });

  test.each([
    { name: 'header', path: '/debug/jar', headers: { 'x-bezant-debug-token': 'let-me-in' }, status: 200 },
    { name: 'query', path: '/debug/jar?token=let-me-in', headers: {}, status: 200 },
    { name: 'encoded in the query', path: '/debug/jar?token=let%2Dme-in', headers: {}, status: 200 },
    { name: 'none', path: '/debug/jar', headers: {}, status: 401 },
    { name: 'an empty one', path: '/debug/jar?token=', headers: { 'x-bezant-debug-token': '' }, status: 401 },
    { name: 'a shorter one', path: '/debug/jar', headers: { 'x-bezant-debug-token': 'let-me' }, status: 401 },
    {
      name: 'a wrong header over a right query',
      path: '/debug/jar?token=let-me-in',
      headers: { 'x-bezant-debug-token': 'no' },
      status: 401,
    },
  ])('$name: $status', async ({ path, headers, status }) => {
    const debug = await serve();
    for (const at of [path, path.replace('jar', 'probe')]) {
      const got = await debug.get(at, headers);
      expect(got.status).toBe(status);
      if (status === 401) expect(got.body.code).toBe('debug_unauthorized');
    }
    expect(debug.calls.length).toBe(status === 401 ? 0 : 3);
  });
});

test('the jar shows names and lengths', async () => {
  const debug = await serve();
  debug.cookies.fromIbkr(['b=very-secret', 'a=1']);
  const { text, body } = await debug.get('/debug/jar');
  expect(body).toEqual({
    gateway_root: 'https://gateway:5000/ibkr/',
    size: 2,
    entries: [
      { name: 'a', value_length: 1 },
      { name: 'b', value_length: 11 },
    ],
  });
  expect(text).not.toContain('very-secret');
});

describe('the verdict', () => {
  const refused = new Problem('upstream_unreachable', 'The Gateway cannot be reached.');
  const broken = answer(500, { error: 'x' });
  const rows: { name: string; replies: Partial<Replies>; want: string; inits: number }[] = [
    { name: 'all is well', replies: {}, want: 'ok', inits: 0 },
    {
      name: '401',
      replies: { status: loggedOut, tickle: loggedOut, accounts: loggedOut },
      want: 'needs_login',
      inits: 0,
    },
    { name: 'login redirect', replies: { status: loginRedirect }, want: 'needs_login', inits: 0 },
    { name: 'status 500', replies: { status: broken }, want: 'auth_status_failed', inits: 0 },
    { name: 'status 400', replies: { status: answer(400, {}) }, want: 'auth_status_failed', inits: 0 },
    {
      name: 'status is a page',
      replies: { status: answer(200, '<html></html>') },
      want: 'auth_status_failed',
      inits: 0,
    },
    {
      name: 'status says nothing',
      replies: { status: answer(200, {}) },
      want: 'auth_status_failed',
      inits: 0,
    },
    { name: 'status null', replies: { status: answer(200, 'null') }, want: 'auth_status_failed', inits: 0 },
    { name: 'status hangs', replies: { status: 'hang' }, want: 'auth_status_failed', inits: 0 },
    { name: 'status refused', replies: { status: refused }, want: 'auth_status_failed', inits: 0 },
    { name: 'init brings it', replies: { status: answer(200, withoutBrokerage) }, want: 'ok', inits: 1 },
    {
      name: 'init brings nothing',
      replies: { status: answer(200, withoutBrokerage), init: answer(200, withoutBrokerage) },
      want: 'needs_login',
      inits: 1,
    },
    {
      name: 'init fails',
      replies: { status: answer(200, withoutBrokerage), init: broken },
      want: 'ssodh_failed',
      inits: 1,
    },
    {
      name: 'init hangs',
      replies: { status: answer(200, withoutBrokerage), init: 'hang' },
      want: 'ssodh_failed',
      inits: 1,
    },
    { name: 'tickle fails', replies: { tickle: broken }, want: 'tickle_failed', inits: 0 },
    { name: 'accounts fail', replies: { accounts: refused }, want: 'accounts_failed', inits: 0 },
  ];
  test.each(rows)('$name: $want', async ({ replies, want, inits }) => {
    const debug = await serve(replies);
    const { status, body } = await debug.get('/debug/probe');
    expect({ status, verdict: body.verdict }).toEqual({ status: 200, verdict: want });
    expect(body.steps.map(({ name }) => name)).toEqual(['auth_status', 'ssodh_init', 'tickle', 'accounts']);
    expect(debug.calls.filter(({ operation }) => operation === 'init')).toEqual(
      Array(inits).fill({ operation: 'init', json: { publish: true, compete: false } }),
    );
  });
});

test('every step is reported', async () => {
  const debug = await serve({ accounts: 'hang' });
  const { body } = await debug.get('/debug/probe');
  expect(body).toMatchObject({
    gateway_root: 'https://gateway:5000/ibkr/',
    elapsed_ms: expect.any(Number) as unknown,
    jar_size_before: 0,
    jar_size_after: 0,
  });
  expect(body.steps).toEqual([
    {
      name: 'auth_status',
      method: 'POST',
      path: '/v1/api/iserver/auth/status',
      status: 200,
      latency_ms: expect.any(Number) as unknown,
      body_bytes: JSON.stringify(live).length,
      body_preview: expect.stringContaining('"authenticated":true') as unknown,
      set_cookie_names: [],
      error: null,
      _authenticated: true,
    },
    expect.objectContaining({
      skipped: true,
      skipped_reason: expect.stringContaining('already bridged') as unknown,
    }),
    expect.objectContaining({ set_cookie_names: ['x-sess-uuid', 'second'], _authenticated: null }),
    expect.objectContaining({ status: null, body_preview: '', error: 'No whole answer within 0.05s.' }),
  ]);
});

test.each([
  { name: 'short', filler: '' },
  { name: 'longer than the preview', filler: 'é'.repeat(2000) },
])('nothing secret of a $name body is shown', async ({ filler }) => {
  const debug = await serve({
    tickle: answer(200, {
      session: 'topsecret',
      filler,
      userId: 87654321,
      list: [{ TOKEN: 'topsecret', hardware_info: 'topsecret' }],
    }),
    status: answer(200, { ...live, MAC: 'topsecret', echo: 'value=cookie-of-the-jar' }),
  });
  debug.cookies.fromIbkr(['XYZAB=cookie-of-the-jar']);
  const { text, body } = await debug.get('/debug/probe');
  expect(text).not.toMatch(/topsecret|87654321|cookie-of-the-jar/);
  const previews = body.steps.map(({ body_preview }) => body_preview);
  expect(previews.every((preview) => Buffer.byteLength(preview) <= 512 && !preview.includes('\uFFFD'))).toBe(
    true,
  );
});
