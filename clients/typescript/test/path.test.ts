// Paths and queries: a value stays the value it is.

import { describe, expect, test } from '@jest/globals';
import type { ApiRequest } from '../src/call.ts';
import { targetOf } from '../src/path.ts';

const of = (given: Partial<ApiRequest>): string => targetOf({ method: 'GET', path: '/p/{id}', ...given });

describe('the target of a call', () => {
  test.each<[Partial<ApiRequest>, string]>([
    [{ params: { id: 'DU1' } }, '/v1/api/p/DU1'],
    [{ params: { id: 265598 } }, '/v1/api/p/265598'],
    [{ params: { id: 0 } }, '/v1/api/p/0'],
    [{ params: { id: '../../logout?x=' } }, '/v1/api/p/..%2F..%2Flogout%3Fx%3D'],
    [{ params: { id: '%2e%2e' } }, '/v1/api/p/%252e%252e'],
    [{ params: { id: 'a b#c;d' } }, '/v1/api/p/a%20b%23c%3Bd'],
    [{ params: { id: '...' } }, '/v1/api/p/...'],
    [{ params: { id: 'x' }, own: true }, '/p/x'],
    [
      { path: '/q', query: { conids: [1, 2], fields: ['31', '84'] } },
      '/v1/api/q?conids=1%2C2&fields=31%2C84',
    ],
    [{ path: '/q', query: { force: true, days: undefined, name: null } }, '/v1/api/q?force=true'],
    [{ path: '/q', query: { symbol: 'BRK B&C' } }, '/v1/api/q?symbol=BRK+B%26C'],
    [{ path: '/q', query: { details: { a: 1 } } }, '/v1/api/q?details=%7B%22a%22%3A1%7D'],
    [{ path: '/q', query: {} }, '/v1/api/q'],
    [{ path: '/x:bulk', params: {} }, '/v1/api/x:bulk'],
  ])('%j → %s', (given, want) => {
    expect(of(given)).toBe(want);
  });
});

describe('no target', () => {
  test.each<[unknown, string]>([
    ['.', 'id must not be "."'],
    ['..', 'id must not be ".."'],
    ['', 'id is missing: give it as text or a number'],
    [undefined, 'id is missing: give it as text or a number'],
    [null, 'id is missing: give it as text or a number'],
    [{}, 'id is missing: give it as text or a number'],
  ])('for %j', (id, want) => {
    expect(() => of({ params: { id } as Record<string, string> })).toThrow(
      expect.objectContaining({ kind: 'invalid-argument', message: want }),
    );
  });
});
