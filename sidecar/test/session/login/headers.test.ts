// The headers of a login page, in and out.

import { describe, expect, test } from '@jest/globals';
import type { IncomingHttpHeaders } from 'node:http';
import { pageAnswerHeaders, pageRequestHeaders, suitedCookie } from '../../../src/session/login/headers.ts';

const gateway = { origin: 'https://localhost:5000', prefix: '' };

describe('to IBKR', () => {
  const rows: { name: string; given: IncomingHttpHeaders; want: IncomingHttpHeaders }[] = [
    {
      name: 'what a browser sends a page',
      given: {
        accept: 'text/html',
        'accept-language': 'de',
        'user-agent': 'browser',
        'x-requested-with': 'XMLHttpRequest',
        'sec-fetch-mode': 'navigate',
        'sec-ch-ua': '"x"',
        'if-none-match': '"a"',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '5',
      },
      want: {
        accept: 'text/html',
        'accept-language': 'de',
        'user-agent': 'browser',
        'x-requested-with': 'XMLHttpRequest',
        'sec-fetch-mode': 'navigate',
        'sec-ch-ua': '"x"',
        'if-none-match': '"a"',
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': '5',
      },
    },
    {
      name: 'its own Origin and Referer',
      given: { origin: 'https://bezant.example', referer: 'https://bezant.example/sso/Login' },
      want: { origin: 'https://bezant.example', referer: 'https://bezant.example/sso/Login' },
    },
    {
      name: 'no credential, trace or connection',
      given: {
        authorization: 'x',
        'proxy-authorization': 'x',
        'x-api-key': 'x',
        'x-bezant-debug-token': 'x',
        'x-forwarded-for': 'x',
        'x-real-ip': 'x',
        forwarded: 'x',
        via: 'x',
        'cf-access-jwt-assertion': 'x',
        'x-auth-request-access-token': 'x',
        'tailscale-user-login': 'x',
        'x-request-id': 'x',
        cookie: 'x=y',
        host: 'bezant.example',
        expect: '100-continue',
        te: 'trailers',
        'accept-encoding': 'gzip',
        'transfer-encoding': 'chunked',
        upgrade: 'h2c',
        'sec-websocket-key': 'x',
        'keep-alive': 'x',
      },
      want: {},
    },
    {
      name: 'nothing that Connection names',
      given: {
        connection: 'keep-alive, Accept , x-requested-with',
        accept: 'a',
        'x-requested-with': 'b',
        dnt: '1',
      },
      want: { dnt: '1' },
    },
  ];
  test.each(rows)('$name', ({ given, want }) => {
    expect(pageRequestHeaders({ method: 'GET', headers: given }, null)).toEqual(want);
  });

  test('the cookies of the jar, and a length for every POST', () => {
    expect(pageRequestHeaders({ method: 'POST', headers: { cookie: 'RL=browser' } }, 'RL=jar')).toEqual({
      cookie: 'RL=jar',
      'content-length': '0',
    });
  });
});

describe('to the browser', () => {
  const answered = (headers: IncomingHttpHeaders, more: object = {}, isSecure = true) =>
    pageAnswerHeaders(
      { path: '/sso/Login', status: 200, headers, body: Buffer.from('<html></html>'), ...more },
      { gateway, isSecure },
    );

  test('everything but what is the connection’s or another origin’s', () => {
    expect(
      answered({
        'content-type': 'text/html',
        'cache-control': 'no-store',
        'x-frame-options': 'DENY',
        'content-length': '999',
        connection: 'close, x-named',
        'x-named': '1',
        'transfer-encoding': 'chunked',
        'strict-transport-security': 'max-age=600',
        'access-control-allow-origin': '*',
        'access-control-allow-credentials': 'true',
        'server-timing': 'x',
        'x-request-id': 'theirs',
        'content-security-policy': 'default-src https://ibkr.example',
        'alt-svc': 'h3',
      }),
    ).toEqual({
      'content-type': 'text/html',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'content-length': 13,
    });
  });

  test('redirects come back here', () => {
    expect(
      answered({ location: 'https://localhost:5000/sso/x', refresh: '1; url=https://localhost:5000/y' }),
    ).toMatchObject({
      location: '/sso/x',
      refresh: '1; url=/y',
    });
  });

  test.each([204, 304])('a %d has no length', (status) => {
    expect(answered({}, { status, body: Buffer.alloc(0) })).toEqual({ 'x-content-type-options': 'nosniff' });
  });

  test.each([
    {
      name: 'text without a type',
      type: undefined,
      body: 'Client login succeeds',
      want: 'text/html; charset=utf-8',
    },
    {
      name: 'text as octet-stream',
      type: 'Application/Octet-Stream',
      body: 'x\ty\r\nz é',
      want: 'text/html; charset=utf-8',
    },
    {
      name: 'octet-stream with a parameter',
      type: 'application/octet-stream; x=1',
      body: 'x',
      want: 'application/octet-stream; x=1',
    },
    {
      name: 'JSON without a type',
      type: undefined,
      body: ' {"a":1}',
      want: 'application/json; charset=utf-8',
    },
    {
      name: 'bytes',
      type: 'application/octet-stream',
      body: Buffer.from([0x50, 0x4b, 3, 4]),
      want: 'application/octet-stream',
    },
    { name: 'bytes without a type', type: undefined, body: Buffer.from([0xff, 0xfe]), want: undefined },
    { name: 'text of a known type', type: 'text/plain', body: 'x', want: 'text/plain' },
    { name: 'nothing', type: undefined, body: '', want: undefined },
  ])('type of $name: $want', ({ type, body, want }) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    expect(answered(headers, { body: Buffer.from(body) })['content-type']).toBe(want);
  });

  test('outside /sso a type is not made up', () => {
    expect(answered({}, { path: '/scripts/a.js' })['content-type']).toBeUndefined();
  });
});

describe('a cookie', () => {
  const long = 'A=1; Domain=.ibkr.com; Path=/; Secure; HttpOnly; SameSite=None; Partitioned';
  test.each([
    { given: long, secure: true, want: 'A=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned' },
    { given: long, secure: false, want: 'A=1; Path=/; HttpOnly' },
    { given: 'A=1; SameSite=Lax; secure', secure: false, want: 'A=1; SameSite=Lax' },
    { given: 'A=1;domain = ibkr.com;PATH=/x', secure: true, want: 'A=1;PATH=/x' },
    { given: 'A=1; DOMAIN', secure: true, want: 'A=1' },
    { given: 'domain=3; Domain=api.ibkr.com', secure: true, want: 'domain=3' },
    { given: 'Secure=1; Secure', secure: false, want: 'Secure=1' },
    {
      given: 'A=é; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
      secure: false,
      want: 'A=é; Expires=Thu, 01 Jan 2026 00:00:00 GMT',
    },
    { given: 'A=b=c; Max-Age=60', secure: false, want: 'A=b=c; Max-Age=60' },
  ])('$given, secure $secure', ({ given, secure, want }) => {
    expect(suitedCookie(given, secure)).toBe(want);
  });
});
