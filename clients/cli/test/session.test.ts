// Logging in, and what is wrong between here and IBKR.

import { describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { account, bezant, closedUrl, startBezant, startGateway, startStage, type Ended } from './stage.ts';
import { linesOf, onTerminal, testOnTerminal } from './terminal.ts';

const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);

describe('login', () => {
  test('is done already', async () => {
    const { run, direct } = await startStage();
    for (const ended of [await run(['login']), await direct(['login'])]) {
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(json(ended)).toMatchObject({ loggedIn: true, state: 'live' });
    }
  });

  test.each(['bezant', 'the Gateway'])(
    'tells the page of %s and waits until IBKR knows us',
    async (server) => {
      const { env, sidecar, simulator, control } = await startStage({ scenario: 'logged-out' });
      const gateway = { IBKR_GATEWAY_URL: `${simulator.url}/v1/api` };
      const running = startBezant(['login', '--no-open'], server === 'bezant' ? env : gateway);
      const page = server === 'bezant' ? sidecar.url : simulator.url;
      await running.shows(new RegExp(`^Log in at ${page}/\\n`), 'stderr');
      await control('POST /login', { brokerage: 'up' });
      const ended = await running.ended;
      expect(ended).toMatchObject({ code: 0 });
      expect(json(ended)).toMatchObject({ loggedIn: true, state: 'live' });
    },
  );

  test('says how long it waited, and for what', async () => {
    const { run, direct } = await startStage({ scenario: 'logged-out' });
    for (const ended of [await run(['login', '--wait', '0']), await direct(['login', '--wait', '0'])]) {
      expect(ended).toMatchObject({ code: 3, stdout: '' });
      expect(ended.stderr).toMatch(/\nbezant: Not logged in within 0 min: .+\n {2}Run `bezant login`\.\n$/);
    }
  });

  test('another program has the session', async () => {
    const { direct } = await startGateway({ scenario: 'competing-stubborn' });
    const { code, stderr } = await direct(['login', '--wait', '0']);
    expect(code).toBe(3);
    expect(stderr).toContain('Another program holds the session. Log out of TWS and the phone');
  });

  test('the server is not there', async () => {
    expect(await bezant(['login'], { BEZANT_URL: await closedUrl() })).toMatchObject({ code: 9, stdout: '' });
  });

  testOnTerminal('opens a browser where somebody looks', async () => {
    const { env, sidecar, control } = await startStage({ scenario: 'logged-out' });
    const dir = mkdtempSync(join(tmpdir(), 'bezant-open-'));
    try {
      const opened = join(dir, 'opened');
      const opener = join(dir, 'xdg-open');
      writeFileSync(
        opener,
        `#!/bin/sh\nprintf %s "$1" > '${opened}.part' && mv '${opened}.part' '${opened}'\n`,
      );
      chmodSync(opener, 0o755);
      const running = onTerminal(['login'], { ...env, PATH: `${dir}:${process.env['PATH'] ?? ''}` });
      await running.shows(/Waiting for the login/);
      while (!existsSync(opened)) await new Promise((resolve) => setImmediate(resolve));
      expect(readFileSync(opened, 'utf8')).toBe(`${sidecar.url}/`);
      await control('POST /login', { brokerage: 'up' });
      const { code, stdout } = await running.ended;
      expect(code).toBe(0);
      expect(linesOf(stdout)).toContain('state     live');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

type Check = Readonly<{ check: string; result: string; found: string; hint?: string }>;
const examined = (ended: Ended): Readonly<Record<string, Check>> =>
  Object.fromEntries((json(ended) as Check[]).map((each) => [each.check, each]));

describe('doctor', () => {
  test('all is well', async () => {
    const token = 'a-debug-token';
    const stage = await startStage({ env: { BEZANT_EVENTS_ENABLED: 'true', BEZANT_DEBUG_TOKEN: token } });
    const ended = await stage.run(['doctor'], { BEZANT_DEBUG_TOKEN: token });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const found = examined(ended);
    for (const name of ['server', 'tls', 'session', 'account', 'pacing', 'database', 'clock']) {
      expect(found[name]).toMatchObject({ result: 'ok' });
    }
    expect(found['account']?.found).toBe(account);
    expect(Object.keys(found)).toHaveLength(9);
    expect(ended.stdout).not.toContain(token);

    const { stdout } = await stage.run(['doctor', '-o', 'table']);
    expect(stdout).toMatch(/^ok {4}server {4}bezant at http:\S+ answers in \d+ ms\nok {4}tls /);
    expect(stdout).toMatch(/\n- {5}cookies {3}not looked at\n {16}Set BEZANT_DEBUG_TOKEN /);
  });

  test('straight to the Gateway', async () => {
    const { direct } = await startGateway();
    const ended = await direct(['doctor']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(examined(ended)).toMatchObject({
      session: { result: 'ok' },
      account: { result: 'ok', found: account },
      events: { result: 'skip' },
    });
  });

  test('nobody is logged in', async () => {
    const { run, direct } = await startStage({ scenario: 'logged-out' });
    for (const ended of [await run(['doctor']), await direct(['doctor'])]) {
      expect(ended).toMatchObject({ code: 3 });
      expect(examined(ended)['session']).toMatchObject({
        result: 'fail',
        found: expect.stringMatching(/^login-required: /) as unknown,
        hint: 'Run `bezant login`.',
      });
      expect(ended.stderr).toMatch(/^bezant: session: login-required: .+\n {2}Run `bezant login`\.\n$/);
    }
  });

  test('the Gateway is down', async () => {
    const { run, simulator } = await startStage();
    await simulator.stop();
    const ended = await run(['doctor']);
    expect(ended.code).toBe(9);
    expect(examined(ended)).toMatchObject({ server: { result: 'ok' }, account: { result: 'fail' } });
  });

  test('the server is down', async () => {
    const ended = await bezant(['doctor'], { BEZANT_URL: await closedUrl() });
    expect(ended).toMatchObject({ code: 9 });
    expect(Object.keys(examined(ended))).toEqual(['server']);
    expect(ended.stderr).toMatch(/^bezant: server: http:\S+ does not answer \(ECONNREFUSED\)\.\n/);
  });

  test('a key is asked for', async () => {
    const { run } = await startStage({
      env: { BEZANT_AUTH: 'keys', BEZANT_API_KEYS: 'a-key-of-16-characters' },
    });
    const ended = await run(['doctor']);
    expect(ended.code).toBe(4);
    expect(examined(ended)['account']).toMatchObject({
      result: 'fail',
      hint: expect.stringContaining('BEZANT_API_KEY') as unknown,
    });
    expect(await run(['doctor'], { BEZANT_API_KEY: 'a-key-of-16-characters' })).toMatchObject({ code: 0 });
  });

  test('the penalty box', async () => {
    const { direct, control } = await startGateway();
    await control('POST /faults', {
      paths: [{ path: '/v1/api/portfolio/**', status: 429, body: { error: 'Too many requests' } }],
    });
    const ended = await direct(['doctor']);
    expect(ended.code).toBe(8);
    expect(examined(ended)['account']).toMatchObject({
      result: 'fail',
      hint: expect.stringMatching(/^Wait /) as unknown,
    });
  });
});
