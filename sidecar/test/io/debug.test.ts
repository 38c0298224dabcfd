// The debug endpoints: who gets in, what the probe concludes, and that neither of them shows or does anything it should not.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { answer, json, loginRedirect, valuesOf, type Pairs, type Reply } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

const on = running({ BEZANT_DEBUG_TOKEN: 'let-me-in' });
const token: Pairs = [['X-Bezant-Debug-Token', 'let-me-in']];

describe('the token', () => {
  let off: Sidecar[];
  beforeAll(async () => {
    off = await Promise.all([
      startSidecar(on.gateway.apiUrl),
      startSidecar(on.gateway.apiUrl, { BEZANT_DEBUG_TOKEN: '' }),
    ]);
  });
  afterAll(() => Promise.all(off.map((sidecar) => sidecar.stop())));

  test.each([
    { name: 'in the header', path: '/debug/jar', headers: token, status: 200 },
    { name: 'in the query', path: '/debug/jar?token=let-me-in', headers: [] as Pairs, status: 200 },
    { name: 'none', path: '/debug/jar', headers: [] as Pairs, status: 401 },
    { name: 'empty', path: '/debug/jar?token=', headers: [] as Pairs, status: 401 },
    { name: 'wrong', path: '/debug/jar?token=let-me-i', headers: [] as Pairs, status: 401 },
    { name: 'longer', path: '/debug/jar?token=let-me-in-too', headers: [] as Pairs, status: 401 },
    {
      name: 'wrong in the header, right in the query',
      path: '/debug/jar?token=let-me-in',
      headers: [['X-Bezant-Debug-Token', 'wrong']] as Pairs,
      status: 401,
    },
  ])('$name: $status', async ({ path, headers, status }) => {
    const got = await on.send({ path, headers });
    expect(got.status).toBe(status);
    if (status === 401) expectProblem(got, { status, code: 'debug_unauthorized' });
  });

  test('that is unset or empty makes the endpoints not be there', async () => {
    for (const sidecar of off) {
      for (const path of ['/debug/jar', '/debug/probe', '/debug/jar?token=', '/debug/jar?token=undefined']) {
        const got = await send(sidecar.url, { path });
        const other = await send(sidecar.url, { path: '/no/such/path' });
        expect({ status: got.status, code: (got.json as { code: string }).code }).toEqual({
          status: 404,
          code: (other.json as { code: string }).code,
        });
      }
    }
    expect(on.gateway.seen()).toEqual([]);
  });
});

interface Step {
  name: string;
  method: string;
  path: string;
  status: number | null;
  latency_ms: number;
  body_bytes: number;
  body_preview: string;
  set_cookie_names: string[];
  error: string | null;
  skipped?: boolean;
  skipped_reason?: string;
  _authenticated?: boolean | null;
}
interface Probe {
  gateway_root: string;
  elapsed_ms: number;
  jar_size_before: number;
  jar_size_after: number;
  verdict: string;
  steps: Step[];
}

const status = '/v1/api/iserver/auth/status';
const init = '/v1/api/iserver/auth/ssodh/init';
const tickle = '/v1/api/tickle';
const accounts = '/v1/api/portfolio/accounts';

const authenticated = json({ authenticated: true, connected: true, competing: false });
const bridgeless = json({ authenticated: false, connected: true, competing: false });

async function probe(replies: Partial<Record<string, Reply>>): Promise<Probe> {
  const all: Record<string, Reply> = {
    [status]: authenticated,
    [init]: bridgeless,
    [tickle]: json({ session: 'deadbeef', ssoExpires: 1 }),
    [accounts]: json([{ id: 'DU1' }]),
    ...replies,
  };
  for (const [path, reply] of Object.entries(all)) on.gateway.on(`* ${path}`, reply);
  const got = await on.send({ path: '/debug/probe', headers: token });
  expect(got.status).toBe(200);
  return got.json as Probe;
}

