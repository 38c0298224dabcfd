import { describe, expect, test } from '@jest/globals';
import { createHostCheck, isLoopback, parseHost } from '../src/host-check.ts';

const bind = { host: '127.0.0.1', port: 8080 };
const local = createHostCheck({ bind, publicUrl: null, allowedHosts: [], allowedOrigins: [] });
const open = createHostCheck({
  bind: { host: 'nas.lan', port: 8080 },
  publicUrl: 'https://bezant.example',
  allowedHosts: ['Trader.Lan', 'box.lan:9999'],
  allowedOrigins: ['https://dashboard.example:8443', 'http://[::1]:3000'],
});

describe('Host', () => {
  test.each<[host: string | undefined, check: typeof local, want: boolean]>([
    [undefined, local, true],
    ['', local, false],
    ['localhost', local, true],
    ['localhost:8080', local, true],
    ['localhost:', local, true],
    ['localhost.:8080', local, true],
    ['LOCALHOST:8080', local, true],
    ['127.0.0.1:8080', local, true],
    ['192.168.1.20:8080', local, true],
    ['203.0.113.9', local, true],
    ['0.0.0.0:8080', local, true],
    ['[::1]:8080', local, true],
    ['[::1]', local, true],
    ['[2001:DB8::1]:443', local, true],
    ['::1', local, false],
    ['[::1', local, false],
    ['[::1]8080', local, false],
    ['[localhost]:8080', local, false],
    ['[fe80::1%25eth0]:8080', local, false],
    ['localhost.evil.com', local, false],
    ['127.0.0.1.nip.io:8080', local, false],
    ['localhost@evil.com', local, false],
    ['evil.com@localhost', local, false],
    ['user:pass@127.0.0.1:8080', local, false],
    ['localhost:8080@evil.com', local, false],
    ['localhost/evil.com', local, false],
    ['localhost#evil.com', local, false],
    ['localhost\\evil.com', local, false],
    ['localhost, evil.com', local, false],
    ['local%68ost', local, false],
    ['localhost ', local, false],
    ['localhost:port', local, false],
    ['ｌocalhost', local, false],
    ['evil.com', local, false],
    ['bezant.example', local, false],
    ['bezant.example', open, true],
    ['Bezant.Example:443', open, true],
    ['bezant.example.', open, true],
    ['www.bezant.example', open, false],
    ['bezant.example.evil.com', open, false],
    ['trader.lan:8080', open, true],
    ['box.lan', open, true],
    ['box.lan:8080', open, true],
    ['nas.lan:8080', open, true],
    ['dashboard.example', open, false],
  ])('%s', (host, check, want) => {
    expect(check.isHostAllowed(host)).toBe(want);
  });
});

describe('Origin', () => {
  test.each<[origin: string | undefined, host: string | undefined, check: typeof local, want: boolean]>([
    [undefined, 'localhost:8080', local, true],
    [undefined, undefined, local, true],
    ['null', 'localhost:8080', local, false],
    ['', 'localhost:8080', local, false],
    ['http://localhost:8080', 'localhost:8080', local, true],
    ['https://localhost:8080', 'localhost:8080', local, true],
    ['HTTP://LOCALHOST:8080', 'localhost:8080', local, true],
    ['http://localhost.:8080', 'localhost:8080', local, true],
    ['http://localhost:3000', 'localhost:8080', local, false],
    ['http://localhost', 'localhost:8080', local, false],
    ['http://localhost', 'localhost', local, true],
    ['http://localhost', 'localhost:80', local, true],
    ['http://localhost:80', 'localhost', local, true],
    ['https://localhost', 'localhost:443', local, true],
    ['https://localhost', 'localhost:80', local, false],
    ['http://127.0.0.1:8080', 'localhost:8080', local, false],
    ['http://127.0.0.1:8080', '127.0.0.1:8080', local, true],
    ['http://[::1]:8080', '[0:0:0:0:0:0:0:1]:8080', local, true],
    ['http://[::1]:8080', '[::2]:8080', local, false],
    // The page's own name is no proof: a rebound page has its name in both headers.
    ['http://evil.com:8080', 'evil.com:8080', local, false],
    ['http://evil.com', 'localhost:8080', local, false],
    ['http://localhost:8080.evil.com', 'localhost:8080', local, false],
    ['http://localhost:8080@evil.com', 'localhost:8080', local, false],
    ['http://evil.com@localhost:8080', 'localhost:8080', local, false],
    ['http://localhost:8080/', 'localhost:8080', local, false],
    ['http://localhost:8080/path', 'localhost:8080', local, false],
    ['file://', 'localhost:8080', local, false],
    ['ftp://localhost:8080', 'localhost:8080', local, false],
    ['chrome-extension://abcdef', 'localhost:8080', local, false],
    ['localhost:8080', 'localhost:8080', local, false],
    ['http://localhost:8080', undefined, local, false],
    ['https://bezant.example', 'bezant.example', open, true],
    ['https://bezant.example', '10.0.0.7:8080', open, true],
    ['https://bezant.example:443', '10.0.0.7:8080', open, true],
    ['http://bezant.example', '10.0.0.7:8080', open, false],
    ['https://bezant.example:8443', '10.0.0.7:8080', open, false],
    ['https://dashboard.example:8443', 'bezant.example', open, true],
    ['https://dashboard.example', 'bezant.example', open, false],
    ['http://[::1]:3000', 'bezant.example', open, true],
    ['http://trader.lan:8080', 'trader.lan:8080', open, true],
    ['https://evil.example', 'bezant.example', open, false],
  ])('%s to %s', (origin, host, check, want) => {
    expect(check.isOriginAllowed(origin, host)).toBe(want);
  });
});

test.each<[text: string, want: ReturnType<typeof parseHost>]>([
  ['LocalHost:08080', { name: 'localhost', port: '8080' }],
  ['host:', { name: 'host', port: '' }],
  ['[0:0::1]:1', { name: '[::1]', port: '1' }],
  ['1.2.3.4.5', null],
  ['https://host', null],
])('parseHost %s', (text, want) => {
  expect(parseHost(text)).toEqual(want);
});

test.each<[host: string, want: boolean]>([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.1', false],
  ['localhost.evil.com', false],
])('isLoopback %s', (host, want) => {
  expect(isLoopback(host)).toBe(want);
});
