// A person logs in: IBKR's pages in a real browser, through this server.

import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { send } from '../io/wire.ts';
import { startHurriedServer } from './hurried-server.ts';
import { startReverseProxy } from './reverse-proxy.ts';
import { startSimulatorProcess } from './simulator-process.ts';
import { Stage } from './stage.ts';

const stage = new Stage();
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** Sends what keeps the session as in service; the other tests have it off. */
const watching = { BEZANT_KEEPALIVE_SECS: '60' };

const confirmed = 'IBKR confirms the brokerage session. You can close this page.';

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('Username').fill('trader');
  await page.getByLabel('Password').fill('secret');
  await page.getByRole('button', { name: 'Log in' }).click();
}

const status = (page: Page, text: string): Promise<void> =>
  page.getByRole('status').filter({ hasText: text }).waitFor();

async function health(url: string): Promise<unknown> {
  const { json } = await send(url, { path: '/health' });
  return json;
}

const cookiesOf = async (page: Page): Promise<Record<string, { domain: string; secure: boolean }>> =>
  Object.fromEntries(
    (await page.context().cookies()).map(({ name, domain, secure }) => [name, { domain, secure }]),
  );

describe.each([
  { scheme: 'http', isSecure: false },
  { scheme: 'https', isSecure: true },
])('on $scheme', ({ scheme, isSecure }) => {
  test.each(['127.0.0.1', 'localhost'])('at %s a login is confirmed', async (host) => {
    const { simulator, sidecar } = await stage.serve('logged-out', watching);
    const { port } = new URL(sidecar.url);
    const origin = `${scheme}://${host}:${port}`;
    const page = await stage.page();
    const failed: string[] = [];
    page.on('requestfailed', (request) => failed.push(request.url()));
    page.on('pageerror', (error) => failed.push(error.message));

    await page.goto(`${origin}/`);
    expect(new URL(page.url()).origin + new URL(page.url()).pathname).toBe(`${origin}/sso/Login`);
    expect(await health(sidecar.url)).toMatchObject({ code: 'not_authenticated', status: 401 });

    await logIn(page);
    await page.getByText('Client login succeeds').waitFor();
    expect(page.url()).toBe(`${origin}/sso/Dispatcher`);
    await status(page, confirmed);
    await page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    expect(await page.getByRole('link', { name: 'Log in again' }).isVisible()).toBe(false);
    expect(await health(sidecar.url)).toMatchObject({ authenticated: true, connected: true });
    expect(failed).toEqual([]);
    expect(await cookiesOf(page)).toMatchObject({
      XYZAB: { domain: host, secure: isSecure },
      JSESSIONID: { domain: host, secure: isSecure },
    });
    expect(await simulator.seen()).toContain('POST /sso/Dispatcher');
  });
});

describe.each([
  { keepsHost: true, like: 'passes the name on' },
  { keepsHost: false, like: 'hides the name' },
])('behind a proxy that $like', ({ keepsHost }) => {
  test('login, logout and login again stay at its address', async () => {
    const proxy = stage.add(await startReverseProxy({ name: 'bezant.example', keepsHost }));
    const { sidecar } = await stage.serve('logged-out', { ...watching, BEZANT_PUBLIC_URL: proxy.origin });
    proxy.target = sidecar.url;
    const page = await stage.page();
    const visited: string[] = [];
    page.on('request', (request) => visited.push(new URL(request.url()).origin));

    await page.goto(`${proxy.origin}/`);
    await logIn(page);
    await status(page, confirmed);
    expect(Object.keys(await cookiesOf(page))).toEqual(expect.arrayContaining(['XYZAB', 'JSESSIONID']));

    await page.goto(`${proxy.origin}/sso/Logout`);
    expect(page.url()).toBe(`${proxy.origin}/sso/Login?forwardTo=22&RL=1&ip2loc=US`);
    await logIn(page);
    await status(page, confirmed);
    expect(new Set(visited)).toEqual(new Set([proxy.origin]));
  });
});

test('behind a proxy nobody has named, the page says which setting is missing', async () => {
  const proxy = stage.add(await startReverseProxy({ name: 'bezant.example', keepsHost: true }));
  const { simulator, sidecar } = await stage.serve('logged-out');
  proxy.target = sidecar.url;
  const page = await stage.page();
  const answer = await page.goto(`${proxy.origin}/`);
  expect(answer?.status()).toBe(421);
  expect(await page.textContent('body')).toContain('BEZANT_PUBLIC_URL');
  expect(await simulator.seen()).toEqual([]);
});

test('wrong credentials are said on the login page, and nobody is logged in', async () => {
  const { simulator, sidecar } = await stage.serve('login-rejected', watching);
  const page = await stage.page();
  await page.goto(sidecar.url);
  await logIn(page);
  await status(page, 'Invalid username or password');
  expect(new URL(page.url()).pathname).toBe('/sso/Login');
  expect(await health(sidecar.url)).toMatchObject({ code: 'not_authenticated' });

  await simulator.control('DELETE /faults');
  await logIn(page);
  await status(page, confirmed);
});

test('a login that IBKR does not confirm is called one', async () => {
  const simulator = stage.add(await startSimulatorProcess('login-401'));
  const server = stage.add(await startHurriedServer(simulator.url));
  const page = await stage.page();
  await page.goto(server.url);
  await logIn(page);
  await page.getByText('Client login succeeds').waitFor();
  await page.getByRole('heading', { name: 'The login did not go through' }).waitFor();
  await status(page, 'IBKR still asks for a login');
  expect(await page.innerText('body')).not.toContain('You can close this page');
  expect(await health(server.url)).toMatchObject({ code: 'not_authenticated' });

  await simulator.control('DELETE /faults');
  await page.getByRole('link', { name: 'Log in again' }).click();
  await logIn(page);
  await status(page, confirmed);
});

test('a login waits for the phone', async () => {
  const { sidecar } = await stage.serve('two-factor', watching);
  const page = await stage.page();
  await page.goto(sidecar.url);
  await logIn(page);
  await status(page, 'Approve the login on your phone');
  await status(page, confirmed);
  expect(await health(sidecar.url)).toMatchObject({ authenticated: true });
});

test('a Gateway that is not there yet is said in words, and the link tries again', async () => {
  const early = await startSimulatorProcess('logged-out');
  const sidecar = await stage.sidecar(early.url);
  await early.stop();
  const page = await stage.page();
  const answer = await page.goto(sidecar.url);
  expect(answer?.status()).toBe(503);
  await page.getByRole('heading', { name: 'The Gateway cannot be reached' }).waitFor();

  stage.add(await startSimulatorProcess('logged-out', Number(new URL(early.url).port)));
  await page.getByRole('link', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Log in' }).waitFor();
});

test('a Gateway that never answers is said in words', async () => {
  const { sidecar } = await stage.serve('upstream-hang', { BEZANT_UPSTREAM_TIMEOUT_SECS: '1' });
  const page = await stage.page();
  const answer = await page.goto(`${sidecar.url}/sso/Login`);
  expect(answer?.status()).toBe(504);
  await page.getByText('The Gateway did not answer within 1 s.').waitFor();
});