describe('the probe', () => {
  const denied = answer(401, [], 'Access Denied');
  const rows: {
    name: string;
    replies: Partial<Record<string, Reply>>;
    verdict: string;
    asksInit: boolean;
  }[] = [
    { name: 'all is well', replies: {}, verdict: 'ok', asksInit: false },
    {
      name: 'no brokerage session, and none to be had',
      replies: { [status]: bridgeless },
      verdict: 'needs_login',
      asksInit: true,
    },
    {
      name: 'no brokerage session, and init fails',
      replies: { [status]: bridgeless, [init]: json({ error: 'x' }, 500) },
      verdict: 'ssodh_failed',
      asksInit: true,
    },
    { name: 'status 401', replies: { [status]: denied }, verdict: 'needs_login', asksInit: false },
    {
      name: 'status redirects to the login',
      replies: { [status]: loginRedirect },
      verdict: 'needs_login',
      asksInit: false,
    },
    {
      name: 'status fails',
      replies: { [status]: json({ error: 'x' }, 500) },
      verdict: 'auth_status_failed',
      asksInit: false,
    },
    {
      name: 'the tickle fails',
      replies: { [tickle]: json({ error: 'x' }, 500) },
      verdict: 'tickle_failed',
      asksInit: false,
    },
    {
      name: 'the accounts fail',
      replies: { [accounts]: json({ error: 'x' }, 503) },
      verdict: 'accounts_failed',
      asksInit: false,
    },
  ];
  test.each(rows)('$name: $verdict', async ({ replies, verdict, asksInit }) => {
    const got = await probe(replies);
    expect(got.verdict).toBe(verdict);
    expect(got.steps.map(({ name }) => name)).toEqual(['auth_status', 'ssodh_init', 'tickle', 'accounts']);
    expect(on.gateway.calls(init)).toHaveLength(asksInit ? 1 : 0);
  });

  test('reports each step', async () => {
    const got = await probe({
      [tickle]: answer(
        200,
        [
          ['content-type', 'application/json'],
          ['set-cookie', 'x-sess-uuid=hidden; Path=/'],
        ],
        '{"ssoExpires":1}',
      ),
    });
    expect(got).toMatchObject({
      gateway_root: expect.stringMatching(/^https:\/\/localhost:\d+\/$/) as unknown,
      elapsed_ms: expect.any(Number) as unknown,
      jar_size_before: 0,
      jar_size_after: 1,
    });
    expect(got.steps).toEqual([
      expect.objectContaining({
        method: 'POST',
        path: status,
        status: 200,
        error: null,
        _authenticated: true,
      }),
      expect.objectContaining({
        method: 'POST',
        path: init,
        status: null,
        skipped: true,
        skipped_reason: expect.stringContaining('already bridged') as unknown,
      }),
      expect.objectContaining({
        method: 'POST',
        path: tickle,
        status: 200,
        body_bytes: 16,
        body_preview: '{"ssoExpires":1}',
        set_cookie_names: ['x-sess-uuid'],
      }),
      expect.objectContaining({ method: 'GET', path: accounts, status: 200, error: null }),
    ]);
    for (const { latency_ms } of got.steps.filter(({ status: code }) => code !== null))
      expect(latency_ms).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(got)).not.toContain('hidden');
  });

  test('speaks from the Gateway’s origin, with a length', async () => {
    await probe({ [status]: bridgeless });
    for (const path of [status, init, tickle, accounts]) {
      const call = on.onlyCall(path);
      expect(valuesOf(call, 'origin')).toEqual([on.gateway.origin]);
      expect(valuesOf(call, 'referer')).toEqual([`${on.gateway.origin}/`]);
      if (call.method === 'POST')
        expect(valuesOf(call, 'content-length')).toEqual([String(call.body.length)]);
    }
  });

  test('takes the session away from no other platform', async () => {
    await probe({ [status]: bridgeless });
    expect(JSON.parse(on.onlyCall(init).body.toString())).toEqual({ publish: true, compete: false });
  });

  test.each([
    { name: 'short', filler: '' },
    { name: 'longer than what is shown', filler: 'x'.repeat(2000) },
  ])('shows no secret of a JSON body that is $name', async ({ filler }) => {
    const got = await probe({
      [tickle]: json({
        filler,
        session: 'topsecret',
        ssoConclusion: 'topsecret',
        nested: [{ accessToken: 'topsecret', my_SECRET: 'topsecret' }],
        plain: 'seen',
      }),
    });
    expect(JSON.stringify(got)).not.toContain('topsecret');
    const preview = got.steps[2]?.body_preview ?? '';
    expect(Buffer.byteLength(preview)).toBeLessThanOrEqual(512);
    if (filler === '') expect(preview).toContain('seen');
  });

  test('shows no start of a secret either, when a body that is no JSON holds one', async () => {
    const got = await probe({ [tickle]: answer(200, [], 'session=topsecret') });
    expect(JSON.stringify(got)).not.toContain('topsecret');
  });
});
