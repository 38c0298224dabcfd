// The package as it would be published: what is in it, what resolvers make of it, what programs written against it see, and
// how much of it a bundle carries.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { publint } from 'publint';
import { pack, manifest, type Packed } from './packed.ts';
import { sharedStage } from './stage.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const bin = (name: string): string => join(root, 'node_modules/.bin', name);

let packed: Packed;
beforeAll(() => {
  packed = pack();
});
afterAll(() => packed.remove());

function write(name: string, text: string): string {
  const file = join(packed.dir, name);
  writeFileSync(file, text);
  return file;
}

test('it holds what is needed and nothing else', () => {
  const odd = packed.files.filter(
    (path) =>
      !/^(cjs\/)?dist\/[\w/-]+(\.d)?\.(js|ts)$|^(cjs\/)?package\.json$|^README\.md$|^LICENSE-(MIT|APACHE)$/.test(
        path,
      ),
  );
  expect(odd).toEqual([]);
  expect(packed.files).toEqual(expect.arrayContaining(['LICENSE-MIT', 'LICENSE-APACHE', 'README.md']));
});

test.each(['LICENSE-MIT', 'LICENSE-APACHE'])('%s is the project’s', (name) => {
  expect(readFileSync(join(import.meta.dirname, '..', name))).toEqual(readFileSync(join(root, name)));
});

test('it has the version of the rest and needs no other package', () => {
  const { version, dependencies } = manifest('package.json');
  expect({ version, dependencies }).toEqual({
    version: manifest('../../package.json')['version'],
    dependencies: undefined,
  });
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: join(packed.dir, 'node_modules/bezant-client'), pack: false });
  expect(messages).toEqual([]);
});

test('every resolver finds code and types that belong together', async () => {
  const { stdout } = await run(bin('attw'), [packed.tarball, '--format', 'ascii', '--no-color'], {
    encoding: 'utf8',
  });
  expect(stdout).toContain('No problems found');
}, 60_000);

describe('sizes in a bundle, compressed', () => {
  const all = `import * as all from 'bezant-client'; globalThis.kept = all;`;
  const client = `import { createClient } from 'bezant-client'; globalThis.kept = createClient();`;
  const area = (name: string, file: string): string =>
    `import { createTransport } from 'bezant-client'; import { ${name} } from 'bezant-client/areas/${file}';
     globalThis.kept = ${name}(createTransport());`;

  test.each<[string, string, number]>([
    ['one area: orders', area('orders', 'orders'), 6],
    ['one area: portfolio', area('portfolio', 'portfolio'), 6],
    ['one area, the largest', area('contracts', 'contracts'), 6],
    ['the client', client, 30],
    ['everything', all, 30],
  ])('%s', async (_, contents, kibibytes) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: packed.dir },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      // Neither Node's modules nor a browser's: what is not in the language must come from the global object
      platform: 'neutral',
      logLevel: 'silent',
    });
    expect(gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length).toBeLessThan(kibibytes * 1024);
  });
});

