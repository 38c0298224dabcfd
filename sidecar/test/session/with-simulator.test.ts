// The session and the login pages against the simulated Gateway over TLS, on its clock, a hundred times as fast
// as the real one.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import express from 'express';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClock } from '../../../gateway/simulator/src/clock.ts';
import { startSimulator, type Simulator } from '../../../gateway/simulator/src/simulator.ts';
import type { Clock } from '../../src/clock.ts';
import { loadContract } from '../../src/contract.ts';
import { GatewayCookies } from '../../src/cookies.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import type { Happening } from '../../src/observe.ts';
import type { SessionStateName } from '../../src/session-state.ts';
import { createLoginPages, type LoginPages } from '../../src/session/login/pages.ts';
import { createSession, type Session } from '../../src/session/session.ts';

const contract = loadContract();
let dataDir: string;
const started: (() => unknown)[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'bezant-simulated-'));
});
afterEach(async () => {
  for (const stop of started.splice(0).reverse()) await stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Simulated {
  simulator: Simulator;
  gateway: Gateway;
  session: Session;
  url: string;
  happenings: Happening[];
  moves: SessionStateName[];
  /** Since the session was made, in seconds of its clock. */
  seconds: () => number;
  until: (name: SessionStateName) => Promise<void>;
  /** Calls to a path of the API that reached the simulator. */
  count: (path: string) => number;
}

async function simulate(scenario: string, settings: { compete?: boolean } = {}): Promise<Simulated> {
  const simulator = await startSimulator({ scenario, timeScale: 100 });
  started.push(() => simulator.stop());
  // Of its own, for it must go on when the simulator stops.
  const scaled = createClock({ scale: 100 });
  started.push(() => scaled.stop());
  const clock: Clock = {
    now: () => scaled.now(),
    after: (ms, run) => {
      const timer = scaled.setTimeout(run, ms);
      return () => timer.cancel();
    },
  };
  const happenings: Happening[] = [];
  const observe = (happening: Happening): number => happenings.push(happening);
  const cookies = new GatewayCookies([]);
  const gateway = createGateway({
    url: { origin: simulator.url, prefix: '' },
    cookies,
    trust: { verify: false, caFile: null, fingerprint: null },
    userAgent: 'bezant/test',
    timeoutMs: 300,
    onStaleCookies: () => undefined,
  });
  const session = createSession({
    clock,
    observe,
    random: () => 0.5,
    keepaliveSeconds: 60,
    compete: settings.compete ?? false,
    restartGateway: null,
    dataDir,
    call: (operationId, json, signal) => {
      const operation = contract.byId.get(operationId);
      if (operation === undefined) throw new Error(`no operation ${operationId}`);
      const body = json === undefined ? null : Buffer.from(JSON.stringify(json));
      return gateway.call({
        method: operation.method,
        target: `/v1/api${operation.path}`,
        headers: body === null ? {} : { 'content-type': 'application/json' },
        body,
        signal,
      });
    },
  });
  const shared = { gateway, fingerprint: null, observe };
  const pages: LoginPages = createLoginPages({ ...shared, timeoutMs: 2000, publicUrl: null, session });
  const server: Server = createServer(express().use(pages.handle));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  session.start();
  started.push(
    () => gateway.stop(),
    () => {
      server.closeAllConnections();
      server.close();
    },
    () => pages.stop(),
    () => session.stop(),
  );
  const startedMs = clock.now();
  const moves: SessionStateName[] = [];
  const waiting = new Map<SessionStateName, () => void>();
  session.onChange((_from, to) => {
    moves.push(to);
    waiting.get(to)?.();
  });
  return {
    simulator,
    gateway,
    session,
    happenings,
    moves,
    seconds: () => (clock.now() - startedMs) / 1000,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    until: (name) =>
      new Promise((resolve) => (session.state().name === name ? resolve() : waiting.set(name, resolve))),
    count: (path) => simulator.capture.list({ path: `/v1/api${path}` }).length,
  };
}

const init = '/iserver/auth/ssodh/init';

/** What a browser does, without running the page's script: IBKR's real one needs a person. */
async function logIn(url: string): Promise<Response> {
  const form = (path: string, fields: Record<string, string>): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { accept: path.endsWith('Dispatcher') ? 'text/html' : '*/*' },
      redirect: 'manual',
    });
  const home = await fetch(url, { redirect: 'manual' });
  expect(home.headers.get('location')).toMatch(/^\/sso\/Login/);
  const page = await fetch(url + (home.headers.get('location') ?? ''));
  expect(await page.text()).toContain('<form');
  await form('/sso/Authenticator', { ACTION: 'INIT', USER: 'me', LOGIN_TYPE: '2' });
  await form('/sso/Authenticator', { ACTION: 'COMPLETEAUTH' });
  return form('/sso/Dispatcher', { loginType: '2', forwardTo: '22' });
}

