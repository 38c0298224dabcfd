import { expect, test } from '@jest/globals';
import { Fault } from '../src/fault.ts';
import { loadSettings } from '../src/settings.ts';
import { run } from './launch.ts';

test('nothing set', () => {
  expect(loadSettings({ BEZANT_GATEWAY_PORT: ' ', BEZANT_GATEWAY_ZIP: '' })).toEqual({
    zip: null,
    zipUrl: new URL('https://download2.interactivebrokers.com/portal/clientportal.gw.zip'),
    sha256: null,
    port: 5000,
    remoteHost: 'https://api.ibkr.com',
    heapMb: 128,
    javaOptions: [],
    java: 'java',
    dataDir: './.bezant',
  });
});

const sum = 'A0'.repeat(32);

test.each([
  ['BEZANT_GATEWAY_SHA256', sum, { sha256: sum.toLowerCase() }],
  ['BEZANT_GATEWAY_SHA256', `sha256:${sum}`, { sha256: sum.toLowerCase() }],
  ['BEZANT_GATEWAY_REMOTE_HOST', 'https://localhost:5001/', { remoteHost: 'https://localhost:5001' }],
  ['BEZANT_GATEWAY_JAVA_OPTIONS', ' -Xss1m  -Da=b ', { javaOptions: ['-Xss1m', '-Da=b'] }],
  [
    'BEZANT_GATEWAY_ZIP_URL',
    'http://127.0.0.1:8000/a.zip',
    { zipUrl: new URL('http://127.0.0.1:8000/a.zip') },
  ],
])('%s=%s', (name, value, want) => {
  expect(loadSettings({ [name]: value })).toMatchObject(want);
});

test.each([
  ['BEZANT_GATEWAY_PORT', '0', 'from 1 to 65535; it is "0"'],
  ['BEZANT_GATEWAY_PORT', 'https', 'whole number'],
  ['BEZANT_GATEWAY_HEAP_MB', '16', 'from 32 to 8192'],
  ['BEZANT_GATEWAY_SHA256', 'abc', '64 hex digits'],
  ['BEZANT_GATEWAY_ZIP', 'https://a.example/b.zip', 'is a path on this machine'],
  ['BEZANT_GATEWAY_ZIP_URL', 'http://a.example/b.zip', 'must begin with https://'],
  ['BEZANT_GATEWAY_ZIP_URL', 'http://localhost.example/b.zip', 'must begin with https://'],
  ['BEZANT_GATEWAY_ZIP_URL', 'file:///b.zip', 'must be an https:// address'],
  ['BEZANT_GATEWAY_REMOTE_HOST', 'api.ibkr.com', 'must be https:// and a host'],
  ['BEZANT_GATEWAY_REMOTE_HOST', 'https://api.ibkr.com/v1/api', 'without a path'],
  ['BEZANT_GATEWAY_JAVA_OPTIONS', '-Xss1m Main', '"Main" does not'],
])('wrong: %s=%s', (name, value, want) => {
  expect(() => loadSettings({ [name]: value })).toThrow(Fault);
  expect(() => loadSettings({ [name]: value })).toThrow(want);
});

test('all that is wrong, at once, and no password in it', async () => {
  const { code, text } = await run({
    BEZANT_GATEWAY_PORT: '-1',
    BEZANT_GATEWAY_HEAP_MB: 'much',
    BEZANT_GATEWAY_ZIP_URL: 'http://me:hidden@a.example/b.zip',
  });
  expect(code).toBe(2);
  expect(text.match(/BEZANT_GATEWAY_\w+/g)).toEqual([
    'BEZANT_GATEWAY_ZIP_URL',
    'BEZANT_GATEWAY_PORT',
    'BEZANT_GATEWAY_HEAP_MB',
  ]);
  expect(text).not.toContain('hidden');
});

test.each([[['--help']], [['serve']], [['fetch', 'a', 'b']]])('usage: %s', async (args) => {
  const { code, text } = await run({}, { args });
  expect([code, text]).toEqual([2, expect.stringContaining('usage: bezant-gateway')]);
});
