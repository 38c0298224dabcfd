import { describe, expect, test } from '@jest/globals';
import { describeError, mask } from '../src/mask.ts';

describe('mask', () => {
  test.each<[text: string, want: string]>([
    ['nothing to hide here: status 502 after 30 s', 'nothing to hide here: status 502 after 30 s'],
    ['connect ECONNREFUSED 127.0.0.1:5000', 'connect ECONNREFUSED 127.0.0.1:5000'],
    ['no session: IBKR asks for a login', 'no session: IBKR asks for a login'],
    ['request to https://gw.internal:5000/v1/api/tickle?session=abc failed', 'request to <url> failed'],
    ['see wss://gw/ws, then "http://a/b"', 'see <url> then "<url>"'],
    ['Cookie: JSESSIONID=abc; cp=def', 'Cookie: <masked>'],
    ["'set-cookie': [ 'x-sess-uuid=0.1; secure' ]", "'set-cookie: <masked>"],
    ['authorization: Bearer abc', 'authorization: <masked>'],
    ['sent Bearer abc.def-ghi to it', 'sent Bearer <masked> to it'],
    [
      '{"session":"8fc","ssoExpires":464,"hmds":{"error":"no bridge"}}',
      '{"session":"<masked>","ssoExpires":"<masked>","hmds":{"error":"no bridge"}}',
    ],
    ['XYZAB_AM.LOGIN=abc; JSESSIONID="d e f"', 'XYZAB_AM.LOGIN=<masked>; JSESSIONID=<masked>'],
    ['api_key=s3cret&conid=265598', 'api_key=<masked>&conid=265598'],
    ['token deadbeefdeadbeefdeadbeef seen', 'token <token> seen'],
    ['reply a12893ed-5ff8-41c4-a1d0-0d0f0a2c1d5e', 'reply <token>'],
    ['key Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4 seen', 'key <token> seen'],
    ['account U1234567 and DU7654321', 'account <account> and <account>'],
    ['getPortfolioAccountAllocationOfEverything', 'getPortfolioAccountAllocationOfEverything'],
  ])('%s', (text, want) => {
    expect(mask(text)).toBe(want);
  });
});

describe('describeError', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  test.each<[name: string, thrown: unknown, want: unknown]>([
    ['a system error', refused, { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' }],
    [
      'an error with a cause',
      Object.assign(new Error('fetch of https://gw/x failed', { cause: refused }), { code: 'E' }),
      {
        name: 'Error',
        code: 'E',
        message: 'fetch of <url> failed',
        cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      },
    ],
    [
      'several errors in one',
      Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' }),
      {
        name: 'AggregateError',
        code: 'ECONNREFUSED',
        message: '',
        cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' },
      },
    ],
    ['a text', 'cookie: abc', { name: 'string', message: 'cookie: <masked>' }],
    ['nothing', undefined, { name: 'undefined', message: 'undefined' }],
    ['an object', { message: 7 }, { name: 'Error', message: '' }],
  ])('%s', (_name, thrown, want) => {
    expect(describeError(thrown)).toEqual(want);
  });

  test('a bug is told with its place, but no folder', () => {
    const { at = [] } = describeError(new TypeError('x is not a function'));
    expect(at[0]).toMatch(/^at .*mask\.test\.ts:\d+:\d+\)?$/);
    expect(at.join()).not.toContain('/');
  });

  test('a chain without end is cut, and so is a long text', () => {
    const error = Object.assign(new Error('x'.repeat(5000)), { code: 'E' });
    error.cause = error;
    const text = JSON.stringify(describeError(error));
    expect(text.match(/"cause"/g)).toHaveLength(3);
    expect(text.length).toBeLessThan(2500);
  });
});
