import SwaggerParser from '@apidevtools/swagger-parser';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { generatedFolder, loadContract } from '../src/contract.ts';
import { createOpenapi } from '../src/openapi.ts';

const { operations } = loadContract();
const composed = [
  {
    path: '/accounts/{accountId}/positions/all',
    operation: 'allPositions',
    summary: 'Returns every position.',
    parameters: [{ name: 'sort', in: 'query', required: false, type: 'string' } as const],
  },
];

interface Described {
  operationId: string;
  tags: string[];
  summary?: string;
  security?: unknown;
  'x-bezant-safety'?: string;
  'x-bezant-operation'?: string;
  parameters?: { name: string; in: string; required?: boolean; schema?: unknown }[];
  requestBody?: unknown;
  responses: Record<string, { $ref?: string; content?: Record<string, { schema?: { $ref?: string } }> }>;
}

interface Document {
  openapi: string;
  servers: unknown;
  security: unknown[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Described>>;
  components: Record<string, Record<string, unknown>>;
}

const started: { stop: () => void }[] = [];
afterAll(() => {
  for (const { stop } of started) stop();
});

async function serve(over: Partial<Parameters<typeof createOpenapi>[0]> = {}) {
  const openapi = createOpenapi({
    folder: generatedFolder,
    operations,
    composed,
    version: '1.2.3',
    asksForKeys: true,
    ...over,
  });
  const server = createServer((request, response) => {
    openapi(request, response).catch((error: unknown) => {
      response.writeHead(500).end((error as Error).message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  started.push({ stop: () => server.close() });
  const { port } = server.address() as AddressInfo;
  return async (headers: OutgoingHttpHeaders = {}, method = 'GET') => {
    const request = httpRequest({ port, method, headers, agent: false, path: '/openapi.json' });
    request.end();
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const body = Buffer.concat((await response.toArray()) as Buffer[]);
    return { status: response.statusCode, headers: response.headers, body };
  };
}

describe('the document', () => {
  let document: Document;
  let all: [path: string, method: string, operation: Described][];

  beforeAll(async () => {
    const ask = await serve();
    document = JSON.parse((await ask()).body.toString()) as Document;
    all = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]): (typeof all)[number] => [path, method, operation]),
    );
  });

  test('is valid OpenAPI', async () => {
    // The parser resolves references in place, so it gets a copy.
    const copy = structuredClone(document) as unknown as Parameters<typeof SwaggerParser.validate>[0];
    await SwaggerParser.validate(copy, { resolve: { external: false } });
    expect(document.openapi).toBe('3.1.0');
  });

  test('has every operation that the Gateway serves, where it is served, and no other of IBKR', () => {
    const here = all.filter(([path]) => path.startsWith('/v1/api/'));
    const want = operations
      .filter(({ servedBy }) => servedBy !== 'cloud')
      .map(({ id, method, path }) => `${id} ${method} /v1/api${path}`);
    expect(
      here.map(([path, method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`).sort(),
    ).toEqual(want.sort());
    expect(here.filter(([, , { security }]) => security !== undefined)).toEqual([]);
  });

  test('has every short path of the table', () => {
    const want = operations.flatMap((row) =>
      row.servedBy === 'cloud' ? [] : row.routes.map(({ method, path }) => `${method} ${path}`),
    );
    const found = new Set(all.map(([path, method]) => `${method.toUpperCase()} ${path}`));
    expect(want.length).toBeGreaterThan(10);
    expect(want.filter((route) => !found.has(route))).toEqual([]);
  });

  test('names each operation once and describes it', () => {
    const ids = all.map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(all.filter(([, , { summary }]) => (summary ?? '') === '').map(([path]) => path)).toEqual([]);
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(
      [...new Set(all.flatMap(([, , operation]) => operation.tags))].filter((tag) => !tags.has(tag)),
    ).toEqual([]);
  });

  test('says of each operation how safe it is, as the table has it', () => {
    const rows = new Map(operations.map((row) => [row.id, row.safety]));
    const found = all.map(([path, , operation]) => [path, operation['x-bezant-safety']]);
    expect(found.filter(([, safety]) => safety === undefined)).toEqual([]);
    for (const [, , operation] of all) {
      const behind = operation['x-bezant-operation'] ?? operation.operationId;
      const want = rows.get(behind) ?? (behind === 'debugProbe' ? 'session' : 'read');
      expect([behind, operation['x-bezant-safety']]).toEqual([behind, want]);
    }
  });

  test('tells of problems everywhere', () => {
    for (const [, , { responses }] of all)
      expect(responses['default']).toEqual({ $ref: '#/components/responses/BezantProblem' });
  });

  test('holds no component that nothing refers to', () => {
    const text = JSON.stringify(document);
    const unused = Object.entries(document.components).flatMap(([kind, items]) =>
      Object.keys(items).filter(
        (name) => kind !== 'securitySchemes' && !text.includes(`"#/components/${kind}/${name}"`),
      ),
    );
    expect(unused).toEqual([]);
  });

  test.each<[path: string, method: string, want: object]>([
    [
      '/accounts/{accountId}/positions',
      'get',
      {
        operationId: 'shortGetPaginatedPositions',
        'x-bezant-operation': 'getPaginatedPositions',
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'accountId', in: 'path', required: true }),
          expect.objectContaining({ name: 'page', in: 'query', required: false }),
        ]),
      },
    ],
    [
      '/market/snapshot',
      'get',
      {
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'conids', in: 'query', required: true }),
          expect.objectContaining({
            name: 'fields',
            in: 'query',
            required: false,
            schema: expect.objectContaining({ default: expect.stringContaining('31') }),
          }),
        ]),
      },
    ],
    [
      '/contracts/search',
      'get',
      {
        parameters: expect.arrayContaining([
          { name: 'symbol', in: 'query', required: true, schema: { type: 'string' } },
          { name: 'name', in: 'query', required: false, schema: { type: 'boolean', default: false } },
        ]),
      },
    ],
    ['/accounts/{accountId}/orders', 'post', { requestBody: expect.anything() }],
    [
      '/accounts/{accountId}/positions/all',
      'get',
      {
        operationId: 'allPositions',
        parameters: [
          { name: 'accountId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'sort', in: 'query', required: false, schema: { type: 'string' } },
        ],
      },
    ],
    ['/livez', 'get', { security: [] }],
    ['/debug/probe', 'get', { security: [{ debugToken: [] }] }],
  ])('%s %s', (path, method, want) => {
    expect(document.paths[path]?.[method]).toMatchObject(want);
  });

  test('a short path answers what the operation behind it answers', () => {
    const schemaOf = (path: string): unknown =>
      document.paths[path]?.['get']?.responses['200']?.content?.['application/json']?.schema;
    expect(schemaOf('/accounts')).toBeDefined();
    expect(schemaOf('/accounts')).toEqual(schemaOf('/v1/api/portfolio/accounts'));
  });

  test('asks for keys only where they are asked for', async () => {
    const ask = await serve({ asksForKeys: false });
    const open = JSON.parse((await ask()).body.toString()) as Document;
    expect(document.security).toEqual([{ bearerKey: [] }, { basicKey: [] }, { headerKey: [] }]);
    expect(open.security).toEqual([]);
  });
});

describe('serving', () => {
  test('compressed or not, as asked, with one tag for both', async () => {
    const ask = await serve();
    const plain = await ask();
    const small = await ask({ 'accept-encoding': 'br;q=1, gzip;q=0.8' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(small.body).equals(plain.body)).toBe(true);
    expect(small.body.length * 5).toBeLessThan(plain.body.length);
    expect(small.headers.etag).toBe(plain.headers.etag);
    expect((await ask({ 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined();
  });

  test.each<[name: string, header: (etag: string) => string, want: number]>([
    ['the tag', (etag) => etag, 304],
    ['a list with it', (etag) => `"x", ${etag}`, 304],
    ['its strong form', (etag) => etag.replace('W/', ''), 304],
    ['anything', () => '*', 304],
    ['another', () => 'W/"x"', 200],
  ])('a caller who has %s', async (_name, header, want) => {
    const ask = await serve();
    const { etag = '' } = (await ask()).headers;
    const answer = await ask({ 'if-none-match': header(etag) });
    expect(answer.status).toBe(want);
    expect(answer.body.length > 0).toBe(want === 200);
  });

  test('HEAD has the headers alone', async () => {
    const ask = await serve();
    const answer = await ask({}, 'HEAD');
    expect(answer).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(100_000);
  });

  test('a contract that is missing is looked for again at the next request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bezant-openapi-'));
    started.push({ stop: () => rmSync(folder, { recursive: true }) });
    const ask = await serve({ folder: pathToFileURL(`${folder}/`) });
    expect((await ask()).status).toBe(500);
    copyFileSync(new URL('openapi.json', generatedFolder), join(folder, 'openapi.json'));
    expect((await ask()).status).toBe(200);
  });
});
