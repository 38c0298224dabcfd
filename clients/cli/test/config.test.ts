// What would be used, and where it comes from; never the key.

import { expect, test } from '@jest/globals';
import { bezant } from './stage.ts';

const key = 'hush-this-is-the-key';

test('each setting with its source', async () => {
  const env = { BEZANT_URL: 'http://bezant.example:8080', BEZANT_API_KEY: key, BEZANT_ACCOUNT: 'DU1' };
  const { stdout, code } = await bezant(['config'], env);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    server: 'bezant',
    url: 'http://bezant.example:8080',
    urlFrom: 'BEZANT_URL',
    apiKey: true,
    account: 'DU1',
    verifyTls: false,
  });
  for (const format of ['json', 'table', 'csv']) {
    const shown = await bezant(['config', '-o', format], env);
    expect(shown.stdout + shown.stderr).not.toContain('hush');
  }
});

test.each([
  [{}, [], 'http://127.0.0.1:8080', 'default'],
  [{ BEZANT_URL: '' }, [], 'http://127.0.0.1:8080', 'default'],
  [
    { IBKR_GATEWAY_URL: 'https://localhost:5000/v1/api' },
    [],
    'https://localhost:5000/v1/api',
    'IBKR_GATEWAY_URL',
  ],
  [{ BEZANT_URL: 'http://a:1' }, ['--url', 'http://b:2'], 'http://b:2', '--url'],
])('%j %j', async (env, flags, url, urlFrom) => {
  const { stdout } = await bezant(['config', ...flags], env);
  expect(JSON.parse(stdout)).toMatchObject({ url, urlFrom });
});
