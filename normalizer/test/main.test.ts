import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bezantNormalizer } from './command.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'normalizer-'));
});
afterEach(() => rm(dir, { recursive: true }));

const SPEC = join(import.meta.dirname, '../../spec');

const CLIENT = join(import.meta.dirname, '../../clients/typescript/src/generated');

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

function document(more: object = {}): Record<string, unknown> {
  return {
    openapi: '3.0.0',
    info: { title: 'A title', version: '9.9.9' },
    paths: { '/a': { get: { summary: 'A sentence.', responses: { 200: { description: 'Another.' } } } } },
    ...more,
  };
}

async function file(content: unknown, name = 'document'): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('a wrong command line', () => {
  test.each<[string[], string]>([
    [[], 'no command given'],
    [['normalise'], 'no command normalise'],
    [['import'], 'import takes one FILE'],
    [['import', 'a', 'b'], 'import takes one FILE'],
    [['generate', 'now'], 'generate takes no now'],
    [['generate', '--in', 'x'], 'generate takes no --in'],
    [['normalize', '--in', 'x'], 'normalize needs --in FILE and --out DIR'],
    [['refresh', '--url', 'x'], '--url x is no URL'],
    [['generate', '--chekc'], "Unknown option '--chekc'"],
    [['toString'], 'no command toString'],
  ])('%j', async (args, message) => {
    const { exitCode, stdout, stderr } = await bezantNormalizer(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`bezant-normalizer: ${message}`);
    expect(stderr).toContain('Usage:\n');
  });

  test('--help is none', async () => {
    const { exitCode, stdout, stderr } = await bezantNormalizer('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage:\n {2}bezant-normalizer import FILE/);
  });
});

describe('bad input is one clear line', () => {
  const deep = '['.repeat(200_000);
  const nested = `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`;
  const ref = (to: string) =>
    document({
      components: {
        schemas: {
          A: { $ref: to },
          B: { $ref: '#/components/schemas/C' },
          C: { $ref: '#/components/schemas/B' },
        },
      },
    });
  test.each<[string, unknown, string]>([
    ['nothing', '', 'is empty: get a complete copy of it'],
    ['a list', '[]', 'is not an OpenAPI document: the top level is not an object'],
    ['another JSON', '{"name":"x"}', 'is not an OpenAPI document: it has no "openapi" member'],
    ['prose', 'Not found', 'is not an OpenAPI document: the top level is not an object'],
    ['a web page', '<html><p>Moved</p></html>', 'is not an OpenAPI document'],
    [
      'truncated JSON',
      JSON.stringify(document()).slice(0, -9),
      'is not valid JSON (Unterminated string in JSON at position 151',
    ],
    [
      'broken YAML',
      'a: b: c',
      'is not valid YAML (Nested mappings are not allowed in compact mappings at line 1, column 4)',
    ],
    [
      'Swagger 2',
      { swagger: '2.0', paths: {} },
      'is Swagger 2.0, not OpenAPI 3: convert it to OpenAPI 3 first',
    ],
    ['a later OpenAPI', document({ openapi: '4.0.0' }), 'is OpenAPI 4.0.0: only 3.0 and 3.1 are understood'],
    ['a version that is a number', document({ openapi: 3 }), 'is OpenAPI 3: only 3.0 and 3.1 are understood'],
    ['no paths', { openapi: '3.0.0', info: {} }, 'has no "paths" object: nothing to normalise'],
    ['lists within lists', deep, 'is not valid JSON ('],
    ['objects within objects', nested, 'is nested deeper than 500 levels: this is not an OpenAPI document'],
    [
      'a dangling reference',
      ref('#/components/schemas/Z'),
      '/components/schemas/A leads to #/components/schemas/Z, which is not there',
    ],
    [
      'a reference outside',
      ref('https://host.example/a.json#/A'),
      '/components/schemas/A leads out of the document (https://host.example/a.json#/A)',
    ],
    [
      'references in a circle',
      ref('#/components/schemas/B'),
      '/components/schemas/B leads to #/components/schemas/C, which is not there (or leads back to itself)',
    ],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]`,
      'is not valid YAML (',
    ],
    [
      'structure of the wrong type',
      document({ paths: { '/a': { get: { parameters: {}, responses: [] } } } }),
      'breaks the rule valid-openapi',
    ],
  ])('%s', async (_name, content, message) => {
    const { exitCode, stdout, stderr } = await bezantNormalizer(
      'normalize',
      '--in',
      await file(content),
      '--out',
      join(dir, 'out'),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^bezant-normalizer: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(await readdir(dir)).toEqual(['document']);
  });

  test.each([
    ['a file that is not there', 'nowhere.json', 'ENOENT'],
    ['a folder', '.', 'EISDIR'],
  ])('%s', async (_name, path, reason) => {
    const { exitCode, stderr } = await bezantNormalizer('import', join(dir, path));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^bezant-normalizer: cannot read [^\n]+\\(${reason}\\): give the path of an OpenAPI document\n$`,
      ),
    );
  });
});

