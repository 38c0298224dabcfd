// What GET /health answers for what auth/status says.

import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/errors.ts';
import type { GatewayAnswer } from '../../src/gateway.ts';
import { healthOf } from '../../src/session/health.ts';
import { answer, competing, live, loggedOut, loginRedirect } from './answers.ts';

describe('what it projects', () => {
  test.each([
    {
      name: 'a session',
      given: live,
      want: { authenticated: true, connected: true, competing: false, message: null },
    },
    {
      name: 'a competition',
      given: competing,
      want: { authenticated: false, connected: true, competing: true, message: null },
    },
    {
      name: 'missing members',
      given: {},
      want: { authenticated: false, connected: false, competing: false, message: null },
    },
    {
      name: 'members of another type',
      given: { authenticated: 'true', connected: 1, message: 5, fail: 'x', serverInfo: {} },
      want: { authenticated: false, connected: false, competing: false, message: null },
    },
  ])('$name', ({ given, want }) => {
    expect(healthOf(answer(200, given))).toEqual(want);
  });
});

describe('what it refuses', () => {
  const rows: { name: string; given: GatewayAnswer; code: string; status: number }[] = [
    { name: '401', given: loggedOut, code: 'not_authenticated', status: 401 },
    { name: 'login redirect', given: loginRedirect, code: 'not_authenticated', status: 401 },
    {
      name: 'lower case',
      given: answer(303, '', { location: 'https://h/sso/login' }),
      code: 'not_authenticated',
      status: 401,
    },
    {
      name: 'other redirect',
      given: answer(302, '', { location: 'https://api.ibkr.com/x' }),
      code: 'upstream_status',
      status: 502,
    },
    { name: '403', given: answer(403), code: 'upstream_client_error', status: 403 },
    { name: '411', given: answer(411), code: 'upstream_client_error', status: 411 },
    { name: '429', given: answer(429), code: 'upstream_status', status: 429 },
    { name: '500', given: answer(500), code: 'upstream_status', status: 500 },
    { name: '503', given: answer(503), code: 'upstream_status', status: 503 },
    { name: '601', given: answer(601), code: 'upstream_status', status: 502 },
    { name: 'a page', given: answer(200, '<html></html>'), code: 'upstream_decode_error', status: 502 },
    { name: 'nothing', given: answer(200), code: 'upstream_decode_error', status: 502 },
    { name: 'a list', given: answer(200, '[]'), code: 'upstream_decode_error', status: 502 },
    { name: 'null', given: answer(200, 'null'), code: 'upstream_decode_error', status: 502 },
  ];
  test.each(rows)('$name', ({ given, code, status }) => {
    const refusal = (): unknown => healthOf(given);
    expect(refusal).toThrow(Problem);
    expect(refusal).toThrow(expect.objectContaining({ code, status }));
  });
});
