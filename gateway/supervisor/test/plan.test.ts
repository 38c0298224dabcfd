import { describe, expect, test } from '@jest/globals';

import { readFileSync } from 'node:fs';

import { parsePlan, planPath, type Plan } from '../src/plan.ts';
import { Faults } from '../src/shape.ts';

const plan = (...processes: object[]): string => JSON.stringify({ processes });
const ready = { url: 'http://127.0.0.1:1/', deadlineMs: 1 };

function faultsOf(json: string, env: Record<string, string> = {}): string[] {
  try {
    parsePlan(json, env);
  } catch (error) {
    if (error instanceof Faults) return error.lines;
    throw error;
  }
  return [];
}

test('fills in what is left out', () => {
  expect(parsePlan(plan({ name: 'a', command: 'x', ready }), {})).toEqual({
    admin: null,
    banner: [],
    processes: [
      {
        name: 'a',
        command: 'x',
        args: [],
        env: {},
        listens: [],
        ready: { ...ready, status: [200], everyMs: 250, timeoutMs: 3_000, insecure: false },
        watch: null,
        restart: { minMs: 500, maxMs: 30_000, budget: 5, windowMs: 300_000 },
        stopMs: 10_000,
        final: [],
        mayRestart: [],
      },
    ],
  });
});

test.each([
  { given: '${A}', env: { A: 'x' }, want: 'x' },
  { given: '${A:-y}', env: { A: 'x' }, want: 'x' },
  { given: '${A:-y}', env: {}, want: 'y' },
  { given: '${A:-y}', env: { A: '' }, want: 'y' },
  { given: '${A:-}', env: {}, want: '' },
  { given: 'p${A:-1}q${B:-2}r', env: { B: '3' }, want: 'p1q3r' },
  { given: '$A {A} ${}', env: { A: 'x' }, want: '$A {A} ${}' },
  { given: '${A:-h:${B:-8}}/', env: {}, want: 'h:8/' },
  { given: '${A:-h:${B:-8}}/', env: { B: '9' }, want: 'h:9/' },
  { given: '${A:-h:${B}}/', env: { A: 'x' }, want: 'x/' },
  { given: '${A}', env: { A: '${B} $1 $&' }, want: '${B} $1 $&' },
  { given: '${A:-never closed', env: {}, want: '${A:-never closed' },
])('expands $given with $env', ({ given, env, want }) => {
  const json = plan({ name: 'a', command: 'x', args: [given], env: { E: given } });
  expect(parsePlan(json, env).processes[0]).toMatchObject({ args: [want], env: { E: want } });
});

