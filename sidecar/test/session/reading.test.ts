// What answers say about the session.

import { describe, expect, test } from '@jest/globals';
import { Problem, problemKinds, type ProblemCode } from '../../src/errors.ts';
import { readPassing, readSession, type Hint, type Reading } from '../../src/session/reading.ts';
import { answer, competing, live, loggedOut, loginRedirect, tickled, withoutBrokerage } from './answers.ts';

const secrets = /0123456789abcdef|12345678|02:00:00/;

describe('an answer about the session', () => {
  const rows: { name: string; given: Parameters<typeof readSession>[0]; want: Reading['event'] }[] = [
    { name: 'auth/status of a session', given: answer(200, live), want: 'authenticated' },
    { name: 'tickle of a session', given: answer(200, tickled(live)), want: 'authenticated' },
    { name: 'ssodh/init that worked', given: answer(200, { passed: true, ...live }), want: 'authenticated' },
    {
      name: 'auth/status without brokerage',
      given: answer(200, withoutBrokerage),
      want: 'not-authenticated',
    },
    {
      name: 'tickle without brokerage',
      given: answer(200, tickled(withoutBrokerage)),
      want: 'not-authenticated',
    },
    {
      name: 'authenticated but not connected',
      given: answer(200, { ...live, connected: false }),
      want: 'not-authenticated',
    },
    { name: 'competing', given: answer(200, competing), want: 'competing' },
    {
      name: 'competing although authenticated',
      given: answer(200, { ...live, competing: true }),
      want: 'competing',
    },
    {
      name: 'tickle whose iserver has no bridge',
      given: answer(200, { iserver: { error: 'no bridge' } }),
      want: 'not-authenticated',
    },
    { name: 'only hmds has no bridge', given: answer(200, tickled(live)), want: 'authenticated' },
    { name: 'tickle of a dead session', given: answer(200, { error: 'no session' }), want: 'logged-out' },
    { name: 'the Gateway’s own word', given: answer(200, { error: 'not logged in' }), want: 'logged-out' },
    { name: '401', given: loggedOut, want: 'logged-out' },
    { name: '401 with a problem', given: answer(401, { title: 'Unauthorized' }), want: 'logged-out' },
    { name: 'redirect to the login', given: loginRedirect, want: 'logged-out' },
    {
      name: 'absolute redirect',
      given: answer(302, '', { location: 'https://x/sso/Dispatcher' }),
      want: 'logged-out',
    },
    { name: 'expired, as the Gateway says it', given: answer(601), want: 'logged-out' },
    {
      name: '400 no bridge',
      given: answer(400, { error: 'Bad Request: no bridge', statusCode: 400 }),
      want: 'not-authenticated',
    },
    {
      name: '400 in older words',
      given: answer(400, { error: 'Init session first' }),
      want: 'not-authenticated',
    },
    { name: '400 of another kind', given: answer(400, { error: 'Bad Request' }), want: null },
    {
      name: 'redirect elsewhere',
      given: answer(302, '', { location: 'https://api.ibkr.com/tickle' }),
      want: null,
    },
    { name: '404', given: answer(404, '<html></html>'), want: null },
    { name: 'the address filter', given: answer(404, 'Access Denied'), want: 'unreachable' },
    { name: '429', given: answer(429, { error: 'slow down' }), want: null },
    { name: '500', given: answer(500, { error: 'no' }), want: 'outage' },
    { name: '503', given: answer(503), want: 'outage' },
    { name: 'a page instead of JSON', given: answer(200, '<html>Maintenance</html>'), want: 'outage' },
    { name: 'no body', given: answer(200), want: 'outage' },
    { name: 'a list', given: answer(200, []), want: 'outage' },
    {
      name: 'an object about something else',
      given: answer(200, { session: 'x', ssoExpires: 1 }),
      want: null,
    },
    { name: 'a tickle whose iserver says nothing', given: answer(200, { iserver: {} }), want: null },
  ];
  test.each(rows)('$name: $want', ({ given, want }) => {
    const reading = readSession(given);
    expect(reading.event).toBe(want);
    expect(reading.reason).toMatch(/^[A-Z].*\.$/);
    expect(JSON.stringify(reading)).not.toMatch(secrets);
  });

  test('its status is projected', () => {
    expect(readSession(answer(200, tickled(live)))).toEqual({
      event: 'authenticated',
      reason: 'IBKR confirms the brokerage session.',
      status: { authenticated: true, connected: true, competing: false, message: null },
      ssoExpiresMs: 599_000,
    });
  });

  test('IBKR’s own explanation is kept', () => {
    const { reason } = readSession(answer(200, { ...withoutBrokerage, fail: 'Bad token.' }));
    expect(reason).toBe('There is no brokerage session: Bad token.');
  });
});

describe('a call without an answer', () => {
  const wanted: Partial<Record<ProblemCode, Reading['event']>> = {
    upstream_unreachable: 'unreachable',
    upstream_timeout: 'outage',
    upstream_http_error: 'outage',
    upstream_truncated: 'outage',
  };
  test.each(Object.keys(problemKinds) as ProblemCode[])('%s', (code) => {
    expect(readSession(new Problem(code, 'x')).event).toBe(wanted[code] ?? null);
  });
});

describe('a passing answer', () => {
  const rows: { name: string; given: Parameters<typeof readPassing>[0]; want: Omit<Hint, 'reason'> }[] = [
    { name: 'fine', given: answer(200, []), want: { event: null, isCertain: false, isWell: true } },
    {
      name: 'wrong parameter',
      given: answer(400, { error: 'Bad Request: accountId needed' }),
      want: { event: null, isCertain: false, isWell: true },
    },
    { name: '401', given: loggedOut, want: { event: 'logged-out', isCertain: false, isWell: false } },
    {
      name: 'redirect to the login',
      given: loginRedirect,
      want: { event: 'logged-out', isCertain: true, isWell: false },
    },
    {
      name: 'no bridge',
      given: answer(400, { error: 'Bad Request: no bridge' }),
      want: { event: 'not-authenticated', isCertain: true, isWell: false },
    },
    {
      name: '503',
      given: answer(503, { error: 'Order 1 is not found' }),
      want: { event: null, isCertain: false, isWell: false },
    },
    {
      name: 'refused',
      given: new Problem('upstream_unreachable', 'x'),
      want: { event: 'unreachable', isCertain: true, isWell: false },
    },
    {
      name: 'timeout',
      given: new Problem('upstream_timeout', 'x'),
      want: { event: 'outage', isCertain: false, isWell: false },
    },
    {
      name: 'not sent',
      given: new Problem('paced', 'x'),
      want: { event: null, isCertain: false, isWell: true },
    },
  ];
  test.each(rows)('$name', ({ given, want }) => {
    expect(readPassing(given)).toEqual({ ...want, reason: expect.any(String) as unknown });
  });
});
