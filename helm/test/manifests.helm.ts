// What each example of values renders to: valid for Kubernetes, and as closed as the appliance claims to be.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { basename } from 'node:path';

import { ciFiles, helm, chart, render, type Manifest } from './chart.ts';
import { faultsOf, kindOf, knownKinds } from './kubernetes.ts';
import { containersOf, podsOf } from './pods.ts';

const rendered = new Map<string, Manifest[]>();
beforeAll(async () => {
  for (const file of ciFiles) rendered.set(basename(file), await render({ files: [file] }));
}, 120_000);

const all = (): Manifest[] => [...rendered.values()].flat();

describe('a fault would be found', () => {
  const service = (spec: unknown): Manifest => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec,
  });
  const pod = (container: Record<string, unknown>): Manifest => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'a', ...container }] },
  });
  const rule = (rules: unknown): Manifest => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'a' },
    spec: { groups: [{ name: 'a', rules }] },
  });
  const route = (spec: unknown): Manifest => ({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'a' },
    spec,
  });

  test.each<{ what: string; manifest: Manifest; want: RegExp }>([
    {
      what: 'a wrong type',
      manifest: service({ ports: [{ port: 'http' }] }),
      want: /\/spec\/ports\/0\/port/,
    },
    { what: 'a missing field', manifest: service({ ports: [{ name: 'a' }] }), want: /port/ },
    { what: 'an unknown field', manifest: service({ prots: [] }), want: /^\/spec\/prots is no field$/ },
    {
      what: 'an unknown field far down',
      manifest: pod({ securityContext: { readOnlyRootFileSystem: true } }),
      want: /^\/spec\/containers\/0\/securityContext\/readOnlyRootFileSystem is no field$/,
    },
    { what: 'a rule without expression', manifest: rule([{ alert: 'A' }]), want: /expr/ },
    {
      what: 'a misspelt rule',
      manifest: rule([{ alert: 'A', expr: '1', form: '1m' }]),
      want: /form is no field/,
    },
    {
      what: 'a path of no kind',
      manifest: route({ rules: [{ matches: [{ path: { type: 'Prefix' } }] }] }),
      want: /type/,
    },
    { what: 'an unknown kind', manifest: { ...service({}), kind: 'Sevice' }, want: /no kind/ },
  ])('$what', async ({ manifest, want }) => {
    expect((await faultsOf(manifest)).join('\n')).toMatch(want);
  });
});

test.each(ciFiles.map((file) => basename(file)))(
  '%s is valid for Kubernetes, field by field',
  async (file) => {
    const manifests = rendered.get(file) ?? [];
    expect(manifests.length).toBeGreaterThanOrEqual(6);
    const faults = await Promise.all(
      manifests.map(async (manifest) => ({
        manifest: `${manifest.kind} ${manifest.metadata.name}`,
        faults: await faultsOf(manifest),
      })),
    );
    expect(faults.filter((found) => found.faults.length > 0)).toEqual([]);
  },
);

test('the examples show every kind that the chart has', () => {
  expect([...new Set(all().map(kindOf))].toSorted()).toEqual([...knownKinds].toSorted());
});

test.each(ciFiles)('helm lint --strict takes %s', async (file) => {
  const { exitCode, output } = await helm(['lint', '--strict', chart, '--values', file]);
  expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('0 chart(s) failed') });
});

describe('every pod', () => {
  const pods = () => podsOf(all());

  test('there are some', () => {
    expect(new Set(pods().map(({ name }) => name))).toEqual(
      new Set(['home-bezant', 'home-bezant-answers', 'home-postgres']),
    );
  });

  test('is of the restricted kind, with a read-only root', () => {
    for (const { name, pod } of pods()) {
      expect({ name, pod: pod.securityContext }).toMatchObject({
        pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const key of ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers'])
        expect({ name, key, given: key in pod }).toEqual({ name, key, given: false });
      for (const { securityContext } of containersOf(pod))
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    }
  });

  test('has no token of the cluster, and no links in its environment', () => {
    for (const { pod } of pods())
      expect(pod).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  });

  test('has a memory limit and asks for no more than that', () => {
    for (const { pod } of pods())
      for (const { resources } of containersOf(pod)) {
        expect(bytes(resources?.limits?.['memory'])).toBeGreaterThanOrEqual(
          bytes(resources?.requests?.['memory']),
        );
      }
  });

  test('writes to the volume and nowhere else', () => {
    const allowed: Readonly<Record<string, string[]>> = {
      'home-bezant': ['/data'],
      'home-bezant-answers': [],
      // Postgres' socket, temporary files and shared memory besides.
      'home-postgres': ['/var/lib/postgresql', '/var/run/postgresql', '/tmp', '/dev/shm'],
    };
    for (const { name, pod } of pods())
      for (const { name: container, volumeMounts = [] } of containersOf(pod)) {
        const writable = volumeMounts.filter(({ readOnly }) => readOnly !== true);
        expect({ name, container, paths: writable.map(({ mountPath }) => mountPath) }).toEqual({
          name,
          container,
          paths: container === 'wait-for-postgres' ? [] : allowed[name],
        });
      }
  });

  test('mounts no folder of its node', () => {
    for (const { pod } of pods())
      for (const volume of pod.volumes ?? []) expect(volume).not.toHaveProperty('hostPath');
  });
});

const units: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30 };

function bytes(quantity = ''): number {
  const [, number, unit = ''] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  return Number(number) * (units[unit] ?? Number.NaN);
}

describe('the appliance', () => {
  const appliances = () =>
    podsOf(all())
      .filter(({ name }) => name === 'home-bezant')
      .map(({ pod }) => pod.containers[0]);

  test('is probed on what needs no login: never /health, and the server’s /readyz neither', () => {
    expect(appliances()).toHaveLength(ciFiles.length);
    for (const container of appliances()) {
      expect(container?.ports).toEqual([
        { name: 'http', containerPort: 8080 },
        { name: 'admin', containerPort: 9090 },
        { name: 'supervisor', containerPort: 9091 },
      ]);
      expect(container).toMatchObject({
        startupProbe: { httpGet: { path: '/readyz', port: 'supervisor' } },
        livenessProbe: { httpGet: { path: '/livez', port: 'supervisor' } },
        readinessProbe: { httpGet: { path: '/livez', port: 'admin' } },
      });
    }
  });

  test('has at least ten minutes for its first start', () => {
    for (const container of appliances()) {
      const { failureThreshold = 0, periodSeconds = 0 } = container?.startupProbe ?? {};
      expect(failureThreshold * periodSeconds).toBeGreaterThanOrEqual(600);
    }
  });

  test('has no secret in its environment or arguments', () => {
    const pods = JSON.stringify(podsOf(all()));
    expect(pods).not.toMatch(/not-a-(real-key|password)/);
    expect(JSON.stringify(all())).toMatch(/not-a-real-key/);
  });
});

test('port 5000, the Gateway’s own, is nowhere', () => {
  expect(JSON.stringify(all())).not.toMatch(/\b5000\b/);
});