test.each([
  { given: '{', want: [/^is not JSON: /] },
  { given: '[]', want: [/^: must be an object/] },
  { given: '{}', want: [/^processes: must be a list/] },
  { given: plan(), want: [/^processes: must name at least one process/] },
  { given: plan({ name: 'a', command: 'x' }, { name: 'a', command: 'y' }), want: [/uses a name twice: a/] },
  {
    given: plan({ nmae: 'a', command: 7, stopMs: 0.5 }),
    want: [
      /^processes\[0\]\.name: must be a non-empty text/,
      /^processes\[0\]\.command: must be a non-empty text/,
      /^processes\[0\]\.stopMs: must be a whole number of at least 1/,
      /^processes\[0\]\.nmae: is not known here \(known: name, command/,
    ],
  },
  {
    given: plan({ name: 'a', command: 'x', ready: { url: 'ftp://x', deadlineMs: 1 } }),
    want: [/ready\.url: must be an http or https URL/],
  },
  {
    given: plan({
      name: 'a',
      command: 'x',
      ready: { url: 'https://example.com/', deadlineMs: 1, insecure: true },
    }),
    want: [/ready: insecure is for loopback addresses only/],
  },
  {
    given: plan({ name: 'a', command: 'x', watch: { everyMs: 1, failures: 1 } }),
    want: [/^processes\[0\]: watch needs ready/],
  },
  {
    given: plan({ name: 'a', command: 'x', listens: [{ address: 'here', setting: 'PORT' }] }),
    want: [/listens\[0\]: PORT must be host:port, or a port alone/],
  },
  {
    given: plan({ name: '${NAME}', command: '${COMMAND}' }),
    want: [/environment variable NAME, which is not set/, /environment variable COMMAND, which is not set/],
  },
])('refuses $given', ({ given, want }) => {
  const lines = faultsOf(given);
  expect(lines).toHaveLength(want.length);
  want.forEach((pattern, index) => expect(lines[index]).toMatch(pattern));
});

test.each(['https://localhost:5000/', 'https://127.8.9.1/', 'https://[::1]:5000/'])(
  '%s may be insecure',
  (url) => {
    expect(
      faultsOf(plan({ name: 'a', command: 'x', ready: { url, deadlineMs: 1, insecure: true } })),
    ).toEqual([]);
  },
);

test('what does not count is left out, with its references; names are unique among the rest', () => {
  const processes = [
    { name: 'a', command: 'real', when: 'REAL', args: ['${NOT_SET}'] },
    { name: 'a', command: 'false', unless: 'REAL', env: { B: { when: 'REAL', value: 'x' }, C: '1' } },
  ];
  const banner = ['one', { when: 'REAL', value: 'two' }, { unless: 'REAL', value: 'three' }];
  const json = JSON.stringify({ banner, processes });
  expect(parsePlan(json, { REAL: 'no' })).toMatchObject({
    banner: ['one', 'three'],
    processes: [{ command: 'false', env: { C: '1' } }],
  });
  expect(parsePlan(json, { REAL: 'ON', NOT_SET: 'y' })).toMatchObject({
    banner: ['one', 'two'],
    processes: [{ command: 'real', args: ['y'] }],
  });
  expect(faultsOf(json, { REAL: 'maybe' })).toEqual([
    'REAL must say yes or no: 1, 0, true, false, yes, no, on, off',
  ]);
  expect(faultsOf(plan({ name: 'a', command: 'x', when: 7 }))[0]).toMatch(
    /must name an environment variable/,
  );
});

test.each([
  { given: 'http://127.0.0.1:9090/livez', want: 'http://127.0.0.1:9090/livez' },
  { given: 'http://0.0.0.0:9090/livez', want: 'http://127.0.0.1:9090/livez' },
  { given: 'http://[::]:9090/livez', want: 'http://[::1]:9090/livez' },
  { given: 'http://9090/livez', want: 'http://127.0.0.1:9090/livez' },
  { given: 'http://:9090/livez', want: 'http://127.0.0.1:9090/livez' },
  { given: 'https://bezant.lan/livez', want: 'https://bezant.lan/livez' },
])('asks $want for $given', ({ given, want }) => {
  const json = plan({ name: 'a', command: 'x', ready: { url: given, deadlineMs: 1 } });
  expect(parsePlan(json, {}).processes[0]?.ready?.url).toBe(want);
});

const shipped = (name: string, env: Record<string, string>): Plan =>
  parsePlan(readFileSync(planPath(name), 'utf8'), env);
const named = ({ processes }: Plan): string[] => processes.map(({ name, command }) => `${name} ${command}`);

describe('the shipped plans', () => {
  test.each([
    { name: 'demo', env: {}, want: ['gateway bezant-simulator', 'sidecar bezant-server'] },
    { name: 'combined', env: {}, want: ['gateway bezant-gateway', 'sidecar bezant-server'] },
    {
      name: 'combined',
      env: { BEZANT_DEMO: '1' },
      want: ['gateway bezant-simulator', 'sidecar bezant-server'],
    },
    { name: 'gateway', env: { BEZANT_DEMO: 'false' }, want: ['gateway bezant-gateway'] },
    { name: 'gateway', env: { BEZANT_DEMO: 'yes' }, want: ['gateway bezant-simulator'] },
    { name: 'server', env: {}, want: ['sidecar bezant-server'] },
  ])('$name with $env: $want', ({ name, env, want }) => {
    expect(named(shipped(name, env))).toEqual(want);
  });

  test('a setting moves every mention of a port', () => {
    const [gateway, sidecar] = shipped('demo', { BEZANT_DEMO_GATEWAY_PORT: '5099' }).processes;
    expect(gateway).toMatchObject({
      args: expect.arrayContaining(['5099']),
      listens: [{ address: { host: '127.0.0.1', port: 5099 } }],
      ready: { url: expect.stringContaining(':5099/') },
    });
    expect(sidecar?.env).toMatchObject({ IBKR_GATEWAY_URL: 'https://localhost:5099/v1/api' });
  });

  test.each([
    { env: {}, bind: '0.0.0.0:8080', ask: 'http://127.0.0.1:9090/livez' },
    { env: { PORT: '3000' }, bind: '0.0.0.0:3000', ask: 'http://127.0.0.1:9090/livez' },
    {
      env: { PORT: '3000', BEZANT_BIND: '127.0.0.1:81' },
      bind: '127.0.0.1:81',
      ask: 'http://127.0.0.1:9090/livez',
    },
    {
      env: { BEZANT_BIND: '8443', BEZANT_ADMIN_BIND: '9191' },
      bind: '8443',
      ask: 'http://127.0.0.1:9191/livez',
    },
    { env: { BEZANT_ADMIN_BIND: '[::]:9191' }, bind: '0.0.0.0:8080', ask: 'http://[::1]:9191/livez' },
  ])('listens where the settings say: $env', ({ env, bind, ask }) => {
    for (const name of ['combined', 'server']) {
      const sidecar = shipped(name, env).processes.at(-1);
      expect(sidecar).toMatchObject({ env: { BEZANT_BIND: bind }, ready: { url: ask } });
    }
  });

  test('the server is not killed before the deadline that it has itself', () => {
    const stopMs = (env: Record<string, string>): unknown => shipped('combined', env).processes[1]?.stopMs;
    expect([stopMs({}), stopMs({ BEZANT_SHUTDOWN_SECS: '60' })]).toEqual([15_000, 65_000]);
    expect(faultsOf(readFileSync(planPath('server'), 'utf8'), { BEZANT_SHUTDOWN_SECS: 'soon' })).toEqual([
      'processes[0].stopMs.seconds: must be a whole number',
    ]);
  });

  test('a wrong address is told by the name of its setting', () => {
    const json = readFileSync(planPath('combined'), 'utf8');
    expect(faultsOf(json, { BEZANT_BIND: 'x', BEZANT_SUPERVISOR_BIND: 'y' })).toEqual([
      'admin: BEZANT_SUPERVISOR_BIND must be host:port, or a port alone',
      'processes[1].listens[0]: BEZANT_BIND must be host:port, or a port alone',
    ]);
  });

  test('nobody gets the settings of another, and only the demo opens without a key', () => {
    const [gateway, sidecar] = shipped('combined', {}).processes;
    expect(gateway?.env).toMatchObject({ BEZANT_API_KEYS: null, BEZANT_DATABASE_URL: null });
    expect(sidecar?.env).toMatchObject({ BEZANT_GATEWAY_HEAP_MB: null, BEZANT_SUPERVISOR_BIND: null });
    for (const name of ['BEZANT_AUTH', 'BEZANT_DATA_DIR', 'BEZANT_GATEWAY_CA'])
      expect(sidecar?.env).not.toHaveProperty(name);
    const demo = shipped('combined', { BEZANT_DEMO: '1', BEZANT_DATA_DIR: '/data' }).processes[1];
    expect(demo?.env).toMatchObject({
      BEZANT_AUTH: 'none',
      BEZANT_DATA_DIR: '/data/demo',
      BEZANT_GATEWAY_CA: null,
    });
    expect(shipped('combined', { BEZANT_DEMO: '1', BEZANT_AUTH: 'keys' }).processes[1]?.env).toMatchObject({
      BEZANT_AUTH: 'keys',
    });
  });
});

test('a bare name is a plan of this package, anything else a file', () => {
  expect(planPath('demo')).toMatch(/gateway\/supervisor\/plans\/demo\.json$/);
  expect(planPath('./demo')).toBe('./demo');
  expect(planPath('own.json')).toBe('own.json');
});