describe('types, as programs see them', () => {
  const program = `import { createClient, createTransport, BezantError } from 'bezant-client';
import type { ErrorKind, IndividualPosition, OrderOutcome, TradesResponse } from 'bezant-client';
import { orders } from 'bezant-client/areas/orders';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => undefined;

const client = createClient({ baseUrl: 'http://127.0.0.1:8080', apiKey: 'k', timeoutMs: 1 });
same<Awaited<ReturnType<typeof client.positions>>, IndividualPosition[]>(true);
same<Awaited<ReturnType<typeof client.conidOf>>, number>(true);
same<Awaited<ReturnType<typeof client.placeOrder>>, OrderOutcome>(true);
same<BezantError['kind'], ErrorKind>(true);
const alone = orders(createTransport());
same<ReturnType<typeof alone.getTradeHistory>, Promise<TradesResponse>>(true);
same<typeof alone, typeof client.orders>(true);

const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 200 } as const;
void client.placeOrder('DU1', ticket, { confirm: ['o163'] });
void client.placeOrder('DU1', [ticket, ticket], { confirm: async ({ messageIds }) => messageIds.length > 0 });
void client.orders.getOrderStatus('17');
void client.orders.getOrderStatus(17, { signal: new AbortController().signal });
// @ts-expect-error there is no such side
void client.placeOrder('DU1', { ...ticket, side: 'UP' });
// @ts-expect-error a ticket has a type
void client.placeOrder('DU1', { conid: 1, side: 'BUY', tif: 'DAY' });
// @ts-expect-error undefined is no account
void client.positions(undefined);
// @ts-expect-error no such option
createClient({ url: 'http://127.0.0.1:8080' });
// @ts-expect-error no such topic
void client.events('quotes');

export async function read(): Promise<string> {
  const outcome = await client.placeOrder('DU1', ticket);
  // @ts-expect-error only what was submitted has orders
  void outcome.orders;
  if (outcome.kind === 'question') return outcome.question.messages.join();
  for await (const event of client.events(['orders', 'trades'], { since: 0 })) {
    if (event.topic === 'cursor_expired') return event.message;
    const { order_id }: { order_id: string | null } = event;
    return order_id ?? '';
  }
  return '';
}
`;

  test.each<[string, string, string]>([
    ['an ES module, as Node resolves', 'program.mts', 'nodenext'],
    ['CommonJS, as Node resolves', 'program.cts', 'nodenext'],
    ['a bundler', 'program.ts', 'bundler'],
  ])(
    '%s',
    async (_, name, moduleResolution) => {
      write(name, program);
      const compilerOptions = {
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        module: moduleResolution === 'bundler' ? 'es2022' : moduleResolution,
        moduleResolution,
        target: 'es2022',
        lib: ['es2022', 'dom'],
        types: [],
      };
      const project = write(`${name}.json`, JSON.stringify({ compilerOptions, files: [name] }));
      const said = await run(bin('tsc'), ['-p', project]).then(
        () => '',
        (error: unknown) => (error as { stdout: string }).stdout,
      );
      expect(said).toBe('');
    },
    60_000,
  );

  test('and in a program that knows Node and no browser', async () => {
    write('node.mts', program);
    const project = write(
      'node.json',
      JSON.stringify({
        extends: join(root, 'tsconfig.base.json'),
        compilerOptions: {
          composite: false,
          noEmit: true,
          skipLibCheck: false,
          lib: ['es2024'],
          typeRoots: [join(root, 'node_modules/@types')],
        },
        files: ['node.mts'],
      }),
    );
    const said = await run(bin('tsc'), ['-p', project]).then(
      () => '',
      (error: unknown) => (error as { stdout: string }).stdout,
    );
    expect(said).toBe('');
  }, 60_000);
});

describe('running', () => {
  const stage = sharedStage({ env: { BEZANT_EVENTS_ENABLED: 'true' } });
  const works = {
    authenticated: true,
    hasPositions: true,
    refused: 'BezantError not-found',
    event: 'marketdata',
    quote: 'string',
  };
  const esm = `import * as client from 'bezant-client';
import { tour } from './tour.mjs';
console.log(JSON.stringify(await tour(client, process.argv[2])));
process.exit(0);
`;
  const cjs = `const client = require('bezant-client');
import('./tour.mjs')
  .then(({ tour }) => tour(client, process.argv[2]))
  .then((result) => { console.log(JSON.stringify(result)); process.exit(0); });
`;

  async function toured(command: string, args: readonly string[]): Promise<unknown> {
    const { stdout } = await run(command, [...args, stage().sidecar.url], {
      cwd: packed.dir,
      timeout: 60_000,
    });
    return JSON.parse(stdout) as unknown;
  }

  test('in Node, as an ES module and as CommonJS', async () => {
    expect(await toured(process.execPath, [write('esm.mjs', esm)])).toEqual(works);
    expect(await toured(process.execPath, [write('cjs.cjs', cjs)])).toEqual(works);
  });

  test.each<[string, string[]]>([
    ['deno', ['run', '--quiet', '--allow-all', '--node-modules-dir=manual']],
    ['bun', ['run']],
  ])(
    'in %s, where it is installed',
    async (name, args) => {
      const command = (process.env['PATH'] ?? '')
        .split(delimiter)
        .map((dir) => join(dir, name))
        .find((file) => existsSync(file));
      if (command === undefined) {
        console.info(`${name} is not on the PATH: the client is not tried in it.`);
        return;
      }
      write('package.json', '{ "type": "module", "dependencies": { "bezant-client": "*" } }');
      expect(await toured(command, [...args, write('esm.mjs', esm)])).toEqual(works);
    },
    60_000,
  );
});
