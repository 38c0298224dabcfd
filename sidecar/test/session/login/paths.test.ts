// Which paths are login pages, and what begins and ends a login.

import { describe, expect, test } from '@jest/globals';
import { isLoginEnd, isLoginPath, isLoginStart } from '../../../src/session/login/paths.ts';

describe('login pages are', () => {
  test.each([
    '/',
    '/sso/Login',
    '/sso/Authenticator',
    '/sso/lib/1.2/jquery.min.js',
    '/sso/images/',
    '/sso/Login;jsessionid=0000abc',
    '/css/a.css',
    '/scripts/a-b_c.js',
    '/stylesheet/x/y.css',
    '/images/logo@2x.png',
    '/fonts/a.woff2',
    '/en/includes/general/gdpr-am.php',
    '/portal.proxy/v1/gstat/bulletins',
  ])('%s', (path) => expect(isLoginPath(path)).toBe(true));
});

describe('login pages are not', () => {
  test.each([
    '/clear',
    '/status',
    '/demo/index.html',
    '/sso',
    '/sso/',
    '/ssoX/Login',
    '/SSO/Login',
    '/v1/api/tickle',
    '/portal.proxy/v1/gstat/other',
    '/portal.proxy/qa/gstat/bulletins',
    '/en/includes/general/other.php',
    '/sso/../clear',
    '/sso/./Login',
    '/sso/..',
    '/sso/..;/clear',
    '/sso/.;x/clear',
    '/sso//clear',
    '//sso/Login',
    '/sso/%2e%2e/clear',
    '/sso/..%2fclear',
    '/sso/a%20b',
    '/sso/a\\..\\clear',
    '/sso/é',
    'sso/Login',
    '*',
    '',
  ])('%j', (path) => expect(isLoginPath(path)).toBe(false));
});

test.each([
  { path: '/sso/Login', want: true },
  { path: '/sso/Authenticator', want: true },
  { path: '/sso/Dispatcher', want: true },
  { path: '/sso/ping', want: false },
  { path: '/sso/Login/x', want: false },
  { path: '/', want: false },
])('$path begins a login: $want', ({ path, want }) => expect(isLoginStart(path)).toBe(want));

describe('a login ends', () => {
  const dispatched = {
    path: '/sso/Dispatcher',
    status: 200,
    location: undefined,
    body: Buffer.from('Client login succeeds'),
  };
  test.each([
    { name: 'with the Gateway’s text', given: dispatched, want: true },
    {
      name: 'with that text in a page',
      given: { ...dispatched, body: Buffer.from('<pre>Client login succeeds</pre>') },
      want: true,
    },
    {
      name: 'with the text and the old location',
      given: { ...dispatched, location: 'https://x/portal/' },
      want: true,
    },
    {
      name: 'with a redirect onwards',
      given: { ...dispatched, status: 302, location: '/portal/?loginType=2' },
      want: true,
    },
    {
      name: 'not with one back to the login',
      given: { ...dispatched, status: 302, location: '/sso/Login?e=1' },
      want: false,
    },
    { name: 'not with one to nowhere', given: { ...dispatched, status: 302 }, want: false },
    { name: 'not with another text', given: { ...dispatched, body: Buffer.from('Invalid') }, want: false },
    { name: 'not with an error', given: { ...dispatched, status: 403 }, want: false },
    { name: 'not on another page', given: { ...dispatched, path: '/sso/Login' }, want: false },
  ])('$name', ({ given, want }) => expect(isLoginEnd(given)).toBe(want));
});
