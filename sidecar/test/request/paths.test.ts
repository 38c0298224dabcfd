import { expect, test } from '@jest/globals';
import { segmentsOf } from '../../src/request/paths.ts';

test.each([
  ['/v1/api/tickle', ['v1', 'api', 'tickle']],
  ['/v1/api/trades/', ['v1', 'api', 'trades']],
  ['/', []],
  ['/a%20b', ['a b']],
  ['/a%2Fb', ['a/b']],
  ['/.../x', ['...', 'x']],
  ['/%E2%82%AC', ['€']],
  ['/100%25', ['100%']],
  ['//clear', null],
  ['/v1//api', null],
  ['/v1/api/../clear', null],
  ['/v1/api/%2e%2e/clear', null],
  ['/v1/api/%2E./clear', null],
  ['/v1/api/%252e%252e/clear', null],
  ['/v1/api/%25252e%25252e/clear', null],
  ['/v1/api/x%2F..%2F..%2Fclear', null],
  ['/v1/api/x%5C..%5Cclear', null],
  ['/v1\\api', null],
  ['/v1/api/..;/clear', null],
  ['/v1/api/%2e%2e%3b/clear', null],
  ['/v1/api/a;b', ['v1', 'api', 'a;b']],
  ['/v1/api/%00', null],
  ['/v1/api/a%0d%0ab', null],
  ['/v1/api/%', null],
  ['/v1/api/%FF', null],
  ['*', null],
])('%s becomes %j', (given, want) => {
  expect(segmentsOf(given)).toEqual(want);
});