describe('normalize', () => {
  async function normalised(content: unknown) {
    const ended = await bezantNormalizer('normalize', '--in', await file(content), '--out', join(dir, 'out'));
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    return JSON.parse(await readFile(join(dir, 'out', 'openapi.json'), 'utf8')) as unknown;
  }

  test('JSON and YAML give the same, numbers as they were written', async () => {
    const fraction = { example: 'FRACTION' };
    const text = JSON.stringify(
      document({ components: { schemas: { A: { type: 'integer', ...fraction } } } }),
    ).replace('"FRACTION"', '1.0');
    const one = await normalised(text);
    const first = await readFile(join(dir, 'out', 'openapi.json'), 'utf8');
    expect(one).toMatchObject({
      openapi: '3.1.0',
      components: { schemas: { A: { type: 'number', examples: [1] } } },
    });
    expect(first).toContain('1.0\n');
    await normalised(
      `openapi: 3.0.0
info: { title: A title, version: 9.9.9 }
paths:
  /a: { get: { summary: A sentence., responses: { 200: { description: Another. } } } }
components: { schemas: { A: { type: integer, example: 1.0 } } }
`,
    );
    expect(await readFile(join(dir, 'out', 'openapi.json'), 'utf8')).toBe(first);
  });

  test('its own output does not change again', async () => {
    await normalised(document());
    const first = await readFile(join(dir, 'out', 'openapi.json'), 'utf8');
    const { stdout } = await bezantNormalizer(
      'normalize',
      '--in',
      join(dir, 'out', 'openapi.json'),
      '--out',
      join(dir, 'again'),
    );
    expect(stdout).toContain('0 repairs');
    expect(await readFile(join(dir, 'again', 'openapi.json'), 'utf8')).toBe(first);
    expect(await readFile(join(dir, 'again', 'findings.json'), 'utf8')).toBe('[]\n');
  });

  test('a schema that contains itself', async () => {
    const N = {
      type: 'object',
      properties: { next: { $ref: '#/components/schemas/N' }, v: { type: 'integer' } },
    };
    const media = { schema: { $ref: '#/components/schemas/N' }, example: { next: { next: { v: 1.5 } } } };
    const answer = { 200: { description: '', content: { 'application/json': media } } };
    expect(
      await normalised(
        document({ paths: { '/a': { get: { responses: answer } } }, components: { schemas: { N } } }),
      ),
    ).toMatchObject({
      components: { schemas: { N: { properties: { v: { type: 'number' } } } } },
    });
  });

  test('10,000 paths', async () => {
    const media = {
      schema: { type: 'object', properties: { a: { type: 'integer' } } },
      examples: { e: { value: { a: 1.5 } } },
    };
    const operation = {
      parameters: [{ name: 'Id', in: 'path', schema: { type: 'string' } }],
      responses: { 200: { description: '', content: { 'application/json': media } } },
    };
    const paths = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`/p${index}/{id}`, { get: operation }]),
    );
    const result = (await normalised(document({ paths }))) as {
      paths: Record<string, { get: { operationId: string } }>;
    };
    expect(Object.keys(result.paths)).toHaveLength(10_000);
    expect(result.paths['/p9999/{id}']?.get.operationId).toBe('get_p9999_id');
  }, 60_000);

  test('where it cannot write it says so', async () => {
    const occupied = await file('', 'occupied');
    const { exitCode, stderr } = await bezantNormalizer(
      'normalize',
      '--in',
      await file(document()),
      '--out',
      occupied,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^bezant-normalizer: cannot write to [^\n]+\n$/);
  });
});

