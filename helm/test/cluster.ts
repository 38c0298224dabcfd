// As much of a Kubernetes API as Helm asks before it renders: which kinds there are, and the Secrets it looks up. There is no
// cluster in the tests; this stands in for the one question that the chart puts to it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const kinds: Readonly<Record<string, readonly [name: string, kind: string][]>> = {
  v1: [
    ['secrets', 'Secret'],
    ['services', 'Service'],
    ['serviceaccounts', 'ServiceAccount'],
    ['pods', 'Pod'],
  ],
  'apps/v1': [['statefulsets', 'StatefulSet']],
  'networking.k8s.io/v1': [['networkpolicies', 'NetworkPolicy']],
};

const groups = Object.keys(kinds)
  .filter((version) => version.includes('/'))
  .map((groupVersion) => {
    const [name = '', version = ''] = groupVersion.split('/');
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });

const resources = (groupVersion: string): unknown => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: kinds[groupVersion]?.map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    kind,
    namespaced: true,
    verbs: ['get', 'list', 'create'],
  })),
});

/** What Helm writes on its objects, and looks for before it takes one over. */
const ownedBy = (namespace: string, release: string): object => ({
  labels: { 'app.kubernetes.io/managed-by': 'Helm' },
  annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
});

export interface Cluster {
  url: string;
  /** Paths of Secrets that were asked for. */
  lookedUp: string[];
  stop(): Promise<void>;
}

/** `secrets`: by `namespace/name`, entries in plain text. */
export async function startCluster(
  secrets: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<Cluster> {
  const lookedUp: string[] = [];
  const pages: Readonly<Record<string, unknown>> = {
    '/version': { major: '1', minor: '34', gitVersion: 'v1.34.0' },
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups },
    '/api/v1': resources('v1'),
    ...Object.fromEntries(
      groups.map(({ versions: [first] }) => [
        `/apis/${first?.groupVersion}`,
        resources(first?.groupVersion ?? ''),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(secrets).map(([path, entries]) => {
        const [namespace = '', name = ''] = path.split('/');
        const data = Object.fromEntries(
          Object.entries(entries).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
        );
        const secret = {
          kind: 'Secret',
          apiVersion: 'v1',
          metadata: { name, namespace, ...ownedBy(namespace, name.replace(/-postgres$/, '')) },
          data,
        };
        return [`/api/v1/namespaces/${namespace}/secrets/${name}`, secret];
      }),
    ),
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://cluster');
    if (pathname.includes('/secrets/')) lookedUp.push(pathname);
    const page = pages[pathname];
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        page ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    lookedUp,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
