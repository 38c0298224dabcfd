import { expect, test } from '@jest/globals';
import { logIn, start, type Started } from './client.ts';

const authStatus = async (simulator: Started) => (await simulator.api('GET', '/iserver/auth/status')).json;

test('a scripted login ends in the success text, and brokerage follows after the delay', async () => {
  const simulator = await start({ scenario: 'logged-out' });
  const success = await logIn(simulator);
  expect(success).toMatchObject({ status: 200, text: 'Client login succeeds' });
  expect(success.headers).toMatchObject({
    location: `https://127.0.0.1:${simulator.port}/portal/?loginType=2&action=ACCT_MGMT_MAIN&RL=1`,
    'set-cookie': expect.arrayContaining([
      expect.stringMatching(/^XYZAB=\S+; Domain=\.ibkr\.com; Path=\/; Secure; HttpOnly$/),
      expect.stringMatching(/^JSESSIONID=\S+; Domain=\.ibkr\.com; Path=\/sso; Secure; HttpOnly$/),
      expect.stringMatching(/^x-sess-uuid=/),
    ]),
  });
  expect(success.headers).not.toHaveProperty('content-type');

  expect(await authStatus(simulator)).toMatchObject({ authenticated: false, connected: false });
  simulator.clock.advance(3000);
  expect(await authStatus(simulator)).toMatchObject({
    authenticated: true,
    established: true,
    competing: false,
    connected: true,
    serverInfo: { serverName: expect.any(String) },
    fail: '',
  });
  // The Gateway has asked for the accounts itself.
  expect((await simulator.api('GET', '/iserver/account/orders')).status).toBe(200);
  await simulator.stop();
});

test('who logs in shows in sso/validate', async () => {
  const simulator = await start({ scenario: 'logged-out' });
  await logIn(simulator, 'USER=someone&LOGIN_TYPE=1');
  expect((await simulator.api('GET', '/sso/validate')).json).toMatchObject({
    USER_NAME: 'someone',
    RESULT: true,
    LOGIN_TYPE: 1,
    EXPIRES: 600_000,
    TOKEN: expect.stringMatching(/^[0-9a-f]{40}$/),
  });
  await simulator.stop();
});

test('the login page is a form with its assets', async () => {
  const simulator = await start({ scenario: 'logged-out' });
  const page = await simulator.call('GET', '/sso/Login?forwardTo=22&RL=1&ip2loc=US');
  expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
  const assets = [...page.text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, path = '']) => path);
  expect(new Set(assets).size).toBe(3);
  for (const asset of assets) expect((await simulator.call('GET', asset)).status).toBe(200);
  await simulator.stop();
});

test('the Dispatcher needs the Authenticator first', async () => {
  const simulator = await start({ scenario: 'logged-out' });
  expect((await simulator.call('POST', '/sso/Dispatcher', { body: '' })).status).toBe(403);
  await simulator.stop();
});

test.each([
  { type: 'octet-stream', want: 'application/octet-stream' },
  { type: 'html', want: 'text/html; charset=utf-8' },
])('the success text can come as $type', async ({ type, want }) => {
  const simulator = await start({ scenario: 'logged-out' });
  await simulator.control.call('POST /faults', { dispatcherType: type });
  expect((await logIn(simulator)).headers['content-type']).toBe(want);
  await simulator.stop();
});

test('login-401: the success text proves nothing', async () => {
  const simulator = await start({ scenario: 'login-401' });
  expect((await logIn(simulator)).text).toBe('Client login succeeds');
  simulator.clock.advance(60_000);
  expect((await simulator.api('GET', '/iserver/auth/status')).status).toBe(401);
  // The Gateway still believes in it.
  expect((await simulator.api('GET', '/iserver/reauthenticate')).json).toEqual({ message: 'triggered' });
  await simulator.stop();
});

test('login-rejected: no password is right', async () => {
  const simulator = await start({ scenario: 'login-rejected' });
  expect((await logIn(simulator)).status).toBe(403);
  await simulator.stop();
});

test('two-factor: passes when the phone has approved', async () => {
  const simulator = await start({ scenario: 'two-factor' });
  expect((await logIn(simulator)).status).toBe(403);
  const poll = async () =>
    (
      await simulator.call('POST', '/sso/Authenticator', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'ACTION=TWOFACT',
      })
    ).json;
  expect(await poll()).toEqual({ auth_res: 'pending' });
  simulator.clock.advance(5000);
  expect(await poll()).toEqual({ auth_res: 'passed' });
  expect((await simulator.call('POST', '/sso/Dispatcher', { body: '' })).text).toBe('Client login succeeds');
  await simulator.stop();
});

test('logging out of SSO redirects to an absolute URL of its own', async () => {
  const simulator = await start();
  expect(
    await simulator.call('GET', '/sso/Logout', { headers: { host: 'gateway.example:8443' } }),
  ).toMatchObject({
    status: 302,
    headers: { location: 'https://gateway.example:8443/sso/Login?forwardTo=22&RL=1&ip2loc=US' },
  });
  expect((await simulator.api('GET', '/tickle')).status).toBe(401);
  await simulator.stop();
});
