import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseApiKeys } from '../src/api-keys.ts';
import { ConfigError } from '../src/config.ts';
import { loadApiKeys } from '../src/own-key.ts';

const root = mkdtempSync(join(tmpdir(), 'bezant-keys-'));
afterAll(() => rmSync(root, { recursive: true }));

const loopback = { host: '127.0.0.1', port: 8080 };
const everywhere = { host: '0.0.0.0', port: 8080 };
const given = parseApiKeys(['given-given-given-given']);

function load(config: Partial<Parameters<typeof loadApiKeys>[0]['config']>) {
  const announced: string[] = [];
  const dataDir = config.dataDir ?? mkdtempSync(join(root, 'data-'));
  const keys = loadApiKeys({
    config: { auth: null, apiKeys: [], bind: loopback, ...config, dataDir },
    announce: (key) => announced.push(key),
  });
  return { keys, announced, dataDir };
}

test.each<[name: string, config: Parameters<typeof load>[0], want: 'open' | 'given' | 'made']>([
  ['loopback', {}, 'open'],
  ['localhost by name', { bind: { host: 'localhost', port: 1 } }, 'open'],
  ['loopback with a key', { apiKeys: given }, 'given'],
  ['loopback, told to ask', { auth: 'keys' }, 'made'],
  ['everywhere', { bind: everywhere }, 'made'],
  ['everywhere with a key', { bind: everywhere, apiKeys: given }, 'given'],
  ['everywhere, told not to ask', { bind: everywhere, auth: 'none' }, 'open'],
])('bound to %s', (_name, config, want) => {
  const { keys, announced } = load(config);
  const found = keys === null ? 'open' : keys.principalOf('given-given-given-given') ? 'given' : 'made';
  expect(found).toBe(want);
  expect(announced).toHaveLength(want === 'made' ? 1 : 0);
});

test('a made key is told once, kept for this user alone, and works after a restart', () => {
  const first = load({ auth: 'keys' });
  const [key = ''] = first.announced;
  const file = join(first.dataDir, 'api-key');
  expect(Buffer.from(key, 'base64url')).toHaveLength(32);
  expect(readFileSync(file, 'utf8')).toBe(`${key}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(first.keys?.authenticate({ authorization: `Bearer ${key}` })?.scopes.has('admin')).toBe(true);

  const second = load({ auth: 'keys', dataDir: first.dataDir });
  expect(second.announced).toEqual([]);
  expect(second.keys?.principalOf(key)).not.toBeNull();
});

test('a folder that does not exist yet is made', () => {
  expect(load({ auth: 'keys', dataDir: join(root, 'a', 'b') }).announced).toHaveLength(1);
});

test.each<[name: string, dataDir: () => string, want: RegExp]>([
  [
    'a file cut short',
    () => {
      const folder = mkdtempSync(join(root, 'cut-'));
      writeFileSync(join(folder, 'api-key'), 'abc');
      return folder;
    },
    /api-key cannot be used \(must have keys of at least 16 .* the key has 3\): set BEZANT_API_KEYS, or/,
  ],
  [
    'a folder that is a file',
    () => {
      const path = join(root, 'plain-file');
      writeFileSync(path, '');
      return path;
    },
    /api-key cannot be used \(ENOTDIR.*\): set BEZANT_API_KEYS, or make the folder writable/,
  ],
])('%s stops the start with advice', (_name, dataDir, want) => {
  const start = () => load({ auth: 'keys', dataDir: dataDir() });
  expect(start).toThrow(ConfigError);
  expect(start).toThrow(want);
});
