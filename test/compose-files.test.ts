// What every service of every compose file has, whatever else it does. Whether they start is another test's (test/compose).
import { describe, expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { settings as gatewaySettings } from '../gateway/launcher/src/settings.ts';

const root = join(import.meta.dirname, '..');

interface Service {
  image?: string;
  environment?: string[] | Record<string, string>;
  ports?: string[];
  [key: string]: unknown;
}

interface ComposeFile {
  services: Record<string, Service>;
}

const files = globSync('compose/*.yaml', { cwd: root }).toSorted();
const read = (path: string): ComposeFile =>
  parse(readFileSync(join(root, path), 'utf8'), { merge: true }) as ComposeFile;

/** Every service, with what compose.yaml says of it below what the file itself says. */
const base = read('compose/compose.yaml').services;
const services = files.flatMap((path) =>
  Object.entries(read(path).services).map(([name, own]) => ({
    where: `${basename(path)}: ${name}`,
    service: { ...base[name], ...own },
  })),
);

/** What a variable is when nobody sets it. */
const withDefaults = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1');

/** Those with a HEALTHCHECK in their image. */
const checkedByImage = /^(bezant-combined|bezant-gateway):/;

test('there are files to look at', () => {
  expect(files.map((path) => basename(path))).toEqual([
    'compose.yaml',
    'observability.yaml',
    'simulator.yaml',
    'split.yaml',
    'tunnel.yaml',
  ]);
  expect(services.length).toBeGreaterThan(8);
});

describe.each(services)('$where', ({ service }) => {
  test('can do as little as it needs', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service).not.toHaveProperty('cap_add');
    expect(service).not.toHaveProperty('privileged');
  });

  test('is bounded: memory, processes, log', () => {
    expect(service).toMatchObject({
      mem_limit: expect.stringMatching(/^\d+m$/),
      pids_limit: expect.any(Number),
      logging: { options: { 'max-size': expect.any(String), 'max-file': expect.any(String) } },
    });
  });

  test('comes back, and has time to stop', () => {
    expect(service).toMatchObject({
      restart: 'unless-stopped',
      stop_grace_period: expect.stringMatching(/^\d+s$/),
    });
  });

  test('says how it is', () => {
    if (!checkedByImage.test(withDefaults(service.image ?? '')))
      expect(service).toHaveProperty('healthcheck');
  });

  test('has an image of one version', () => {
    expect(withDefaults(service.image ?? '')).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?$/);
  });

  test('publishes to this machine alone', () => {
    for (const port of service.ports ?? []) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });
});

test('images of ours are of this version', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const ours = services
    .map(({ service }) => withDefaults(service.image ?? ''))
    .filter((image) => image.startsWith('bezant-'));
  expect(new Set(ours)).toEqual(
    new Set(['combined', 'gateway', 'server'].map((name) => `bezant-${name}:${version}`)),
  );
});

test.each([
  { path: 'compose/compose.yaml', service: 'bezant', plan: 'combined' },
  { path: 'compose/split.yaml', service: 'gateway', plan: 'gateway' },
  { path: 'compose/split.yaml', service: 'sidecar', plan: 'server' },
])('$service of $path has longer to stop than the processes of $plan', ({ path, service, plan }) => {
  const { processes } = JSON.parse(
    readFileSync(join(root, 'gateway/supervisor/plans', `${plan}.json`), 'utf8'),
  ) as { processes: { name: string; stopMs: number | { seconds: string; moreMs: number } }[] };
  // One of a name runs: the Gateway or the simulator.
  const seconds = new Map(
    processes.map(({ name, stopMs }) => [
      name,
      typeof stopMs === 'number'
        ? stopMs / 1000
        : Number(/:-(\d+)\}/.exec(stopMs.seconds)?.[1]) + stopMs.moreMs / 1000,
    ]),
  );
  const longestSeconds = [...seconds.values()].reduce((sum, some) => sum + some, 0);
  expect(longestSeconds).toBeGreaterThan(4);
  expect(parseInt(String(read(path).services[service]?.['stop_grace_period']))).toBeGreaterThan(
    longestSeconds,
  );
});

describe('settings', () => {
  const ofTheGateway: string[] = Object.values(gatewaySettings).map(({ env }) => env);
  const names = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^# ([A-Z_\d]+)=/gm)]
    .map(([, name = '']) => name)
    .filter((name) => !ofTheGateway.includes(name));
  // Where things are inside the containers is decided there.
  const decided = [
    'BEZANT_BIND',
    'BEZANT_ADMIN_BIND',
    'BEZANT_DATA_DIR',
    'IBKR_GATEWAY_URL',
    'BEZANT_EVENTS_DB_PATH',
  ];
  const passedOn = names.filter((name) => !decided.includes(name)).toSorted();

  test.each([
    { path: 'compose/compose.yaml', service: 'bezant' },
    { path: 'compose/split.yaml', service: 'sidecar' },
  ])('$path passes every one on to $service', ({ path, service }) => {
    const environment = read(path).services[service]?.environment as string[];
    const given = environment.map((entry) => entry.split('=')[0] ?? '');
    expect(names.length).toBeGreaterThan(decided.length);
    expect(given).toEqual(expect.arrayContaining(passedOn));
    expect(given.filter((name) => decided.includes(name))).toEqual([]);
  });

  test('those of the Gateway are the same together and split', () => {
    const [together, split] = [
      read('compose/compose.yaml').services['bezant'],
      read('compose/split.yaml').services['gateway'],
    ];
    const own = split?.environment as string[];
    const ofTheImage = ['BEZANT_GATEWAY_PORT', 'BEZANT_JAVA'];
    expect(own).toEqual(expect.arrayContaining(ofTheGateway.filter((name) => !ofTheImage.includes(name))));
    expect(together?.environment).toEqual(expect.arrayContaining(own));
  });
});

describe('example.env', () => {
  const text = readFileSync(join(root, 'compose/example.env'), 'utf8');

  test('has no variable that no file reads', () => {
    const known = files.map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
    const told = [...text.matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(([, name = '']) => name);
    expect(told.length).toBeGreaterThan(5);
    expect(told.filter((name) => !name.startsWith('COMPOSE_') && !known.includes(name))).toEqual([]);
  });

  test('has every variable without a default', () => {
    const wanted = files.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name),
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.filter((name) => !text.includes(`${name}=`))).toEqual([]);
  });
});
