import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig, printConfig, unknownSettings, type Config } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'bezant-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const longKey = 'k'.repeat(16);

type Env = Record<string, string>;

describe('what is given is what is read', () => {
  test.each<{ env?: Env; args?: string[]; want: Partial<Config> }>([
    {
      want: {
        bind: { host: '127.0.0.1', port: 8080 },
        adminBind: { host: '127.0.0.1', port: 9090 },
        publicUrl: null,
        allowedHosts: [],
        auth: null,
        apiKeys: [],
        readOnly: false,
        verifyTls: false,
        gatewayUrl: 'https://localhost:5000/v1/api',
        keepaliveSeconds: 60,
        debugToken: null,
        logLevel: 'info',
      },
    },
    // Addresses
    { env: { BEZANT_BIND: '0.0.0.0:1234' }, want: { bind: { host: '0.0.0.0', port: 1234 } } },
    { env: { BEZANT_BIND: 'localhost:1234' }, want: { bind: { host: 'localhost', port: 1234 } } },
    { env: { BEZANT_BIND: '[::1]:1234' }, want: { bind: { host: '::1', port: 1234 } } },
    { env: { BEZANT_BIND: ':1234' }, want: { bind: { host: '0.0.0.0', port: 1234 } } },
    { env: { PORT: '1234' }, want: { bind: { host: '0.0.0.0', port: 1234 } } },
    {
      env: { PORT: '1234', BEZANT_BIND: '127.0.0.1:80' },
      want: { bind: { host: '127.0.0.1', port: 80 } },
    },
    // Booleans in every spelling
    ...['1', 'true', 'TRUE', 'yes', 'on', ' true '].map((word) => ({
      env: { BEZANT_READ_ONLY: word },
      want: { readOnly: true },
    })),
    ...['0', 'false', 'False', 'no', 'off', '', '  '].map((word) => ({
      env: { BEZANT_READ_ONLY: word },
      want: { readOnly: false },
    })),
    // Empty is unset
    { env: { BEZANT_DEBUG_TOKEN: '' }, want: { debugToken: null } },
    { env: { BEZANT_KEEPALIVE_SECS: '' }, want: { keepaliveSeconds: 60 } },
    { env: { BEZANT_KEEPALIVE_SECS: '0' }, want: { keepaliveSeconds: 0 } },
    // A file edited on Windows ends its lines with a carriage return
    { env: { BEZANT_KEEPALIVE_SECS: '30\r' }, want: { keepaliveSeconds: 30 } },
    // Aliases, in order
    { env: { PORTAL_BASE_URL: 'https://a.example' }, want: { publicUrl: 'https://a.example' } },
    { env: { RAILWAY_PUBLIC_DOMAIN: 'b.up.example' }, want: { publicUrl: 'https://b.up.example' } },
    {
      env: { RAILWAY_PUBLIC_DOMAIN: 'b.example', PORTAL_BASE_URL: 'https://a.example' },
      want: { publicUrl: 'https://a.example' },
    },
    {
      env: { PORTAL_BASE_URL: 'https://a.example', BEZANT_PUBLIC_URL: 'http://c.example:81/' },
      want: { publicUrl: 'http://c.example:81' },
    },
    {
      env: { PORTAL_BASE_URL: 'https://a.example', BEZANT_PUBLIC_URL: '' },
      want: { publicUrl: 'https://a.example' },
    },
    { env: { LOG_LEVEL: 'Debug' }, want: { logLevel: 'debug' } },
    // Lists
    {
      env: { BEZANT_ALLOWED_HOSTS: 'Nas.lan, box.lan:8080,,' },
      want: { allowedHosts: ['nas.lan', 'box.lan'] },
    },
    {
      env: { BEZANT_ALLOWED_ORIGINS: 'https://a.example, http://b.example:3000/' },
      want: { allowedOrigins: ['https://a.example', 'http://b.example:3000'] },
    },
    // Fingerprints as openssl prints them, and bare
    {
      env: { BEZANT_GATEWAY_FINGERPRINT: `sha256:${'ab'.repeat(32)}` },
      want: { gatewayFingerprint: Array(32).fill('AB').join(':') },
    },
    {
      env: { BEZANT_GATEWAY_FINGERPRINT: Array(32).fill('AB').join(':') },
      want: { gatewayFingerprint: Array(32).fill('AB').join(':') },
    },
    // Flags
    { args: ['--keepalive-secs', '5'], want: { keepaliveSeconds: 5 } },
    { args: ['--keepalive-secs=5'], want: { keepaliveSeconds: 5 } },
    { args: ['--gateway-url=https://gw:5000'], want: { gatewayUrl: 'https://gw:5000' } },
    { args: ['--verify-tls'], want: { verifyTls: true } },
    { args: ['--verify-tls', '--keepalive-secs', '5'], want: { verifyTls: true, keepaliveSeconds: 5 } },
    { args: ['--verify-tls', 'false'], want: { verifyTls: false } },
    { args: ['--verify-tls=no'], want: { verifyTls: false } },
    {
      env: { BEZANT_KEEPALIVE_SECS: '7' },
      args: ['--keepalive-secs', '5'],
      want: { keepaliveSeconds: 5 },
    },
    { env: { BEZANT_DEBUG_TOKEN: 'set' }, args: ['--debug-token='], want: { debugToken: null } },
    // Secrets from files
    {
      env: { BEZANT_DEBUG_TOKEN_FILE: file('token', 'from-file\n') },
      want: { debugToken: 'from-file' },
    },
    { env: { BEZANT_DEBUG_TOKEN_FILE: file('empty', '\n') }, want: { debugToken: null } },
    {
      env: { BEZANT_DEBUG_TOKEN: 'direct', BEZANT_DEBUG_TOKEN_FILE: file('other', 'from-file') },
      want: { debugToken: 'direct' },
    },
  ])('$env $args', ({ env = {}, args = [], want }) => {
    expect(loadConfig(env, args)).toMatchObject(want);
  });

  test('the result cannot be changed', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});

function faultsOf(env: Env, args: string[] = []): string {
  try {
    loadConfig(env, args);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('the settings were accepted');
}

describe('what is wrong is said', () => {
  test.each<{ env?: Env; args?: string[]; want: string }>([
    {
      env: { BEZANT_BIND: 'localhost' },
      want: 'BEZANT_BIND must be host:port, such as 127.0.0.1:8080 or [::1]:8080; it is "localhost"',
    },
    {
      env: { BEZANT_BIND: 'http://localhost:80' },
      want: 'BEZANT_BIND must be host:port, such as 127.0.0.1:8080 or [::1]:8080; it is "http://localhost:80"',
    },
    {
      env: { BEZANT_BIND: '[localhost]:80' },
      want: 'BEZANT_BIND must be host:port, such as 127.0.0.1:8080 or [::1]:8080; it is "[localhost]:80"',
    },
    {
      env: { PORT: '70000' },
      want: 'PORT must be host:port, such as 127.0.0.1:8080 or [::1]:8080; it is "70000"',
    },
    {
      env: { BEZANT_READ_ONLY: 'maybe' },
      want: 'BEZANT_READ_ONLY must be 1, 0, true, false, yes or no; it is "maybe"',
    },
    {
      env: { BEZANT_KEEPALIVE_SECS: '1e2' },
      want: 'BEZANT_KEEPALIVE_SECS must be a whole number from 0 to 3600; it is "1e2"',
    },
    {
      env: { BEZANT_KEEPALIVE_SECS: '-1' },
      want: 'BEZANT_KEEPALIVE_SECS must be a whole number from 0 to 3600; it is "-1"',
    },
    { env: { BEZANT_TLS: 'on' }, want: 'BEZANT_TLS must be auto or off; it is "on"' },
    {
      env: { LOG_LEVEL: 'loud' },
      want: 'LOG_LEVEL must be debug, info, warn, error or silent; it is "loud"',
    },
    {
      env: { BEZANT_PUBLIC_URL: 'https://a.example/path' },
      want: 'BEZANT_PUBLIC_URL must be an origin alone, without a path; it is "https://a.example/path"',
    },
    {
      env: { BEZANT_ALLOWED_HOSTS: 'https://nas.lan' },
      want: 'BEZANT_ALLOWED_HOSTS must be host names, such as bezant.lan; it is "https://nas.lan"',
    },
    {
      env: { IBKR_GATEWAY_URL: 'https://user:secret@gw:5000' },
      want: 'IBKR_GATEWAY_URL must not hold a user name or password; it is "https://…@gw:5000"',
    },
    {
      env: { BEZANT_API_KEYS: 'sesame' },
      want: 'BEZANT_API_KEYS must have keys of at least 16 characters, such as `openssl rand -hex 24` prints; the key has 6',
    },
    {
      env: { BEZANT_API_KEYS_FILE: file('weak', `${longKey},sesame`) },
      want: 'BEZANT_API_KEYS_FILE must have keys of at least 16 characters, such as `openssl rand -hex 24` prints; key 2 has 6',
    },
    {
      env: { BEZANT_DEBUG_TOKEN_FILE: '/nowhere/token' },
      want: 'BEZANT_DEBUG_TOKEN_FILE names a file that cannot be read: /nowhere/token',
    },
    {
      args: ['--keep-alive', '5'],
      want: '--keep-alive is no setting\nan argument is not of the form --name=value',
    },
    { args: ['--keepalive-secs'], want: '--keepalive-secs needs a value' },
    { args: ['--bind', '--read-only'], want: '--bind needs a value' },
    {
      args: ['--keepalive-secs', 'x'],
      want: '--keepalive-secs must be a whole number from 0 to 3600; it is "x"',
    },
    // Right alone, wrong together
    {
      env: { BEZANT_TLS_CERT: 'a.pem' },
      want: 'BEZANT_TLS_CERT and BEZANT_TLS_KEY go together: set both or neither',
    },
    {
      env: { BEZANT_GATEWAY_CA: 'ca.pem', BEZANT_GATEWAY_FINGERPRINT: 'ab'.repeat(32) },
      want: 'BEZANT_GATEWAY_CA and BEZANT_GATEWAY_FINGERPRINT exclude each other: set one',
    },
    {
      env: { BEZANT_UPSTREAM_TIMEOUT_SECS: '60' },
      want: 'BEZANT_REQUEST_TIMEOUT_SECS must not be below BEZANT_UPSTREAM_TIMEOUT_SECS',
    },
    {
      env: { PORT: '9090' },
      want: 'BEZANT_BIND and BEZANT_ADMIN_BIND must not be the same port',
    },
  ])('$env $args', ({ env = {}, args = [], want }) => {
    expect(faultsOf(env, args)).toBe(want);
  });

  test('all at once, and no secret among it', () => {
    const text = faultsOf(
      {
        BEZANT_TLS: 'on',
        BEZANT_READ_ONLY: 'maybe',
        BEZANT_API_KEYS: 'my secret',
        BEZANT_DEBUG_TOKEN_FILE: '/nowhere',
      },
      ['--nonsense=hidden', '--pacing', 'perhaps'],
    );
    expect(text.split('\n')).toEqual([
      '--nonsense is no setting',
      'BEZANT_TLS must be auto or off; it is "on"',
      'BEZANT_API_KEYS must be keys in visible ASCII without colon or comma; the key is not',
      'BEZANT_READ_ONLY must be 1, 0, true, false, yes or no; it is "maybe"',
      '--pacing must be enforce or off; it is "perhaps"',
      'BEZANT_DEBUG_TOKEN_FILE names a file that cannot be read: /nowhere',
    ]);
    expect(text).not.toMatch(/secret|hidden/);
  });

  test.each<[env: Env, want: string[]]>([
    [{ BEZANT_BIND: '', BEZANT_API_KEYS_FILE: '', HOME: '/', PORT: '1' }, []],
    [
      { BEZANT_KEEPALIVE_SECONDS: '5', BEZANT_BIND_FILE: 'x' },
      ['BEZANT_KEEPALIVE_SECONDS', 'BEZANT_BIND_FILE'],
    ],
    [
      {
        BEZANT_PORT: 'tcp://10.0.0.1:8080',
        BEZANT_PORT_8080_TCP_ADDR: '10.0.0.1',
        BEZANT_SERVICE_HOST: '10.0.0.1',
        BEZANT_SERVICE_PORT_HTTP: '8080',
      },
      [],
    ],
  ])('unknown names in %j', (env, want) => {
    expect(unknownSettings(env)).toEqual(want);
  });
});

describe('printing', () => {
  const env = {
    BEZANT_BIND: '[::1]:8081',
    BEZANT_API_KEYS: `${longKey}:read`,
    BEZANT_DEBUG_TOKEN: 'open-sesame',
    BEZANT_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
    BEZANT_READ_ONLY: 'yes',
  };
  const printed = printConfig(loadConfig(env));

  test('shows every setting and no secret', () => {
    expect(printed).toContain('BEZANT_BIND=[::1]:8081\n');
    expect(printed).toContain('BEZANT_API_KEYS=********\n');
    expect(printed).toContain('BEZANT_DEBUG_TOKEN=********\n');
    expect(printed).toContain('BEZANT_PUBLIC_URL=\n');
    expect(printed).not.toMatch(/kkkk|sesame/);
    expect(printConfig(loadConfig({}))).toContain('BEZANT_API_KEYS=\n');
  });

  test('is itself an environment with the same meaning', () => {
    const lines = printed.split('\n').filter((line) => !line.endsWith('********'));
    const again = loadConfig(
      Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string])),
    );
    expect(again).toEqual({ ...loadConfig(env), apiKeys: [], debugToken: null });
  });
});
