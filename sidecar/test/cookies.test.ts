// The jar: what goes in, what goes out, and when.

import { describe, expect, test } from '@jest/globals';
import { GatewayCookies } from '../src/cookies.ts';

const startMs = Date.UTC(2026, 0, 1);

function jar(refusedPrefixes: readonly string[] = []): {
  cookies: GatewayCookies;
  pass: (ms: number) => void;
} {
  let nowMs = startMs;
  return { cookies: new GatewayCookies(refusedPrefixes, () => nowMs), pass: (ms) => void (nowMs += ms) };
}

describe('from IBKR', () => {
  test.each([
    { name: 'nothing', given: [], want: null },
    {
      name: 'in the order they came, a later value in the place of the earlier',
      given: ['a=1', 'b=2', 'a=3'],
      want: 'a=3; b=2',
    },
    {
      name: 'whatever path and domain',
      given: ['a=1; Path=/sso; Domain=.ibkr.com', 'a=2; Path=/'],
      want: 'a=2',
    },
    { name: 'Secure goes to any Gateway', given: ['a=1; Secure'], want: 'a=1' },
    {
      name: 'Max-Age beats Expires',
      given: ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60'],
      want: 'a=1',
    },
    { name: 'a value in quotes, with spaces or commas', given: ['a="x y,z"'], want: 'a="x y,z"' },
    { name: 'removed by age', given: ['a=1', 'a=1; Max-Age=0'], want: null },
    { name: 'removed by date', given: ['a=1', 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], want: null },
    { name: 'removed by emptiness', given: ['a=1', 'a='], want: null },
    { name: 'no pair, no name, no ASCII', given: ['novalue', '=x', 'a=é', 'b=2'], want: 'b=2' },
  ])('$name', ({ given, want }) => {
    const { cookies } = jar();
    cookies.fromIbkr(given);
    expect(cookies.header()).toBe(want);
  });

  test('a cookie ends when its time is over, and that is a change', () => {
    const { cookies, pass } = jar();
    cookies.fromIbkr(['a=1; Max-Age=60', 'b=2']);
    pass(59_999);
    expect(cookies.header()).toBe('a=1; b=2');
    const { revision } = cookies;
    pass(1);
    expect(cookies.header()).toBe('b=2');
    expect(cookies.revision).toBe(revision + 1);
  });
});

describe('from a browser', () => {
  test.each([
    {
      name: 'names of IBKR alone',
      given: 'RL=1; theme=dark; XYZAB_AM.LOGIN=2',
      want: 'RL=1; XYZAB_AM.LOGIN=2',
    },
    { name: 'not with a refused prefix', given: 'cp=1; cp.qa=2; RL=3', want: 'RL=3' },
    { name: 'a value with =', given: 'web=a=b', want: 'web=a=b' },
    { name: 'not an empty value', given: 'USERID=; RL=1', want: 'RL=1' },
    { name: 'not a broken pair', given: 'RL; =2; web=a\u0001; USERID=4', want: 'USERID=4' },
    { name: 'names in their own case', given: 'rl=1', want: null },
  ])('$name', ({ given, want }) => {
    const { cookies } = jar(['cp']);
    cookies.fromBrowser(given);
    expect(cookies.header()).toBe(want);
  });

  test('never in the place of one that IBKR set, nor of one that it removed', () => {
    const { cookies } = jar();
    cookies.fromIbkr(['JSESSIONID=new', 'XYZAB=1', 'XYZAB=; Max-Age=0']);
    cookies.fromBrowser('JSESSIONID=old; XYZAB=old; RL=1');
    expect(cookies.header()).toBe('JSESSIONID=new; RL=1');
  });
});

describe('a completed login', () => {
  test('leaves what was set since the login page was first asked for', () => {
    const { cookies } = jar();
    cookies.fromIbkr(['JSESSIONID=dead', 'x-sess-uuid=dead', 'USERID=1']);
    cookies.loginStarted();
    cookies.fromIbkr(['JSESSIONID=new', 'USERID=1']);
    cookies.loginStarted();
    cookies.fromBrowser('RL=1');
    cookies.loginCompleted();
    expect(cookies.header()).toBe('JSESSIONID=new; USERID=1; RL=1');
  });

  test('does not count a login page that somebody left long before', () => {
    const { cookies, pass } = jar();
    cookies.loginStarted();
    cookies.fromIbkr(['JSESSIONID=of-the-session-that-goes-on']);
    pass(11 * 60_000);
    cookies.loginStarted();
    cookies.fromIbkr(['x-sess-uuid=new']);
    cookies.loginCompleted();
    expect(cookies.header()).toBe('x-sess-uuid=new');
  });

  test('leaves its cookies to IBKR, the browser’s among them', () => {
    const { cookies } = jar();
    cookies.loginStarted();
    cookies.fromBrowser('XYZAB=1');
    cookies.loginCompleted();
    cookies.fromBrowser('XYZAB=2; RL=1');
    expect(cookies.header()).toBe('XYZAB=1; RL=1');
  });
});

test('the revision moves with every change, and only then', () => {
  const { cookies } = jar();
  const moved = (act: () => void): boolean => {
    const before = cookies.revision;
    act();
    return cookies.revision !== before;
  };
  expect([
    moved(() => cookies.fromIbkr(['a=1'])),
    moved(() => cookies.fromIbkr(['a=1; Path=/x'])),
    moved(() => cookies.fromIbkr(['a=2'])),
    moved(() => cookies.fromIbkr(['b=; Max-Age=0'])),
    moved(() => cookies.fromIbkr(['a=; Max-Age=0'])),
    moved(() => cookies.fromBrowser('nobody=1')),
    moved(() => cookies.fromBrowser('RL=1')),
    moved(() => cookies.clear()),
  ]).toEqual([true, false, true, false, true, false, true, true]);
});

test('shows names and lengths, sorted', () => {
  const { cookies } = jar();
  cookies.fromIbkr(['b=secret', 'a=1']);
  expect(cookies.entries()).toEqual([
    { name: 'a', valueLength: 1 },
    { name: 'b', valueLength: 6 },
  ]);
});
