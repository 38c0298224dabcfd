// Upstream mode: the calls that a real Gateway makes around a login, in its order (observed on the build 2023-04-24).
import { expect, test } from '@jest/globals';
import { logIn, start, type Received } from './client.ts';

const cookiesOf = ({ headers }: Received): string =>
  [headers['set-cookie'] ?? []]
    .flat()
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((cookie) => !cookie.startsWith('x-sess-uuid'))
    .join('; ');

test('a login as the Gateway walks through it', async () => {
  const simulator = await start({ mode: 'upstream', scenario: 'logged-out' });
  const dispatched = await logIn(simulator);
  expect(dispatched).toMatchObject({
    status: 302,
    headers: { location: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/portal\//) },
  });
  const headers = { cookie: cookiesOf(dispatched), 'user-agent': 'ClientPortalGW/1' };
  const call = async (method: string, path: string, body?: unknown) =>
    (await simulator.call(method, path, body === undefined ? { headers } : { headers, body })).json;

  expect(await call('GET', '/v1/api/sso/validate?gw=1')).toMatchObject({
    RESULT: true,
    USER_ID: expect.any(Number),
  });
  expect(await call('GET', '/v1/api/one/user')).toMatchObject({ username: 'trader' });
  expect(await call('GET', '/v1/api/ssodh/init')).toEqual({ success: true });
  expect(await call('GET', '/v1/api/ssodh/st')).toEqual({ st: expect.stringMatching(/^[0-9a-f]+$/) });
  expect(await call('GET', '/sso/Authenticator?ACTION=PUBLISH_TST&RESP_TYPE=JSON')).toEqual({});
  expect(await call('GET', '/v1/api/iserver/auth/status')).toMatchObject({
    authenticated: false,
    competing: false,
  });
  // Nothing brings brokerage up by itself here.
  simulator.clock.advance(60_000);
  const who = { username: 'trader', machineId: '078f95b2', compete: true };
  const challenge = await call('POST', '/v1/api/iserver/auth/ssodh/init', who);
  expect(challenge).toEqual({ challenge: expect.stringMatching(/^[0-9a-f]+$/) });
  expect(await call('POST', '/v1/api/iserver/auth/ssodh/response', { response: 'ca6b' })).toMatchObject({
    passed: true,
    authenticated: true,
    competing: false,
  });
  expect(await call('POST', '/v1/portal/iserver/auth/ssodh/init', who)).toMatchObject({
    authenticated: true,
  });
  expect(await call('GET', '/v1/portal/iserver/accounts')).toMatchObject({ accounts: ['DU1234567'] });
  expect(await call('GET', '/sso/ping')).toEqual({ alive: true });
  await simulator.stop();
});

test('the login is in its cookies', async () => {
  const simulator = await start({ mode: 'upstream', scenario: 'logged-out' });
  const cookie = cookiesOf(await logIn(simulator));
  const status = async (headers: Record<string, string>) =>
    (await simulator.api('GET', '/tickle', { headers })).status;
  expect([await status({ cookie }), await status({}), await status({ cookie: 'XYZAB=old' })]).toEqual([
    200, 401, 401,
  ]);
  await simulator.stop();
});

test.each(['/', '/clear', '/status', '/tickle', '/v1/am/any'])('%s is not the Gateway here', async (path) => {
  const simulator = await start({ mode: 'upstream' });
  expect((await simulator.call('GET', path)).status).toBe(404);
  await simulator.stop();
});

test('reauthenticate reaches IBKR', async () => {
  const simulator = await start({ mode: 'upstream', scenario: 'logged-out' });
  expect((await simulator.api('GET', '/iserver/reauthenticate')).status).toBe(401);
  await simulator.stop();
});
