import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from '../src/refresh.ts';
import { bezantNormalizer } from './command.ts';

let dir = '';
let server: Server | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'normalizer-refresh-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(dir, { recursive: true });
});

async function serve(listener: RequestListener): Promise<string> {
  const started = createServer(listener);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/api-docs`;
}

const document = {
  openapi: '3.0.0',
  info: { version: '9.9.9' },
  paths: { '/a': { get: { responses: { 200: { description: 'Grüße' } } } } },
};

test('downloads and imports, letters split between packets included', async () => {
  const bytes = Buffer.from(JSON.stringify({ ...document, 'x-note': 'Grüße' }));
  const cut = bytes.indexOf(0xc3) + 1;
  const url = await serve((_request, response) => {
    response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
  });
  expect(await bezantNormalizer('refresh', '--url', url, '--spec', dir)).toMatchObject({
    exitCode: 0,
    stderr: '',
  });
  expect(JSON.parse(await readFile(join(dir, 'vendor', 'cpapi-9.9.9.json'), 'utf8'))).toEqual({
    ...document,
    'x-note': 'Grüße',
    paths: { '/a': { get: { responses: { 200: {} } } } },
  });
});

test.each<[string, RequestListener, string]>([
  [
    'an error',
    (_request, response) => response.writeHead(503).end('busy'),
    'answered 503: try again, or download it in a browser',
  ],
  ['a web page', (_request, response) => response.end('<html>'), 'is not an OpenAPI document'],
  [
    'half a document',
    (_request, response) => response.end(JSON.stringify(document).slice(0, -5)),
    'is not valid JSON',
  ],
  ['a connection that breaks', (request) => request.socket.destroy(), 'cannot download'],
])('%s changes nothing', async (_name, listener, message) => {
  const { exitCode, stderr } = await bezantNormalizer(
    'refresh',
    '--url',
    await serve(listener),
    '--spec',
    dir,
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^bezant-normalizer: [^\n]+\n$/);
  expect(stderr).toContain(message);
  expect(await readdir(dir)).toEqual([]);
});

test('nobody there', async () => {
  const url = await serve(() => undefined);
  await new Promise((resolve) => server?.close(resolve));
  await expect(download(url, { timeoutMs: 5000 })).rejects.toThrow(/\(ECONNREFUSED\): try again/);
});

test.each<[string, RequestListener]>([
  ['never answers', () => undefined],
  ['stops in the middle', (_request, response) => response.write('{')],
])('a server that %s is given up', async (_name, listener) => {
  const url = await serve(listener);
  await expect(download(url, { timeoutMs: 100 })).rejects.toThrow(/\(no complete answer within 0.1 s\)/);
});

test('a server that does not stop sending is given up', async () => {
  const url = await serve((_request, response) => {
    const more = () => response.write('x'.repeat(10_000), more);
    more();
  });
  await expect(download(url, { timeoutMs: 5000, maxBytes: 100_000 })).rejects.toThrow(
    /sent more than 100000 bytes/,
  );
});
