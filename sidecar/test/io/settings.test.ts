// Settings as an operator meets them: all faults in one message, booleans in every usual spelling, secrets never printed.

import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSidecar, type Env } from './sidecar-process.ts';

const check = (env: Env, ...args: string[]) => runSidecar(['--check-config', ...args], env);

describe('faults', () => {
  test('are all reported together, each with its setting, and the server leaves with 2', async () => {
    const faulty = {
      BEZANT_BIND: 'nowhere',
      BEZANT_KEEPALIVE_SECS: '-1',
      BEZANT_VERIFY_TLS: 'maybe',
      IBKR_GATEWAY_URL: 'ftp://gateway',
      BEZANT_UPSTREAM_TIMEOUT_SECS: '1h',
      BEZANT_PACING: 'fast',
    };
    for (const args of [['--check-config'], []]) {
      const { code, stdout, stderr } = await runSidecar(args, faulty);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      for (const name of Object.keys(faulty)) expect(stderr).toContain(name);
    }
  });

  test.each([
    { name: 'an unknown flag', env: {}, args: ['--no-such-flag'], says: /no-such-flag/ },
    {
      name: 'a flag that beats the environment',
      env: { BEZANT_KEEPALIVE_SECS: '60' },
      args: ['--keepalive-secs', 'x'],
      says: /--keepalive-secs/,
    },
    {
      name: 'a certificate without its key',
      env: { BEZANT_TLS_CERT: '/nowhere.pem' },
      args: [],
      says: /BEZANT_TLS_KEY/,
    },
    {
      name: 'a user name in the Gateway’s address',
      env: { IBKR_GATEWAY_URL: 'https://u:p@localhost:5000' },
      args: [],
      says: /IBKR_GATEWAY_URL/,
    },
    {
      name: 'a file that is not there',
      env: { BEZANT_DEBUG_TOKEN_FILE: '/nowhere' },
      args: [],
      says: /BEZANT_DEBUG_TOKEN_FILE/,
    },
  ])('$name: code 2', async ({ env, args, says }) => {
    const { code, stderr } = await check(env, ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });

  test('quote no secret', async () => {
    const { stderr } = await check({ BEZANT_API_KEYS: 'tiny', BEZANT_KEEPALIVE_SECS: 'x' });
    expect(stderr).toContain('BEZANT_API_KEYS');
    expect(stderr).not.toContain('tiny');
  });
});

describe('what is right', () => {
  test.each(['1', 'true', 'TRUE', 'yes', 'on'])('BEZANT_VERIFY_TLS=%s is on', async (value) => {
    const { code, stdout } = await runSidecar(['--print-config'], { BEZANT_VERIFY_TLS: value });
    expect(code).toBe(0);
    expect(stdout).toContain('BEZANT_VERIFY_TLS=true');
  });

  test.each(['0', 'false', 'no', 'off', ''])('BEZANT_VERIFY_TLS=%s is off', async (value) => {
    const { code, stdout } = await runSidecar(['--print-config'], { BEZANT_VERIFY_TLS: value });
    expect(code).toBe(0);
    expect(stdout).toContain('BEZANT_VERIFY_TLS=false');
  });

  test.each([
    { name: 'a keepalive of 0', env: { BEZANT_KEEPALIVE_SECS: '0' }, prints: 'BEZANT_KEEPALIVE_SECS=0' },
    {
      name: 'an address without a path',
      env: { IBKR_GATEWAY_URL: 'https://gw:5000' },
      prints: 'IBKR_GATEWAY_URL=https://gw:5000',
    },
    { name: 'a platform’s port', env: { PORT: '7000' }, prints: 'BEZANT_BIND=0.0.0.0:7000' },
    {
      name: 'a port and a bind, which is more exact',
      env: { PORT: '7000', BEZANT_BIND: '127.0.0.1:1' },
      prints: 'BEZANT_BIND=127.0.0.1:1',
    },
    {
      name: 'an older name',
      env: { PORTAL_BASE_URL: 'https://b.example' },
      prints: 'BEZANT_PUBLIC_URL=https://b.example',
    },
    {
      name: 'a platform’s domain',
      env: { RAILWAY_PUBLIC_DOMAIN: 'b.example' },
      prints: 'BEZANT_PUBLIC_URL=https://b.example',
    },
    { name: 'nothing set', env: {}, prints: 'BEZANT_BIND=127.0.0.1:8080' },
  ])('$name', async ({ env, prints }) => {
    const { code, stdout } = await runSidecar(['--print-config'], env);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toContain(prints);
  });

  test('a flag beats the environment', async () => {
    const { stdout } = await runSidecar(['--print-config', '--keepalive-secs', '7'], {
      BEZANT_KEEPALIVE_SECS: '60',
    });
    expect(stdout.split('\n')).toContain('BEZANT_KEEPALIVE_SECS=7');
  });

  test('a secret may come from a file, and is masked', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'bezant-io-')), 'token');
    writeFileSync(file, 'from-the-file\n');
    const { code, stdout } = await runSidecar(['--print-config'], {
      BEZANT_DEBUG_TOKEN_FILE: file,
      BEZANT_API_KEYS: 'a-key-long-enough-to-pass',
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^BEZANT_DEBUG_TOKEN=\*+$/m);
    expect(stdout).not.toMatch(/from-the-file|long-enough/);
  });

  test('--check-config says so and leaves with 0', async () => {
    expect((await check({})).code).toBe(0);
  });
});

test('a setting that is none is warned of: it is a typing error', async () => {
  const { stdout, stderr } = await check({ BEZANT_KEEPALIVE_SEC: '5' });
  expect(stdout + stderr).toContain('BEZANT_KEEPALIVE_SEC');
});

test.each([
  { flag: '--help', says: [/--keepalive-secs/, /BEZANT_BIND/, /--check-config/] },
  { flag: '--version', says: [/^\S*\s*\d+\.\d+\.\d+\s*$/m] },
])('$flag', async ({ flag, says }) => {
  const { code, stdout, stderr } = await runSidecar([flag], { BEZANT_BIND: 'nonsense' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const pattern of says) expect(stdout).toMatch(pattern);
});
