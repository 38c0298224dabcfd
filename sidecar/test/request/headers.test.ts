import { expect, test } from '@jest/globals';
import { answerHeaders, requestHeaders } from '../../src/request/headers.ts';
import { answer } from './operations.ts';

const gateway = { origin: 'https://localhost:5000', prefix: '' };

test('only what IBKR needs is sent on, with the Gateway’s own origin', () => {
  const sent = requestHeaders(
    {
      host: 'localhost:8080',
      accept: 'application/json',
      'user-agent': 'bot/1',
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
      authorization: 'Bearer secret',
      cookie: 'a=b',
      'cf-access-jwt-assertion': 'x',
      'x-bezant-debug-token': 'x',
      'x-forwarded-for': '1.2.3.4',
      'x-request-id': 'r',
      connection: 'keep-alive, accept-language',
      'accept-language': 'de',
      origin: 'http://localhost:8080',
      referer: 'http://localhost:8080/page?x=1#y',
    },
    gateway.origin,
  );
  expect(sent).toEqual({
    accept: 'application/json',
    'user-agent': 'bot/1',
    'content-type': 'application/json',
    origin: 'https://localhost:5000',
    referer: 'https://localhost:5000/page?x=1',
  });
});

test.each([
  [undefined, 'https://localhost:5000/'],
  ['not a url', 'https://localhost:5000/'],
  ['https://evil.example/path', 'https://localhost:5000/path'],
])('Referer %s is sent as %s', (referer, want) => {
  expect(requestHeaders(referer === undefined ? {} : { referer }, gateway.origin)['referer']).toBe(want);
});

test('what belongs to the connection, the session or the Gateway’s origin stays here', () => {
  const kept = answerHeaders(
    answer(
      {},
      {
        headers: {
          'content-type': 'application/json',
          'content-length': '2',
          'transfer-encoding': 'chunked',
          connection: 'x-hop',
          'x-hop': '1',
          'set-cookie': ['x-sess-uuid=1'],
          'strict-transport-security': 'max-age=600',
          'server-timing': 'cdn',
          'access-control-allow-origin': '*',
          'x-response-time': '5ms',
          link: ['a', 'b'],
        },
      },
    ),
    gateway,
  );
  expect(kept).toEqual({
    'content-type': 'application/json',
    'x-response-time': '5ms',
    link: ['a', 'b'],
    'x-content-type-options': 'nosniff',
  });
});

test.each([
  ['{"status":true}', 'application/json; charset=utf-8'],
  [' [1]', 'application/json; charset=utf-8'],
  ['Access Denied', 'text/plain; charset=utf-8'],
  ['<html>', 'text/plain; charset=utf-8'],
  ['', undefined],
])('a body %j without a type is %s', (body, want) => {
  const given = { status: 200, headers: {}, body: Buffer.from(body) };
  expect(answerHeaders(given, gateway)['content-type']).toBe(want);
});
