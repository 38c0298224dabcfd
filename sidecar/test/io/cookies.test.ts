// The one cookie jar that all callers share: who may fill it, what leaves it, and how a cookie of a dead session goes away.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  answer,
  html,
  json,
  loginRedirect,
  startCapturingGateway,
  valuesOf,
  type Captured,
  type CapturingGateway,
  type Pairs,
  type Reply,
} from './capturing-gateway.ts';
import { startSidecar, type Sidecar } from './sidecar-process.ts';
import { send, type Answer, type Sent } from './wire.ts';

let gateway: CapturingGateway;
let sidecar: Sidecar;

beforeAll(async () => {
  gateway = await startCapturingGateway();
  sidecar = await startSidecar(gateway.apiUrl, {
    BEZANT_DEBUG_TOKEN: 'debug',
    BEZANT_EDGE_COOKIE_PREFIXES: 'cp, portal',
  });
});
// Ends the login that a test may have begun, and then leaves no cookie behind by one that sets none.
afterEach(async () => {
  await logIn([], []);
  await logIn([], []);
  gateway.reset();
});
afterAll(async () => {
  await sidecar.stop();
  await gateway.stop();
});

const api = '/v1/api/iserver/secdef/search';
const ask = (sent: Sent): Promise<Answer> => send(sidecar.url, sent);

/** An API call whose answer sets cookies. */
async function ibkrSets(...cookies: string[]): Promise<void> {
  gateway.on(
    `POST ${api}`,
    answer(
      200,
      [
        ['content-type', 'application/json'],
        ...cookies.map((cookie): [string, string] => ['set-cookie', cookie]),
      ],
      '[]',
    ),
  );
  await ask({ method: 'POST', path: api });
}

/** A browser on a login page, with these cookies. */
async function browserBrings(header: string, path = '/sso/Login?forwardTo=22'): Promise<void> {
  gateway.on(`GET ${path.split('?')[0] ?? ''}`, html('<html></html>'));
  await ask({ path, headers: [['Cookie', header]] });
}

/** The cookies of the next API call. */
async function sent(headers: Pairs = []): Promise<string[]> {
  gateway.on(`POST ${api}`, json([]));
  const next = gateway.next(api);
  await ask({ method: 'POST', path: api, headers });
  return cookiesOf(await next);
}

/** A browser's whole login, with the cookies that its page and its success set. */
async function logIn(onPage: readonly string[], onSuccess: readonly string[]): Promise<void> {
  const setting = (cookies: readonly string[]): Pairs => cookies.map((cookie) => ['set-cookie', cookie]);
  gateway.on('GET /sso/Login', answer(200, setting(onPage), '<html></html>'));
  gateway.on('POST /sso/Dispatcher', answer(200, setting(onSuccess), 'Client login succeeds'));
  await ask({ path: '/sso/Login?forwardTo=22' });
  await ask({ method: 'POST', path: '/sso/Dispatcher', headers: [['Origin', new URL(sidecar.url).origin]] });
}

const cookiesOf = (call: Captured): string[] =>
  valuesOf(call, 'cookie')
    .flatMap((header) => header.split('; '))
    .sort();

describe('what IBKR sets', () => {
  const past = new Date(0).toUTCString();
  test.each([
    { name: 'an empty jar sends no header', steps: [], want: [] },
    {
      name: 'attributes stay here',
      steps: [['a=1; Domain=.ibkr.com; Path=/x; Secure; HttpOnly; SameSite=None']],
      want: ['a=1'],
    },
    {
      name: 'the latest value of a name counts',
      steps: [['a=1; Path=/'], ['a=2; Path=/sso']],
      want: ['a=2'],
    },
    { name: 'names are case-sensitive', steps: [['a=1', 'A=2']], want: ['A=2', 'a=1'] },
    { name: 'several in one answer', steps: [['a=1', 'b=2', 'c=3']], want: ['a=1', 'b=2', 'c=3'] },
    { name: 'a value may hold =', steps: [['a=b=c']], want: ['a=b=c'] },
    { name: 'Max-Age=0 removes', steps: [['a=1', 'b=2'], ['a=; Max-Age=0']], want: ['b=2'] },
    { name: 'a past Expires removes', steps: [['a=1', 'b=2'], [`a=gone; Expires=${past}`]], want: ['b=2'] },
    {
      name: 'a future Expires keeps',
      steps: [['a=1; Expires=Fri, 31 Dec 2100 23:59:59 GMT']],
      want: ['a=1'],
    },
    { name: 'a broken one is skipped alone', steps: [['=x', 'nothing', 'a=1']], want: ['a=1'] },
  ])('$name', async ({ steps, want }) => {
    for (const cookies of steps) await ibkrSets(...cookies);
    expect(await sent()).toEqual(want);
  });
});

