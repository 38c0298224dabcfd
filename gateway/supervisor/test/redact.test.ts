import { describe, expect, test } from '@jest/globals';

import { redact } from '../src/redact.ts';

const secrets = ['5ec7e7', 'c0ffee'];

describe('secrets go', () => {
  test.each([
    // As the Gateway writes them.
    [
      '12:00:00 DEBUG x CookieManager : added cookie JSESSIONID / 5ec7e7',
      '12:00:00 DEBUG x CookieManager : added cookie [masked]',
    ],
    ['replaced cookie: XYZAB path=/sso old=5ec7e7 new=c0ffee', 'replaced cookie: [masked]'],
    ['capture cookies from server request [USERID=5ec7e7]', 'capture cookies from server request [masked]'],
    ['Remapping Set-cookies api=5ec7e7 -> api=c0ffee', 'Remapping Set-cookies [masked]'],
    [
      'auth brokerage, k=5ec7e75ec7e75ec7, post={"machineId":"c0ffee"}',
      'auth brokerage, k=[masked], post={"machineId":"[masked]"}',
    ],
    ["can't authenticate yet K 5ec7e75ec7e75ec7, user john", "can't authenticate yet K [masked], user john"],
    ['Current MAC address : 02-42-AC-5E-C7-E7', 'Current MAC address : [masked]'],
    ['mac 02:42:ac:5e:c7:e7.', 'mac [masked].'],
    ['tst token generated: 5ec7e7 c0ffee', 'tst token generated: [masked]'],
    [
      '-> POST /sso/AuthenticateST?ACTION=COMPLETE&CHALLENGE_RESPONSE=5ec7e7|12ms',
      '-> POST /sso/AuthenticateST?ACTION=COMPLETE&CHALLENGE_RESPONSE=[masked]',
    ],
    [
      'portal validate response: {"USER_ID":1234567,"USER_NAME":"john","EXPIRES":1}',
      'portal validate response: {"USER_ID":"[masked]","USER_NAME":"john","EXPIRES":1}',
    ],
    ['{"session":"5ec7e7","ssoExpires":600000}', '{"session":"[masked]","ssoExpires":600000}'],
    ['{"st":"5ec7e7"}', '{"st":"[masked]"}'],
    ['{"challenge" : "5ec7e7"}', '{"challenge" : "[masked]"}'],
    // Headers, in any way they are told.
    ['> Cookie: REGION=; USERID=5ec7e7; api={"session":"c0ffee"}', '> Cookie: [masked]'],
    ['set-cookie: x-sess-uuid=0.5ec7e7.17; secure; HttpOnly', 'set-cookie: [masked]'],
    ['Authorization: Bearer 5ec7e7', 'Authorization: [masked]'],
    ['X-Api-Key=5ec7e7', 'X-Api-Key=[masked]'],
    ['{"msg":"sent Cookie: a=\\"5ec7e7\\"; b=c0ffee","n":1}', '{"msg":"sent Cookie: [masked]","n":1}'],
    [
      '{"headers":{"set-cookie":["a=5ec7e7; Path=/","b=c0ffee"],"date":"x"}}',
      '{"headers":{"set-cookie":"[masked]","date":"x"}}',
    ],
    [
      '{"msg":"body {\\"session\\":\\"5ec7e7\\",\\"n\\":1}"}',
      '{"msg":"body {\\"session\\":\\"[masked]\\",\\"n\\":1}"}',
    ],
    ['{"cookie":"a=\\"5ec7e7\\"; b=c0ffee","n":1}', '{"cookie":"[masked]","n":1}'],
    // Queries, forms and texts.
    ['GET /v1/api/ws?oauth_token=5ec7e7&x=1', 'GET /v1/api/ws?oauth_token=[masked]&x=1'],
    ['GET /debug/jar?token=5ec7e7 HTTP/1.1', 'GET /debug/jar?token=[masked] HTTP/1.1'],
    ['?tst=5ec7e7', '?tst=[masked]'],
    ['JSESSIONID=5ec7e7; Path=/', 'JSESSIONID=[masked]; Path=/'],
    ['x-sess-uuid=0.5ec7e7.17', 'x-sess-uuid=[masked]'],
    ['XYZAB_AM.LOGIN=5ec7e7', 'XYZAB_AM.LOGIN=[masked]'],
    ['session=5ec7e7-c0ffee-1234', 'session=[masked]'],
    ['sslPwd: 5ec7e7', 'sslPwd: [masked]'],
    ['postgres://john:5ec7e7@db/x', 'postgres://[masked]@db/x'],
    ['used bearer abc5ec7e7abc.', 'used bearer [masked]'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1ZWM3ZTcifQ.5ec7e7 is bad', 'jwt [masked] is bad'],
  ])('%s', (given, want) => {
    expect(redact(given)).toBe(want);
    for (const secret of secrets) expect(redact(given)).not.toContain(secret);
    expect(redact(redact(given))).toBe(want);
    if (given.startsWith('{')) expect(() => void JSON.parse(redact(given))).not.toThrow();
  });
});

describe('the rest stays', () => {
  test.each([
    'An API key was made, shown this once and kept in /data/api-key:',
    'q2l3v0hXbJm4y6zKx8T1s5w7r9u0e2i4o6p8a1d3f5g',
    '{"level":"info","time":"2026-11-24T14:54:16.000Z","from":"live","to":"login-required","msg":"The session is login-required (was live): IBKR asks for a login."}',
    '{"level":"info","msg":"A login came through: the cookies of the last one are gone"}',
    '{"level":"warn","requestId":"0b6f5f3e-8a53-4a0e-9a63-2f0f0a1b2c3d","operation":"getSessionToken","msg":"The Gateway failed getSessionToken: upstream_timeout"}',
    '{"level":"info","principal":"1f3870be","tool":"place_order","msg":"Tool place_order: ok"}',
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'SHA-256 fingerprint AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89',
    '14:54:16.701 INFO  main GatewayStart         : config ../root/conf.yaml',
    '14:54:16.890 INFO  vert.x-eventloop-thread-0 GatewayVerticle      : Java Version: 17.0.15',
    '14:54:16.890 INFO  vert.x-eventloop-thread-0 CookieManager        : cookie jar is empty',
    'Open https://localhost:5000 to login',
    'for any issues, please contact api@ibkr.com',
    'tickle cp session failed 401',
    'Basic authentication is off; a bearer token is needed',
    'BEZANT_API_KEYS must be keys of at least 16 characters',
    '2026-11-24 12:34:56 12-34-56',
    'Listening on http://0.0.0.0:8080, admin on http://0.0.0.0:9090: 186 operations, ready after 412 ms',
    'session: live',
    'authenticated to cp',
  ])('%s', (line) => {
    expect(redact(line)).toBe(line);
  });
});

test('a long line costs no more than its length', () => {
  const parts = ['"cookie":[', '\\"session\\":\\"', 'Cookie', '://a', 'k ', 'eyJ', '02:42:ac:', 'token ='];
  const took = parts.map((part) => {
    const startedAt = performance.now();
    redact(part.repeat(100_000 / part.length));
    return performance.now() - startedAt;
  });
  expect(Math.max(...took)).toBeLessThan(1_000);
});
