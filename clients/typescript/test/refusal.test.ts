// Answers as bezant, IBKR and the Gateway give them → errors to branch on.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorKind } from '../src/errors.ts';
import { errorOf, retryAfterMs } from '../src/refusal.ts';

const error = (status: number, text: string, headers: Record<string, string> = {}, isRead = true) =>
  errorOf({ operation: 'GET /x', isRead, status, headers: new Headers(headers), text, now: 0 });

const said = (error: string, statusCode?: number): string => JSON.stringify({ error, statusCode });

describe('what IBKR and the Gateway answer', () => {
  test.each<[string, number, string, ErrorKind, string]>([
    ['nobody is logged in', 401, '', 'login-required', 'GET /x was answered with status 401.'],
    ['the same, in words', 401, 'Access Denied', 'refused', 'Access Denied'],
    ['the Gateway’s address list', 404, 'Access Denied', 'refused', 'Access Denied'],
    [
      'no brokerage session',
      400,
      said('Bad Request: no bridge', 400),
      'no-session',
      'Bad Request: no bridge',
    ],
    ['its older words', 400, said('Init session first'), 'no-session', 'Init session first'],
    [
      'the first call is missing',
      500,
      said('Bad Request: Please query /accounts first', 400),
      'bad-request',
      'Bad Request: Please query /accounts first',
    ],
    [
      'a wrong account',
      400,
      said('Bad Request: accountId is not valid: DU9', 400),
      'not-found',
      'Bad Request: accountId is not valid: DU9',
    ],
    ['a wrong account to switch to', 500, said('Invalid account ID'), 'not-found', 'Invalid account ID'],
    ['an unknown order', 503, said('Order 1 is not found', 503), 'not-found', 'Order 1 is not found'],
    ['an order to cancel', 400, said("OrderID 1 doesn't exist"), 'not-found', "OrderID 1 doesn't exist"],
    ['a size of 0', 500, said('Order size 0 is not valid.'), 'bad-request', 'Order size 0 is not valid.'],
    [
      'JSON in a string',
      500,
      said('{"reason":"Details currently unavailable. Please try again later."}'),
      'unavailable',
      'Details currently unavailable. Please try again later.',
    ],
    [
      'a problem document',
      401,
      '{"type":"/simple","title":"Unauthorized","status":401,"detail":"The access token expired"}',
      'login-required',
      'The access token expired',
    ],
    [
      'a web page',
      404,
      '<html><h1>Resource not found</h1></html>',
      'not-found',
      'GET /x was answered with status 404.',
    ],
    ['too many calls', 429, said('Too many requests'), 'paced', 'Too many requests'],
    ['a restart', 503, said('Service Unavailable', 503), 'unavailable', 'Service Unavailable'],
    ['a POST without a length', 411, '', 'bad-request', 'GET /x was answered with status 411.'],
    ['JSON that is no object', 500, '[]', 'unavailable', 'GET /x was answered with status 500.'],
  ])('%s', (_, status, text, kind, message) => {
    const found = error(status, text);
    expect(found).toMatchObject({ kind, message, status, operation: 'GET /x' });
    expect(found.hint).not.toBe('');
  });
});

test('a problem document of bezant’s is read whole', () => {
  const body = {
    type: 'urn:bezant:problem:bad_request',
    title: 'The request is malformed',
    status: 400,
    detail: 'getMdSnapshot: /query/conids is required.',
    code: 'bad_request',
    message: 'getMdSnapshot: /query/conids is required.',
    hint: 'Correct the members named in `errors` and send it again.',
    requestId: 'r-1',
    errors: [{ pointer: '/query/conids', message: 'is required' }],
  };
  expect(error(400, JSON.stringify(body))).toMatchObject({
    kind: 'bad-request',
    code: 'bad_request',
    message: body.detail,
    hint: body.hint,
    requestId: 'r-1',
    faults: body.errors,
    body,
    isRetryable: false,
  });
});

test('IBKR’s list of faults is one too', () => {
  const text = JSON.stringify({
    title: 'Bad Request',
    status: 400,
    invalidArguments: [{ field: 'conid', description: 'must be a number' }],
  });
  expect(error(400, text).faults).toEqual([{ pointer: 'conid', message: 'must be a number' }]);
});

describe('whether it may be repeated', () => {
  test.each<[string, number, object, { read: boolean; write: boolean }]>([
    ['paced', 429, { code: 'paced' }, { read: true, write: true }],
    ['penalty_box', 429, { code: 'penalty_box' }, { read: true, write: true }],
    ['overloaded', 503, { code: 'overloaded' }, { read: true, write: true }],
    ['shutting_down', 503, { code: 'shutting_down' }, { read: true, write: true }],
    ['IBKR’s own 429', 429, { error: 'slow down' }, { read: true, write: false }],
    ['upstream_timeout', 504, { code: 'upstream_timeout' }, { read: true, write: false }],
    ['upstream_unreachable', 503, { code: 'upstream_unreachable' }, { read: true, write: false }],
    ['no_session', 503, { code: 'no_session' }, { read: true, write: false }],
    ['an unknown order', 503, { error: 'Order 1 is not found' }, { read: false, write: false }],
    ['not_authenticated', 401, { code: 'not_authenticated' }, { read: false, write: false }],
    ['internal', 500, { code: 'internal' }, { read: false, write: false }],
    ['read_only', 403, { code: 'read_only' }, { read: false, write: false }],
  ])('%s', (_, status, body, want) => {
    const text = JSON.stringify(body);
    expect({
      read: error(status, text, {}, true).isRetryable,
      write: error(status, text, {}, false).isRetryable,
    }).toEqual(want);
  });
});

test('every documented problem of bezant’s has a kind that fits its status', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)`\s*\| (\d{3})/gm)].map(([, code = '', status]) => ({
    code,
    status: Number(status),
  }));
  expect(rows.length).toBeGreaterThan(20);
  const odd = rows.filter(({ code, status }) => {
    const { kind } = error(status, JSON.stringify({ code, message: 'm' }));
    return status < 500 && (kind === 'unavailable' || kind === 'server-fault');
  });
  expect(odd).toEqual([]);
});

test.each<[string | null, number | undefined]>([
  ['7', 7000],
  ['0', 0],
  ['Thu, 01 Jan 1970 00:00:09 GMT', 9000],
  ['Thu, 01 Jan 1960 00:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  [null, undefined],
])('Retry-After %j is %j ms', (value, want) => {
  expect(retryAfterMs(value, 0)).toBe(want);
});
