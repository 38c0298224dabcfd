import { describe, expect, test } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { createApiKeys, parseApiKeys } from '../src/api-keys.ts';

const reader = 'reader-reader-reader';
const trader = 'trader-trader-trader';
const keys = createApiKeys(parseApiKeys([`${reader}:read`, `${trader}:trade`, 'owner-owner-owner']));

const basic = (pair: string): IncomingHttpHeaders => ({
  authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
});

describe('scopes', () => {
  test.each<[item: string, want: string[]]>([
    [reader, ['read', 'trade', 'admin']],
    [`${reader}:read`, ['read']],
    [`${reader}:trade`, ['read', 'trade']],
    [`${reader}:admin`, ['read', 'trade', 'admin']],
    [`${reader}:read+trade`, ['read', 'trade']],
  ])('%s', (item, want) => {
    const [key] = parseApiKeys([item]);
    expect([...(key?.scopes ?? [])]).toEqual(want);
  });
});

describe('keys that are refused', () => {
  test.each<[items: string[], want: string]>([
    [['short'], 'keys of at least 16 characters, such as `openssl rand -hex 24` prints; the key has 5'],
    [[reader, ''], 'key 2 has 0'],
    [[`${reader}:write`], 'must have scopes read, trade or admin; the key has another'],
    [[`${reader}:`], 'must have scopes read, trade or admin; the key has another'],
    [[`${reader}:constructor`], 'must have scopes read, trade or admin; the key has another'],
    [[`${reader}:read:trade`], 'must be keys in visible ASCII without colon or comma; the key is not'],
    [[`${reader} two`], 'visible ASCII'],
    [['schlüssel-schlüssel'], 'visible ASCII'],
    [[reader, `${reader}:read`], 'must not have the same key twice'],
  ])('%j', (items, want) => {
    expect(() => parseApiKeys(items)).toThrow(want);
    expect(() => parseApiKeys(items)).not.toThrow(reader);
  });
});

describe('where a caller may put the key', () => {
  test.each<[headers: IncomingHttpHeaders, want: string[] | null]>([
    [{ authorization: `Bearer ${reader}` }, ['read']],
    [{ authorization: `bearer  ${reader}` }, ['read']],
    [{ 'x-api-key': trader }, ['read', 'trade']],
    [basic(`anyone:${reader}`), ['read']],
    [basic(`:${reader}`), ['read']],
    [basic(`${reader}:`), ['read']],
    [basic(reader), ['read']],
    [{}, null],
    [{ authorization: '' }, null],
    [{ authorization: reader }, null],
    [{ authorization: 'Bearer' }, null],
    [{ authorization: `Bearer ${reader} ${reader}` }, null],
    [{ authorization: `Bearer ${reader}x` }, null],
    [{ authorization: `Bearer ${reader.slice(0, -1)}` }, null],
    [{ authorization: `Digest ${reader}` }, null],
    [{ authorization: `Digest ${reader}`, 'x-api-key': reader }, ['read']],
    [{ authorization: `Bearer wrong`, 'x-api-key': reader }, null],
    [basic(`${reader}:wrong`), null],
    [{ authorization: 'Basic ****' }, null],
  ])('%j', (headers, want) => {
    const principal = keys.authenticate(headers);
    expect(principal === null ? null : [...principal.scopes]).toEqual(want);
  });

  test('or hand it over itself', () => {
    expect(keys.principalOf(trader)?.scopes.has('trade')).toBe(true);
    expect(keys.principalOf('')).toBe(null);
  });
});

test('a principal is named without giving the key away', () => {
  const { name } = keys.principalOf(trader) ?? { name: '' };
  expect(name).toMatch(/^[0-9a-f]{8}$/);
  expect(name).not.toBe(keys.principalOf(reader)?.name);
});
