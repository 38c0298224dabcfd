// What the Gateway answers alone, what it forwards, and how. Wanted values: observed on the Gateway build 2023-04-24.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { start, staysOpen, until, type Started } from './client.ts';

let simulator: Started;
beforeAll(async () => {
  simulator = await start({ scenario: 'logged-out' });
});
afterAll(() => simulator.stop());

const notLoggedIn = JSON.stringify({ error: 'not logged in' });
const local: {
  method?: string;
  path: string;
  status: number;
  body: string;
  headers: Record<string, string>;
}[] = [
  { path: '/', status: 302, body: '', headers: { location: '/sso/Login?forwardTo=22&RL=1&ip2loc=US' } },
  { path: '/clear', status: 200, body: 'cleared', headers: { 'content-length': '7' } },
  {
    path: '/v1/am/any',
    status: 200,
    body: 'Unknown service am',
    headers: { 'transfer-encoding': 'chunked' },
  },
  {
    path: '/v1/tws/any',
    status: 200,
    body: 'Unknown service tws',
    headers: { 'transfer-encoding': 'chunked' },
  },
  {
    path: '/v1/api/iserver/reauthenticate',
    status: 200,
    body: notLoggedIn,
    headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': '25' },
  },
  {
    method: 'POST',
    path: '/v1/portal/iserver/reauthenticate?force=true',
    status: 200,
    body: notLoggedIn,
    headers: {},
  },
  { path: '/tickle?a=b', status: 302, body: '', headers: { location: 'https://api.ibkr.com/tickle' } },
  {
    path: '/gw/api/v1/accounts',
    status: 302,
    body: '',
    headers: { location: 'https://api.ibkr.com/gw/api/v1/accounts' },
  },
  {
    method: 'POST',
    path: '/oauth2/api/v1/token',
    status: 302,
    body: '',
    headers: { location: 'https://api.ibkr.com/oauth2/api/v1/token' },
  },
  { path: '/v1/api', status: 302, body: '', headers: { location: 'https://api.ibkr.com/v1/api' } },
  {
    path: '/V1/api/tickle',
    status: 302,
    body: '',
    headers: { location: 'https://api.ibkr.com/V1/api/tickle' },
  },
  { path: '/sso', status: 302, body: '', headers: { location: 'https://api.ibkr.com/sso' } },
];
test.each(local)(
  '$method $path is answered here with $status',
  async ({ method = 'GET', path, status, body, headers }) => {
    const received = await simulator.call(method, path);
    expect(received).toMatchObject({ status, text: body, headers });
    expect(received.headers).not.toHaveProperty('date');
    expect(received.headers).not.toHaveProperty('set-cookie');
  },
);

const forwarded: { path: string; status: number }[] = [
  { path: '/v1/api/tickle', status: 401 },
  { path: '/v1/portal/tickle', status: 401 },
  { path: '/qa/api/tickle', status: 401 },
  { path: '/qa/api/iserver/reauthenticate', status: 401 },
  { path: '/v1/api//tickle', status: 401 },
  { path: '/v1//api/tickle', status: 404 },
  { path: '/v1/api/', status: 401 },
  { path: '/sso/Login', status: 200 },
  { path: '/css/simulator.css', status: 200 },
  { path: '/scripts/simulator.js', status: 200 },
  { path: '/images/simulator.svg', status: 200 },
  { path: '/images/none.png', status: 404 },
  { path: '/portal.proxy/v1/gstat/bulletins', status: 200 },
];
test.each(forwarded)('$path is forwarded and answers $status', async ({ path, status }) => {
  const received = await simulator.call('GET', path);
  expect(received.status).toBe(status);
  expect(received.headers).toMatchObject({
    'transfer-encoding': 'chunked',
    'x-response-time': '0ms',
    'x-content-type-options': 'nosniff',
    'strict-transport-security': 'max-age=600 ; includeSubDomains',
    vary: 'Accept-Encoding,Origin',
    'set-cookie': expect.arrayContaining([expect.stringMatching(/^x-sess-uuid=\S+; secure; HttpOnly$/)]),
  });
  expect(received.headers).not.toHaveProperty('content-length');
});

test.each(['/\\', '/\\a.example/b', '/%', '/a:b//c?d', '*'])(
  'the odd path %s gets an answer',
  async (path) => {
    expect((await simulator.call('OPTIONS', path)).status).toBe(302);
  },
);

test('/status is never answered', async () => {
  expect(await staysOpen(simulator, 'GET', '/status')).toBe(true);
});

test('a CORS preflight is allowed from anywhere', async () => {
  const received = await simulator.call('OPTIONS', '/v1/api/tickle', {
    headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
  });
  expect(received).toMatchObject({
    status: 204,
    headers: {
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST,GET,OPTIONS,DELETE,PUT',
      'access-control-allow-headers': 'Content-Type,portal,Cookie',
    },
  });
});

test.each([
  { path: '/clear', want: '*' },
  { path: '/v1/api/tickle', want: undefined },
])('with an Origin, $path carries the CORS header $want', async ({ path, want }) => {
  const { headers } = await simulator.call('GET', path, { headers: { origin: 'https://a.example' } });
  expect(headers['access-control-allow-origin']).toBe(want);
});

const bodies: { name: string; options: Parameters<Started['call']>[2]; status: number }[] = [
  { name: 'with a length', options: { body: { a: 1 } }, status: 401 },
  { name: 'empty with a length', options: { headers: { 'content-length': '0' } }, status: 401 },
  { name: 'without body and length', options: {}, status: 411 },
  { name: 'chunked, which the Gateway drops', options: { body: { a: 1 }, chunked: true }, status: 411 },
];
test.each(bodies)('a POST $name gets $status', async ({ options, status }) => {
  expect((await simulator.api('POST', '/tickle', options)).status).toBe(status);
});

test('five requests are under way upstream, the others wait', async () => {
  await simulator.control.call('POST /faults', { latencyMs: 1000 });
  let answered = 0;
  const calls = Array.from({ length: 7 }, () =>
    simulator.api('GET', '/iserver/auth/status').then(({ status }) => {
      answered += 1;
      return status;
    }),
  );
  const arrived = () => simulator.capture.list({ path: '/v1/api/iserver/auth/status' }).length;
  await until(() => arrived() === 7);
  simulator.clock.advance(1000);
  await until(() => answered === 5);
  await simulator.call('GET', '/clear');
  expect(answered).toBe(5);
  simulator.clock.advance(1000);
  expect(await Promise.all(calls)).toEqual(Array(7).fill(401));
  await simulator.control.call('DELETE /faults');
});
