import { expect, test } from '@jest/globals';

import { readFileSync } from 'node:fs';

import { parsePlan, planPath } from '../src/plan.ts';
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
    given: plan({ name: 'a', command: 'x', listens: [{ address: '5000', setting: 'A' }] }),
    want: [/listens\[0\]\.address: must be host:port/],
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

test('the shipped plan holds without any setting, and a setting moves every mention of a port', () => {
  const json = readFileSync(planPath('demo'), 'utf8');
  expect(parsePlan(json, {}).processes.map(({ name }) => name)).toEqual(['gateway', 'sidecar']);
  const [gateway, sidecar] = parsePlan(json, { BEZANT_DEMO_GATEWAY_PORT: '5099' }).processes;
  expect(gateway).toMatchObject({
    args: expect.arrayContaining(['5099']),
    listens: [{ address: '127.0.0.1:5099' }],
    ready: { url: expect.stringContaining(':5099/') },
  });
  expect(sidecar?.env).toMatchObject({ IBKR_GATEWAY_URL: 'https://localhost:5099/v1/api' });
});

test('a bare name is a plan of this package, anything else a file', () => {
  expect(planPath('demo')).toMatch(/gateway\/supervisor\/plans\/demo\.json$/);
  expect(planPath('./demo')).toBe('./demo');
  expect(planPath('own.json')).toBe('own.json');
});
