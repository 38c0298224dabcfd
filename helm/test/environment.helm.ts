// The pod's environment, read by the server's own reader of settings: what is set in the values is what is in force.
import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { settings as launcherSettings } from '../../gateway/launcher/src/settings.ts';
import { loadConfig, unknownSettings, type Config } from '../../sidecar/src/config.ts';
import { settings } from '../../sidecar/src/settings.ts';
import { chartSettings } from '../chart-settings.ts';
import { ciFiles, only, render, type Manifest, type Values } from './chart.ts';
import type { Container, Workload } from './pods.ts';

const folder = mkdtempSync(join(tmpdir(), 'bezant-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const workload = (manifests: readonly Manifest[], name = 'home-bezant'): Workload =>
  only(manifests, 'StatefulSet', name).spec as Workload;

function environmentOf(manifests: readonly Manifest[]): Record<string, string> {
  const container = workload(manifests).template.spec.containers[0] as Container;
  const given = (container.env ?? []).filter(({ value }) => value !== undefined);
  expect(new Set(given.map(({ name }) => name)).size).toBe(given.length);
  return Object.fromEntries(given.map(({ name, value }) => [name, value ?? '']));
}

interface Projection {
  secret: { name: string; items: { key: string; path: string }[] };
}

/** Which entry of which Secret becomes which file. */
const secretFiles = (manifests: readonly Manifest[]): { file: string; secret: string; key: string }[] =>
  (workload(manifests).template.spec.volumes ?? [])
    .filter(({ name }) => name === 'secrets')
    .flatMap(({ projected }) => (projected as { sources: Projection[] }).sources)
    .flatMap(({ secret: { name, items } }) =>
      items.map(({ key, path }) => ({ file: path, secret: name, key })),
    );

/** As the kubelet does: the chart's Secrets as files, where the environment says they are. */
function configOf(manifests: readonly Manifest[]): Config {
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  for (const { file, secret, key } of secretFiles(manifests))
    writeFileSync(join(folder, 'secrets', file), only(manifests, 'Secret', secret).stringData?.[key] ?? '');
  const environment = Object.entries(environmentOf(manifests)).map(([name, value]) => [
    name,
    value.replace(/^\/etc\/bezant\//, `${folder}/`),
  ]);
  return loadConfig(Object.fromEntries(environment) as Record<string, string>);
}

const names = [
  'home-bezant',
  'home-bezant.trading',
  'home-bezant.trading.svc',
  'home-bezant.trading.svc.cluster.local',
];

describe('what is given is what is in force', () => {
  test.each<{ what: string; values: Values; want: Partial<Config> }>([
    {
      what: 'nothing: callers of the cluster are answered under the Service’s names',
      values: {},
      want: { allowedHosts: names, publicUrl: null, databaseUrl: null, auth: null, apiKeys: [] },
    },
    {
      what: 'another cluster domain, other hosts as a list',
      values: { clusterDomain: 'home.arpa', settings: { BEZANT_ALLOWED_HOSTS: ['a.lan', 'b.lan'] } },
      want: { allowedHosts: [...names.slice(0, 3), 'home-bezant.trading.svc.home.arpa', 'a.lan', 'b.lan'] },
    },
    {
      what: 'other hosts and origins as text',
      values: { settings: { BEZANT_ALLOWED_HOSTS: 'a.lan, b.lan', BEZANT_ALLOWED_ORIGINS: 'https://a.lan' } },
      want: { allowedHosts: [...names, 'a.lan', 'b.lan'], allowedOrigins: ['https://a.lan'] },
    },
    {
      what: 'switches and numbers, large ones too',
      values: {
        settings: {
          BEZANT_READ_ONLY: true,
          BEZANT_EVENTS_ENABLED: false,
          BEZANT_KEEPALIVE_SECS: 0,
          BEZANT_EVENTS_DISK_CAP_MB: 100_000_000,
          BEZANT_DRIFT_SAMPLE: 1_000_000,
          BEZANT_LOG: 'warn',
        },
      },
      want: {
        readOnly: true,
        eventsEnabled: false,
        keepaliveSeconds: 0,
        eventsDiskCapMegabytes: 100_000_000,
        driftSample: 1_000_000,
        logLevel: 'warn',
      },
    },
    {
      what: 'an ingress',
      values: { ingress: { enabled: true, host: 'a.example' } },
      want: { publicUrl: 'https://a.example', allowedHosts: names, allowedOrigins: [] },
    },
    {
      what: 'an ingress without TLS',
      values: { ingress: { enabled: true, host: 'a.example', tls: { enabled: false } } },
      want: { publicUrl: 'http://a.example' },
    },
    {
      what: 'a route',
      values: { httpRoute: { enabled: true, host: 'b.example', parentRefs: [{ name: 'a' }] } },
      want: { publicUrl: 'https://b.example' },
    },
    {
      what: 'an ingress and a route beside the public URL',
      values: {
        publicUrl: 'https://c.example:8443',
        ingress: { enabled: true, host: 'a.example' },
        httpRoute: { enabled: true, host: 'b.example', parentRefs: [{ name: 'a' }] },
      },
      want: {
        publicUrl: 'https://c.example:8443',
        allowedHosts: [...names, 'a.example', 'b.example'],
        allowedOrigins: ['https://a.example', 'https://b.example'],
      },
    },
    {
      what: 'the same host three times',
      values: {
        publicUrl: 'https://a.example',
        ingress: { enabled: true, host: 'a.example' },
        httpRoute: { enabled: true, host: 'a.example', parentRefs: [{ name: 'a' }] },
      },
      want: { publicUrl: 'https://a.example', allowedHosts: names, allowedOrigins: [] },
    },
    {
      what: 'a database elsewhere, and a debug token',
      values: {
        externalPostgres: { url: 'postgres://bezant:not-a-password@db:5432/bezant' },
        debugToken: { value: 'not-a-token' },
      },
      want: { databaseUrl: 'postgres://bezant:not-a-password@db:5432/bezant', debugToken: 'not-a-token' },
    },
    {
      what: 'a certificate',
      values: { tls: { existingSecret: 'a' } },
      want: { tlsCert: join(folder, 'tls/tls.crt'), tlsKey: join(folder, 'tls/tls.key') },
    },
  ])('$what', async ({ values, want }) => {
    expect(configOf(await render({ values }))).toMatchObject(want);
  });

  test('keys', async () => {
    const values = { apiKeys: { values: ['not-a-real-key-0001', 'not-a-real-key-0002:read'] } };
    const { apiKeys } = configOf(await render({ values }));
    expect(apiKeys.map(({ scopes }) => [...scopes])).toEqual([['read', 'trade', 'admin'], ['read']]);
  });

  test('the bundled Postgres: the URL that its password and its Service make', async () => {
    const manifests = await render({ values: { postgres: { enabled: true } } });
    const { password } = only(manifests, 'Secret', 'home-postgres').stringData ?? {};
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(only(manifests, 'Service', 'home-postgres').spec).toMatchObject({ ports: [{ port: 5432 }] });
    expect(configOf(manifests).databaseUrl).toBe(`postgres://bezant:${password}@home-postgres:5432/bezant`);
  });
});

test('Secrets of yours are mounted as they are named, and none is made', async () => {
  const manifests = await render({
    values: {
      apiKeys: { existingSecret: 'a' },
      debugToken: { existingSecret: 'b', key: 'token' },
      externalPostgres: { existingSecret: 'c', key: 'uri' },
    },
  });
  expect(secretFiles(manifests)).toEqual([
    { file: 'api-keys', secret: 'a', key: 'api-keys' },
    { file: 'database-url', secret: 'c', key: 'uri' },
    { file: 'debug-token', secret: 'b', key: 'token' },
  ]);
  expect(environmentOf(manifests)).toMatchObject({
    BEZANT_API_KEYS_FILE: '/etc/bezant/secrets/api-keys',
    BEZANT_DATABASE_URL_FILE: '/etc/bezant/secrets/database-url',
    BEZANT_DEBUG_TOKEN_FILE: '/etc/bezant/secrets/debug-token',
  });
  expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
});

test('the demo is a yes, or not there', async () => {
  expect(environmentOf(await render({ values: { demo: true } }))).toMatchObject({ BEZANT_DEMO: '1' });
  expect(environmentOf(await render())).not.toHaveProperty('BEZANT_DEMO');
});

test.each(ciFiles)('%s sets nothing that is no setting', async (file) => {
  const known = new Set([...chartSettings.map(({ env }) => env), 'BEZANT_DEMO']);
  const strangers = unknownSettings(environmentOf(await render({ files: [file] }))).filter(
    (name) => !known.has(name),
  );
  expect(strangers).toEqual([]);
});

test('every setting can be set to its default, typed, and then nothing changes', async () => {
  const typed = Object.fromEntries(
    chartSettings.flatMap(({ env, default: standard, schema }) => {
      if (standard === null || env === 'BEZANT_ALLOWED_HOSTS') return [];
      return [[env, schema['type'] === 'string' ? standard : plain(standard, schema['type'])]];
    }),
  );
  expect(Object.keys(typed).length).toBeGreaterThan(30);
  expect(configOf(await render({ values: { settings: typed } }))).toEqual(configOf(await render()));
});

const plain = (text: string, type: unknown): unknown =>
  Array.isArray(type) ? text.split(',').filter((item) => item !== '') : JSON.parse(text);

test('a number of the launcher’s has the launcher’s range', () => {
  const { env, parse } = launcherSettings.heapMb;
  const { minimum, maximum } = chartSettings.find((row) => row.env === env)?.schema as Record<string, number>;
  for (const good of [minimum, maximum]) expect(parse(String(good))).toBe(good);
  for (const bad of [Number(minimum) - 1, Number(maximum) + 1]) expect(() => parse(String(bad))).toThrow();
});

test('the chart decides only what is a setting', () => {
  const server = Object.values(settings).map(({ env }) => env);
  const offered = chartSettings.map(({ env }) => env);
  expect(server.filter((env) => !offered.includes(env)).toSorted()).toEqual([
    'BEZANT_ADMIN_BIND',
    'BEZANT_API_KEYS',
    'BEZANT_BIND',
    'BEZANT_DATABASE_URL',
    'BEZANT_DATA_DIR',
    'BEZANT_DEBUG_TOKEN',
    'BEZANT_GATEWAY_CA',
    'BEZANT_PUBLIC_URL',
    'BEZANT_TLS_CERT',
    'BEZANT_TLS_KEY',
    'BEZANT_VERIFY_TLS',
    'IBKR_GATEWAY_URL',
  ]);
});
