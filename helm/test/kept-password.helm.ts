// The bundled Postgres opens to the password of its first start only: an upgrade that made another would lock bezant out.
import { afterEach, expect, test } from '@jest/globals';

import { only, render, type Manifest, type Values } from './chart.ts';
import { startCluster, type Cluster } from './cluster.ts';

let cluster: Cluster | null = null;
afterEach(() => cluster?.stop());

const upgrade = async (
  secrets: Parameters<typeof startCluster>[0],
  values: Values = { postgres: { enabled: true } },
): Promise<Manifest[]> => {
  cluster = await startCluster(secrets);
  const args = ['--dry-run=server', '--disable-openapi-validation', '--kube-apiserver', cluster.url];
  return render({ values, args });
};

test('the password that the cluster has is kept', async () => {
  const manifests = await upgrade({ 'trading/home-postgres': { password: 'kept-1', url: 'old' } });
  expect(only(manifests, 'Secret').stringData).toEqual({
    password: 'kept-1',
    url: 'postgres://bezant:kept-1@home-postgres:5432/bezant',
  });
});

test('another release’s is not taken', async () => {
  const manifests = await upgrade({
    'trading/paper-postgres': { password: 'theirs-1' },
    'other/home-postgres': { password: 'theirs-2' },
  });
  expect(new Set(cluster?.lookedUp)).toEqual(new Set(['/api/v1/namespaces/trading/secrets/home-postgres']));
  expect(only(manifests, 'Secret').stringData?.['password']).toMatch(/^[A-Za-z0-9]{32}$/);
});

test('a first one is made at random, and survives `helm uninstall` as its volume does', async () => {
  const made = await Promise.all([1, 2].map(() => render({ values: { postgres: { enabled: true } } })));
  const [one, two] = made.map((manifests) => only(manifests, 'Secret'));
  expect(one?.stringData?.['password']).not.toBe(two?.stringData?.['password']);
  expect(one?.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
});

test('a Secret of yours is neither looked up nor made', async () => {
  const manifests = await upgrade({}, { postgres: { enabled: true, auth: { existingSecret: 'mine' } } });
  expect(cluster?.lookedUp).toEqual([]);
  expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  expect(JSON.stringify(manifests).match(/"mine"/g)).toHaveLength(2);
});
