// Redirects to the Gateway become redirects to the same path here; all others stay.

import { expect, test } from '@jest/globals';
import { ownLocation, ownRefresh } from '../src/own-location.ts';

const gateway = { origin: 'https://gateway:5000', prefix: '' };
const prefixed = { origin: 'https://gateway', prefix: '/ibkr' };

test.each([
  { given: '/sso/Login?a=1#b', want: '/sso/Login?a=1#b' },
  { given: 'https://gateway:5000/sso/Login?a=1#b', want: '/sso/Login?a=1#b' },
  { given: 'HTTPS://GATEWAY:5000/sso', want: '/sso' },
  { given: 'https://gateway:5000', want: '/' },
  { given: '//gateway:5000/x', want: '/x' },
  { given: 'https://127.0.0.1:5000/x', want: '/x' },
  { given: 'http://localhost:5000/x', want: '/x' },
  { given: 'https://[::1]:5000/x', want: '/x' },
  { given: 'https://localhost:5001/x', want: 'https://localhost:5001/x' },
  { given: 'https://localhost/x', want: 'https://localhost/x' },
  { given: 'https://gateway:5001/x', want: 'https://gateway:5001/x' },
  { given: 'https://api.ibkr.com/sso/Login?a=1', want: '/sso/Login?a=1' },
  { given: 'https://www.interactivebrokers.com/sso/Login', want: '/sso/Login' },
  { given: 'https://evilibkr.com/sso/Login', want: 'https://evilibkr.com/sso/Login' },
  { given: 'https://api.ibkr.com/sso/Dispatcher', want: 'https://api.ibkr.com/sso/Dispatcher' },
  { given: '//api.ibkr.com/x', want: '//api.ibkr.com/x' },
  { given: 'https://gateway:5000//evil.example/x', want: '/evil.example/x' },
  { given: 'https://gateway:5000/\\evil.example', want: '/evil.example' },
  { given: '///evil.example', want: '///evil.example' },
  { given: 'Login?a=1', want: 'Login?a=1' },
  { given: '?a=1', want: '?a=1' },
  { given: 'javascript:alert(1)', want: 'javascript:alert(1)' },
  { given: 'https://[', want: 'https://[' },
  { given: '', want: '' },
])('$given → $want', ({ given, want }) => {
  expect(ownLocation(given, gateway)).toBe(want);
});

test.each([
  { given: '/ibkr/sso/Login', want: '/sso/Login' },
  { given: 'https://gateway/ibkr/sso/Login', want: '/sso/Login' },
  { given: 'https://gateway:443/ibkr/', want: '/' },
  { given: '/ibkrx/sso', want: '/ibkrx/sso' },
  { given: '/sso/Login', want: '/sso/Login' },
  { given: 'https://gateway/ibkr//evil.example', want: '/evil.example' },
])('behind a prefix, $given → $want', ({ given, want }) => {
  expect(ownLocation(given, prefixed)).toBe(want);
});

test.each([
  { given: '5; url=https://gateway:5000/x?a=1', want: '5; url=/x?a=1' },
  { given: '0;URL="https://127.0.0.1:5000/x"', want: '0;URL="/x"' },
  { given: "0.5, url='/x'", want: "0.5, url='/x'" },
  { given: '3; https://gateway:5000/x', want: '3; /x' },
  { given: '3; url=https://api.ibkr.com/', want: '3; url=https://api.ibkr.com/' },
  { given: '30', want: '30' },
  { given: 'nonsense', want: 'nonsense' },
])('Refresh: $given → $want', ({ given, want }) => {
  expect(ownRefresh(given, gateway)).toBe(want);
});