describe('what a browser brings', () => {
  test.each([
    {
      name: 'names of the login are taken',
      header: 'RL=1; XYZAB=2; USERID=3',
      want: ['RL=1', 'USERID=3', 'XYZAB=2'],
    },
    {
      name: 'cookies of other applications on the host are not',
      header: 'session=mine; _ga=1; connect.sid=s%3A1; RL=1',
      want: ['RL=1'],
    },
    {
      name: 'cookies of an access proxy are not',
      header:
        'CF_Authorization=x; CF_AppSession=x; AWSELBAuthSessionCookie-0=x; _oauth2_proxy=x; _vercel_jwt=x; _pomerium=x; RL=1',
      want: ['RL=1'],
    },
    { name: 'names with a refused prefix are not', header: 'cp.qa=1; portal=2; RL=1', want: ['RL=1'] },
    {
      name: 'a sibling that is not ASCII is skipped alone',
      header: 'RL=1; web=é; USERID=3',
      want: ['RL=1', 'USERID=3'],
    },
    {
      name: 'siblings that are no pairs are skipped alone',
      header: 'web; =x; ; RL=1',
      want: ['RL=1'],
    },
  ])('$name', async ({ header, want }) => {
    await browserBrings(header);
    expect(await sent()).toEqual(want);
  });

  test('never replaces what IBKR has set', async () => {
    await ibkrSets('JSESSIONID=fresh');
    await browserBrings('JSESSIONID=stale; RL=1');
    expect(await sent()).toEqual(['JSESSIONID=fresh', 'RL=1']);
  });

  test('counts on the login pages alone', async () => {
    gateway.on('GET /v1/api/never/heard/of', json({}));
    const evil: Pairs = [['Cookie', 'JSESSIONID=evil; x-sess-uuid=evil; XYZAB=evil']];
    await ask({ path: '/v1/api/never/heard/of', headers: evil });
    await ask({ path: '/accounts', headers: evil });
    await ask({ path: '/health', headers: evil });
    await ask({ path: '/no/such/path', headers: evil });
    expect(await sent(evil)).toEqual([]);
    expect(gateway.calls().flatMap(cookiesOf)).toEqual([]);
  });

  test('reaches the login page it was sent to', async () => {
    await browserBrings('RL=1; session=mine', '/sso/Login?forwardTo=22');
    const [call] = gateway.calls('/sso/Login');
    expect(call === undefined ? null : cookiesOf(call)).toEqual(['RL=1']);
  });
});

describe('a cookie of a dead session', () => {
  const stale = 'JSESSIONID=stale';
  const refuses =
    (refusal: Reply): Reply =>
    (response, call) =>
      (cookiesOf(call).includes(stale) ? refusal : json({ fine: true }))(response, call);

  test.each([
    { name: '401', refusal: answer(401, [], 'Access Denied') },
    { name: 'a redirect to the login', refusal: loginRedirect },
  ])('that makes IBKR answer $name is dropped, and the read goes through', async ({ name, refusal }) => {
    await ibkrSets(stale);
    gateway.on('GET /v1/api/trsrv/stocks', refuses(refusal));
    const got = await ask({ path: `/v1/api/trsrv/stocks?symbols=${name.length}` });
    expect({ status: got.status, body: got.json }).toEqual({ status: 200, body: { fine: true } });
    expect(gateway.calls('/v1/api/trsrv/stocks').map(cookiesOf)).toEqual([[stale], []]);
    expect(await sent()).toEqual([]);
  });

  test('is no reason to send an order twice', async () => {
    await ibkrSets(stale);
    const path = '/v1/api/iserver/account/DU1/orders';
    gateway.on(`POST ${path}`, refuses(answer(401, [], 'Access Denied')));
    const body = JSON.stringify({
      orders: [{ conid: 1, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 1, cOID: 'stale' }],
    });
    const got = await ask({ method: 'POST', path, headers: [['Content-Type', 'application/json']], body });
    expect(got.status).toBe(401);
    expect(gateway.calls(path)).toHaveLength(1);
  });

  test('is not suspected again when an empty jar did not help', async () => {
    await ibkrSets('JSESSIONID=fine');
    gateway.on('GET /v1/api/trsrv/stocks', answer(401, [], 'Access Denied'));
    await ask({ path: '/v1/api/trsrv/stocks?symbols=AAPL' });
    await ask({ path: '/v1/api/trsrv/stocks?symbols=MSFT' });
    expect(gateway.calls('/v1/api/trsrv/stocks').map(({ target }) => target.split('=')[1])).toEqual([
      'AAPL',
      'AAPL',
      'MSFT',
    ]);
    expect(await sent()).toEqual(['JSESSIONID=fine']);
  });

  test('is gone once a new login has come through', async () => {
    await ibkrSets(stale, 'x-sess-uuid=old');
    await logIn(['XYZAB=new'], ['USERID=new']);
    expect(await sent()).toEqual(['USERID=new', 'XYZAB=new']);
  });
});

test('the jar shows names and lengths, never values', async () => {
  await ibkrSets('b=secret', 'a=hidden-value');
  const got = await ask({ path: '/debug/jar', headers: [['X-Bezant-Debug-Token', 'debug']] });
  expect(got.json).toMatchObject({
    size: 2,
    entries: [
      { name: 'a', value_length: 12 },
      { name: 'b', value_length: 6 },
    ],
  });
  expect(got.text).not.toMatch(/secret|hidden-value/);
});
