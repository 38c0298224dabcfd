// Settings as an operator meets them: all faults in one message, booleans in every usual spelling, secrets never printed.

import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  const prints = async (env: Env): Promise<string[]> => {
    const { code, stdout } = await runSidecar(['--print-config'], env);
    expect(code).toBe(0);
    return stdout.split('\n');
  };

  test('a switch is on or off in every usual spelling, and empty is unset', async () => {
    const names = ['BEZANT_VERIFY_TLS', 'BEZANT_READ_ONLY', 'BEZANT_ALLOW_DESTRUCTIVE', 'BEZANT_COMPETE'];
    const all = (values: readonly string[]): Env =>
      Object.fromEntries(names.map((name, index) => [name, values[index % values.length] ?? '']));
    for (const [values, want] of [
      [['1', 'TRUE', 'yes', 'on'], true],
      [['0', 'false', 'No', 'off'], false],
      [[''], false],
    ] as const) {
      const lines = await prints(all(values));
      for (const name of names) expect(lines).toContain(`${name}=${want}`);
    }
  });

  test.each<{ name: string; env: Env; lines: string[] }>([
    {
      name: 'what nothing sets',
      env: {},
      lines: [
        'BEZANT_BIND=127.0.0.1:8080',
        'IBKR_GATEWAY_URL=https://localhost:5000/v1/api',
        'BEZANT_KEEPALIVE_SECS=60',
      ],
    },
    {
      name: 'a platform’s port and domain, a keepalive of 0 and an address without a path',
      env: {
        PORT: '7000',
        RAILWAY_PUBLIC_DOMAIN: 'b.example',
        BEZANT_KEEPALIVE_SECS: '0',
        IBKR_GATEWAY_URL: 'https://gw:5000',
      },
      lines: [
        'BEZANT_BIND=0.0.0.0:7000',
        'BEZANT_PUBLIC_URL=https://b.example',
        'BEZANT_KEEPALIVE_SECS=0',
        'IBKR_GATEWAY_URL=https://gw:5000',
      ],
    },
    {
      name: 'an older name, and a bind, which is more exact than a port',
      env: {
        PORT: '7000',
        BEZANT_BIND: '127.0.0.1:1',
        PORTAL_BASE_URL: 'https://old.example',
        RAILWAY_PUBLIC_DOMAIN: 'b.example',
      },
      lines: ['BEZANT_BIND=127.0.0.1:1', 'BEZANT_PUBLIC_URL=https://old.example'],
    },
  ])('$name', async ({ env, lines }) => {
    expect(await prints(env)).toEqual(expect.arrayContaining(lines));
  });

  test('a flag beats the environment', async () => {
    const { stdout } = await runSidecar(['--print-config', '--keepalive-secs', '7'], {
      BEZANT_KEEPALIVE_SECS: '60',
    });
    expect(stdout.split('\n')).toContain('BEZANT_KEEPALIVE_SECS=7');
  });

  test('a secret may come from a file, and is masked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bezant-io-'));
    const file = join(folder, 'token');
    writeFileSync(file, 'from-the-file\n');
    const { code, stdout } = await runSidecar(['--print-config'], {
      BEZANT_DEBUG_TOKEN_FILE: file,
      BEZANT_API_KEYS: 'a-key-long-enough-to-pass',
    });
    rmSync(folder, { recursive: true });
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
