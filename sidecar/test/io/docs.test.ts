// The reference at /docs over HTTP: what it consists of, how it is kept by a browser, and that it is in nobody's way.

import { describe, expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import type { Pairs } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { running } from './running.ts';

const key = 'reference-key-0123456789';
/** Whoever may see the page without a key may see it everywhere. */
const on = running({ BEZANT_AUTH: 'keys', BEZANT_API_KEYS: key });

const rows = [
  { path: '/docs', type: 'text/html; charset=utf-8' },
  { path: '/docs/', type: 'text/html; charset=utf-8' },
  { path: '/docs/page.css', type: 'text/css; charset=utf-8' },
  { path: '/docs/page.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/swagger-ui.css', type: 'text/css; charset=utf-8' },
  { path: '/docs/swagger-ui-bundle.js', type: 'text/javascript; charset=utf-8' },
  { path: '/docs/swagger-ui-bundle.js.LICENSE.txt', type: 'text/plain; charset=utf-8' },
];

describe.each(rows)('$path', ({ path, type }) => {
  test('comes without a key, says what it is, and may use nothing but this server', async () => {
    const answer = await on.send({ path });
    expect(answer.status).toBe(200);
    expect(answer.get('content-type')).toBe(type);
    expect(answer.get('x-content-type-options')).toBe('nosniff');
    const policy = answer.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    const sources = policy
      .split('; ')
      .flatMap((directive) => directive.split(' ').slice(1))
      .toSorted();
    expect([...new Set(sources)]).toEqual(["'none'", "'self'", 'data:']);
    expect(on.gateway.seen()).toEqual([]);
  });

  test('is sent once, compressed', async () => {
    const plain = await on.send({ path });
    const small = await on.send({ path, headers: [['Accept-Encoding', 'gzip, br']] });
    expect(small.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(small.body).equals(plain.body)).toBe(true);
    expect(plain.get('cache-control')).toBe('no-cache');
    const again = await on.send({ path, headers: [['If-None-Match', plain.get('etag') ?? '']] });
    expect(again.status).toBe(304);
    expect(again.body).toHaveLength(0);
    const head = await on.send({ method: 'HEAD', path });
    expect(head.get('content-length')).toBe(String(plain.body.length));
  });

  test('only answers GET and HEAD', async () => {
    const answer = await on.send({ method: 'POST', path, body: '' });
    expectProblem(answer, { status: 405, code: 'method_not_allowed' });
    expect(answer.get('allow')).toBe('GET, HEAD');
  });
});

test('the page loads nothing but what is in this table', async () => {
  const { text } = await on.send({ path: '/docs' });
  const loaded = [...text.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  const known: (string | undefined)[] = rows.map(({ path }) => path);
  expect(loaded.filter((path) => path !== 'data:,' && !known.includes(path))).toEqual([]);
  expect(loaded).toContain('/docs/page.js');
  expect(text).not.toMatch(/<script>|<style|\son\w+=|https?:/);
});

test.each(['/docs/missing', '/docs/page.js/', '/docs/../docs', '/docs/..%2fpackage.json', '/DOCS', '/docs.'])(
  '%s is nothing, and asks nobody',
  async (path) => {
    const headers: Pairs = [['Authorization', `Bearer ${key}`]];
    expectProblem(await on.send({ path }), { status: 401, code: 'api_key_required' });
    expectProblem(await on.send({ path, headers }), { status: 404, code: 'path_refused' });
    expect(on.gateway.seen()).toEqual([]);
  },
);

test('what the page shows needs a key', async () => {
  expectProblem(await on.send({ path: '/openapi.json' }), { status: 401, code: 'api_key_required' });
});