describe('import', () => {
  test('keeps the interface, not the sentences', async () => {
    const { exitCode, stdout } = await bezantNormalizer('import', await file(document()), '--spec', dir);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'spec/vendor/cpapi-9.9.9.json: 1 paths. Next: npm run generate, and review the diff.\n',
    });
    expect(JSON.parse(await readFile(join(dir, 'vendor', 'cpapi-9.9.9.json'), 'utf8'))).toEqual({
      openapi: '3.0.0',
      info: { version: '9.9.9' },
      paths: { '/a': { get: { responses: { 200: {} } } } },
    });
  });

  test.each([
    ['has no version to be named after', { info: { title: 'x' } }, 'has no info.version like 2.28.0'],
    ['has a path for a version', { info: { version: '../../x' } }, 'has no info.version like 2.28.0'],
    [
      'cannot be normalised',
      { components: { schemas: { A: { $ref: '#/components/schemas/Z' } } } },
      'breaks the rule references-resolve',
    ],
  ])('what %s is not taken in', async (_name, more, message) => {
    const { exitCode, stderr } = await bezantNormalizer('import', await file(document(more)), '--spec', dir);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
    expect(await readdir(dir)).toEqual(['document']);
  });
});

describe('generate', () => {
  beforeEach(() => cp(SPEC, join(dir, 'spec'), { recursive: true }));

  test('--check names what is stale, generate repairs it, --check agrees', async () => {
    const spec = join(dir, 'spec');
    const target = join(spec, 'generated', 'openapi.json');
    const right = await readFile(target, 'utf8');
    await writeFile(target, right.slice(0, -1));
    await rm(join(spec, 'generated', 'findings.json'));
    const stale = await bezantNormalizer('generate', '--check', '--spec', spec);
    expect(stale.exitCode).toBe(1);
    expect(stale.stderr).toMatch(
      /^bezant-normalizer: stale in \S+: openapi.json, findings.json; run npm run generate and commit\n$/,
    );
    expect(await readFile(target, 'utf8')).toBe(right.slice(0, -1));
    expect((await bezantNormalizer('generate', '--spec', spec)).exitCode).toBe(0);
    expect(await readFile(target, 'utf8')).toBe(right);
    expect(await bezantNormalizer('generate', '--check', '--spec', spec)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  }, 60_000);

  test('the client’s sources are written and compared where --client says', async () => {
    const [spec, client] = [join(dir, 'spec'), join(dir, 'client')];
    const generate = (...more: string[]) =>
      bezantNormalizer('generate', '--spec', spec, '--client', client, ...more);
    expect((await generate()).exitCode).toBe(0);
    const [written, committed] = [await filesOf(client), await filesOf(CLIENT)];
    expect(written).toEqual(committed);
    await writeFile(join(client, 'orders.ts'), 'by hand');
    const { exitCode, stderr } = await generate('--check');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/: stale in \S+client: orders\.ts; run npm run generate and commit\n$/);
  }, 60_000);

  test('a document that breaks a rule changes nothing on disk', async () => {
    const spec = join(dir, 'spec');
    await rm(join(spec, 'overlay', 'additions-2.29.0.yaml'));
    const before = await readFile(join(spec, 'generated', 'openapi.json'), 'utf8');
    const { exitCode, stderr } = await bezantNormalizer('generate', '--spec', spec);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^bezant-normalizer: the document breaks the rule [^\n]+\n$/);
    expect(await readFile(join(spec, 'generated', 'openapi.json'), 'utf8')).toBe(before);
  });

  test('without a base it says how to get one', async () => {
    const { exitCode, stderr } = await bezantNormalizer('generate', '--spec', join(dir, 'nowhere'));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /holds no cpapi-<version>.json: run npm run spec:import -- FILE with IBKR's document\n$/,
    );
  });
});
