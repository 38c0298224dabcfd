// The pods of the chart with the real images, run by Docker as the kubelet would run them. There is no Kubernetes in the tests;
// this shows that what the chart asks of a pod is what the image can do.
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { must as docker } from '../../../test/docker/docker.ts';
import { images } from '../../../test/docker/images.ts';
import { until } from '../../../test/docker/until.ts';
import { render, only } from '../chart.ts';
import type { Workload } from '../pods.ts';
import { startKubelet, type Kubelet, type Running } from './kubelet.ts';

const postgresImage = process.env['BEZANT_TEST_POSTGRES_IMAGE'] ?? 'postgres:17';
const key = 'not-a-real-key-0001';
const startMs = 240_000;

let kubelet: Kubelet;
let bezant: Running;
let postgres: Running;
let graceSeconds = 0;

/** What it said last, and the log, stand in the error when it never passes. */
const passes = (pod: Running, which: Parameters<Running['probe']>[0]): Promise<true> =>
  until(
    `${which} of ${pod.container}`,
    async () => {
      const said = await pod.probe(which);
      if (said === null) return true;
      throw new Error(`${said}\n${await docker('logs', '--tail', '30', pod.container)}`);
    },
    startMs,
  );

beforeAll(async () => {
  const [repository = '', tag = 'latest'] = postgresImage.split(':');
  const userId = Number(await docker('run', '--rm', '--entrypoint', 'id', postgresImage, '-u', 'postgres'));
  const manifests = await render({
    values: {
      image: { repository: images.combined, tag: 'latest' },
      demo: true,
      // Nobody is logged in: what is proved here holds for whoever has not logged in yet.
      settings: { BEZANT_DEMO_SCENARIO: 'logged-out', BEZANT_AUTH: 'keys' },
      apiKeys: { values: [key] },
      postgres: { enabled: true, image: { repository, tag }, userId },
    },
  });
  const { terminationGracePeriodSeconds = 0 } = (
    only(manifests, 'StatefulSet', 'home-bezant').spec as Workload
  ).template.spec;
  graceSeconds = terminationGracePeriodSeconds;
  kubelet = await startKubelet({ manifests, namespace: 'trading', tool: images.combined });
  postgres = await kubelet.start('home-postgres');
  bezant = await kubelet.start('home-bezant');
}, 2 * startMs);
afterAll(() => kubelet.stop(), startMs);

/** From inside, as a program of another pod would ask: status and body. */
async function ask(url: string, ...headers: string[]): Promise<{ status: number; body: string }> {
  const script = `
    const [url, ...headers] = process.argv.slice(1);
    const { request } = require('node:http');
    const given = Object.fromEntries(headers.map((header) => header.split(': ')));
    request(url, { headers: given }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      console.log(JSON.stringify({ status: response.statusCode, body }));
    }).end();`;
  return JSON.parse(await docker('exec', bezant.container, 'node', '--eval', script, url, ...headers)) as {
    status: number;
    body: string;
  };
}

test(
  'Postgres starts with the user, the volume and the password that the chart gives it',
  async () => {
    await passes(postgres, 'startupProbe');
    await passes(postgres, 'readinessProbe');
    await passes(postgres, 'livenessProbe');
  },
  startMs,
);

test(
  'bezant starts, and every probe passes while nobody is logged in',
  async () => {
    await passes(bezant, 'startupProbe');
    await passes(bezant, 'readinessProbe');
    await passes(bezant, 'livenessProbe');
    const { body } = await ask('http://home-bezant:8080/readyz', `authorization: Bearer ${key}`);
    expect(JSON.parse(body)).toMatchObject({ ready: true, state: 'login-required' });
  },
  startMs,
);

test(
  '`helm test` succeeds',
  async () => {
    const ends = await kubelet.complete('home-bezant-answers');
    expect(ends).toEqual({
      server: { code: 0, output: '' },
      metrics: { code: 0, output: '' },
      supervisor: { code: 0, output: '' },
    });
  },
  startMs,
);

test('callers of the cluster are answered under the names of the Service, with the key of the Secret', async () => {
  const names = ['home-bezant', 'home-bezant.trading', 'home-bezant.trading.svc.cluster.local'];
  const authorized = await Promise.all(
    names.map((name) => ask(`http://${name}:8080/openapi.json`, `authorization: Bearer ${key}`)),
  );
  expect(authorized.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await ask('http://home-bezant:8080/openapi.json')).status).toBe(401);
  const rebound = await ask(
    'http://home-bezant:8080/openapi.json',
    `authorization: Bearer ${key}`,
    'host: evil.example',
  );
  expect(rebound).toMatchObject({ status: 421, body: expect.stringContaining('host_refused') });
});

test('events are kept in the Postgres', async () => {
  const psql = [
    'psql',
    '--username=bezant',
    '--dbname=bezant',
    '--host=127.0.0.1',
    '--no-password',
    '--tuples-only',
  ];
  const password = await docker('exec', postgres.container, 'cat', '/etc/postgres/password');
  const query = "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
  const tables = await docker(
    'exec',
    '--env',
    `PGPASSWORD=${password}`,
    postgres.container,
    ...psql,
    '--command',
    query,
  );
  expect(Number(tables)).toBeGreaterThan(0);
  expect(await docker('exec', bezant.container, 'find', '/data', '-name', '*.db*')).toBe('');
});

test('no secret is in what a listing of the pod shows, or in its log', async () => {
  const { container } = bezant;
  const shown = `${await docker('inspect', container)}${await docker('logs', container)}`;
  const password = await docker('exec', postgres.container, 'cat', '/etc/postgres/password');
  expect(shown).toContain('BEZANT_API_KEYS_FILE');
  expect(shown).not.toContain(key);
  expect(shown).not.toContain(password);
});

test(
  'it ends by itself within its grace',
  async () => {
    const before = Date.now();
    await docker('stop', '--time', String(graceSeconds), bezant.container);
    expect(Date.now() - before).toBeLessThan(graceSeconds * 1000);
    expect(
      await docker('inspect', '--format', '{{.State.ExitCode}} {{.State.OOMKilled}}', bezant.container),
    ).toBe('0 false');
  },
  startMs,
);