test('a brokerage session that is missing is asked for once', async () => {
  const { until, moves, count, session, seconds } = await simulate('no-bridge');
  await until('live');
  expect(seconds()).toBeLessThan(300);
  expect({ moves, inits: count(init), epoch: session.epoch() }).toEqual({
    moves: ['no-brokerage', 'live'],
    inits: 1,
    epoch: 1,
  });
});

test('a competing platform is left in peace', async () => {
  const { simulator, until, moves, count } = await simulate('competing');
  await until('competing');
  await simulator.control.call('POST /session', { brokerage: 'down' });
  await until('live');
  expect(moves).toEqual(['competing', 'no-brokerage', 'live']);
  expect(simulator.capture.list({ path: `/v1/api${init}` }).map(({ body }) => body)).toEqual([
    '{"publish":true,"compete":false}',
  ]);
  expect(count(init)).toBe(1);
});

test('with BEZANT_COMPETE it is not', async () => {
  const { until, moves, count } = await simulate('competing', { compete: true });
  await until('live');
  expect({ moves, inits: count(init) }).toEqual({ moves: ['competing', 'live'], inits: 1 });
});

test('a login in the browser is followed until IBKR confirms it', async () => {
  const { url, until, moves, session, gateway } = await simulate('logged-out');
  await until('login-required');
  const page = await logIn(url);
  expect(page.status).toBe(200);
  const text = await page.text();
  expect(text).toContain('Client login succeeds');
  expect(text).toContain('The login page reported success');
  await until('live');
  expect(moves).toEqual(['login-required', 'authenticating', 'live']);
  expect(await session.health()).toMatchObject({ authenticated: true, connected: true });
  expect(gateway.cookies.entries().map(({ name }) => name)).toEqual(
    expect.arrayContaining(['USERID', 'XYZAB', 'api']),
  );
});

test('a login that only looks successful ends with a reason', async () => {
  const { url, until, moves, session } = await simulate('login-401');
  await until('login-required');
  await logIn(url);
  expect(session.state().name).toBe('authenticating');
  await until('login-required');
  expect(session.state().reason).toMatch(/IBKR still asks for a login/);
  expect(moves).toEqual(['login-required', 'authenticating', 'login-required']);
});

test('an IBKR that cannot be reached is an outage, not a logout', async () => {
  const { simulator, until, moves } = await simulate('upstream-hang');
  await until('maintenance');
  await simulator.control.call('DELETE /faults');
  await until('live');
  expect(moves).toEqual(['maintenance', 'live']);
});

test('maintenance passes without anybody asking for a session', async () => {
  const { simulator, until, moves, count } = await simulate('maintenance');
  await until('maintenance');
  await simulator.control.call('DELETE /faults');
  await until('live');
  expect({ moves, inits: count(init) }).toEqual({ moves: ['maintenance', 'live'], inits: 0 });
});

test('a Gateway that goes away and comes back', async () => {
  const { simulator, until, session } = await simulate('demo');
  await until('live');
  await simulator.stop();
  await until('down');
  expect(session.state().reason).toBe('The Gateway cannot be reached.');
});
