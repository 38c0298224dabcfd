// What has to fit together: several releases beside each other, one release over its upgrades, selectors and what they select.
import { describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sidecarJob, supervisorJob } from '../../observability/src/jobs.ts';
import { chart, only, render, version, type Manifest } from './chart.ts';
import { labelsOf, selects, workloads } from './labels.ts';
import type { Workload } from './pods.ts';

const full = { ingress: { enabled: true, host: 'a.example' }, postgres: { enabled: true } };
const observed = {
  metrics: { serviceMonitor: { enabled: true }, rules: { enabled: true }, dashboards: { enabled: true } },
  podDisruptionBudget: { enabled: true },
  apiKeys: { values: ['not-a-real-key-0001'] },
};

interface Policy {
  podSelector: { matchLabels: Record<string, string> };
}

interface Service {
  selector: Record<string, string>;
  ports: { name: string; port: number; targetPort: string; nodePort?: number }[];
}

describe('several releases in one namespace', () => {
  const releases = ['bezant', 'paper', 'paper-2', 'bezant-paper', 'home', 'home-bezant-2'];

  test('share no object', async () => {
    const all = await Promise.all(
      releases.map((release) => render({ release, values: { ...full, ...observed } })),
    );
    const names = all.flat().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.length).toBeGreaterThan(releases.length * 12);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('select their own pods: each selector those of one workload, never those of another release or of a test', async () => {
    const all = await Promise.all(
      releases.map((release) => render({ release, values: { ...full, ...observed } })),
    );
    const labels = all.flatMap(labelsOf);
    for (const manifests of all) {
      const selectors = manifests.flatMap(({ kind, metadata, spec }) => {
        if (kind === 'Service') return [{ name: metadata.name, selector: (spec as Service).selector }];
        if (kind === 'NetworkPolicy')
          return [{ name: metadata.name, selector: (spec as Policy).podSelector.matchLabels }];
        if (kind === 'StatefulSet' || kind === 'PodDisruptionBudget')
          return [{ name: metadata.name, selector: (spec as Workload).selector.matchLabels }];
        return [];
      });
      // Two workloads, three Services, two policies, a budget.
      expect(selectors).toHaveLength(8);
      for (const { name, selector } of selectors) {
        const selected = labels.filter((given) => selects(selector, given));
        expect({ name, selected: selected.length }).toEqual({ name, selected: 1 });
        expect(labelsOf(manifests)).toContainEqual(selected[0]);
      }
    }
  });

  test('have their own certificate names, Secrets and databases', async () => {
    const [one, two] = await Promise.all([
      render({ release: 'one', values: full }),
      render({ release: 'two', values: full }),
    ]);
    expect(only(one, 'Secret').stringData?.['url']).toContain('@one-postgres:5432/');
    expect(only(two, 'Secret').stringData?.['url']).toContain('@two-postgres:5432/');
  });
});

describe('names', () => {
  test.each([
    { release: 'bezant', values: {}, want: 'bezant' },
    { release: 'home', values: {}, want: 'home-bezant' },
    { release: 'home', values: { nameOverride: 'ibkr' }, want: 'home-ibkr' },
    { release: 'ibkr-home', values: { nameOverride: 'ibkr' }, want: 'ibkr-home' },
    { release: 'home', values: { fullnameOverride: 'gate' }, want: 'gate' },
    { release: 'bezant-one', values: {}, want: 'bezant-one' },
  ])('release $release with $values is $want', async ({ release, values, want }) => {
    const manifests = await render({ release, values });
    expect(only(manifests, 'StatefulSet').metadata.name).toBe(want);
    expect(only(manifests, 'Service', want)).toBeDefined();
    expect((only(manifests, 'StatefulSet').spec as Workload).serviceName).toBe(`${want}-headless`);
  });

  test('the longest that is taken fits everywhere', async () => {
    const release = 'a'.repeat(43);
    const manifests = await render({
      release,
      values: { ...full, ...observed, fullnameOverride: 'b'.repeat(43) },
    });
    const longest = (kind: string): number =>
      Math.max(
        ...manifests.filter((given) => given.kind === kind).map(({ metadata }) => metadata.name.length),
      );
    expect(longest('Service')).toBeLessThanOrEqual(63);
    // Kubernetes labels a pod with the StatefulSet's name and a hash of ten.
    expect(longest('StatefulSet')).toBeLessThanOrEqual(52);
  });
});

describe('an upgrade', () => {
  test('changes nothing of a StatefulSet that Kubernetes does not let change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bezant-chart-'));
    try {
      cpSync(chart, folder, { recursive: true });
      for (const file of ['Chart.yaml', 'charts/postgres/Chart.yaml']) {
        const text = readFileSync(join(folder, file), 'utf8');
        writeFileSync(join(folder, file), text.replaceAll(version, '99.0.0'));
      }
      const fixed = (manifests: readonly Manifest[]) =>
        workloads(manifests).map(({ selector, serviceName, volumeClaimTemplates }) => ({
          selector,
          serviceName,
          volumeClaimTemplates,
        }));
      const now = await render({ values: full });
      const later = await render({ values: full, chart: folder });
      expect(JSON.stringify(later)).toContain('bezant-combined:99.0.0');
      expect(fixed(now)).toHaveLength(2);
      expect(fixed(later)).toEqual(fixed(now));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('with a changed secret restarts the pod; without, it does not', async () => {
    const checksum = async (values: Record<string, unknown>): Promise<string> => {
      const { template } = only(await render({ values }), 'StatefulSet').spec as Workload;
      return template.metadata.annotations?.['checksum/secrets'] ?? '';
    };
    const given = {
      apiKeys: { values: ['not-a-real-key-0001'] },
      debugToken: { value: 'not-a-token' },
      externalPostgres: { url: 'postgres://a:b@c/d' },
    };
    const before = await checksum(given);
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum({ ...given, podLabels: { a: 'b' } })).toBe(before);
    const changes = [
      { apiKeys: { values: ['not-a-real-key-0002'] } },
      { debugToken: { value: 'another' } },
      { externalPostgres: { url: 'postgres://a:b@c/e' } },
    ];
    const after = await Promise.all(changes.map((change) => checksum({ ...given, ...change })));
    expect(new Set([before, ...after]).size).toBe(4);
  });
});

describe('the Service', () => {
  test('leads to ports that the container has', async () => {
    const manifests = await render({ values: { service: { type: 'NodePort', port: 80, nodePort: 30080 } } });
    expect(only(manifests, 'Service', 'home-bezant').spec).toMatchObject({
      type: 'NodePort',
      ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30_080 }],
    });
    expect(only(manifests, 'Service', 'home-bezant-headless').spec).toMatchObject({
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      ports: [
        { port: 9090, targetPort: 'admin' },
        { port: 9091, targetPort: 'supervisor' },
      ],
    });
  });

  test('is what the test pod asks, by the port it has', async () => {
    const manifests = await render({ values: { service: { port: 80 } } });
    const pod = only(manifests, 'Pod');
    expect(pod.metadata.annotations).toMatchObject({ 'helm.sh/hook': 'test' });
    const { containers } = pod.spec as { containers: { command: string[]; args: string[] }[] };
    expect(containers.map(({ command, args }) => [...command, ...args].join(' ')).toSorted()).toEqual([
      'bezant-probe http://home-bezant-headless:9090/metrics',
      'bezant-probe http://home-bezant-headless:9091/readyz',
      'bezant-probe http://home-bezant:80/livez',
    ]);
  });
});

test('the ServiceMonitor finds the metrics’ Service and its ports, and names jobs as the rules do', async () => {
  const manifests = await render({ values: observed });
  const monitor = only(manifests, 'ServiceMonitor').spec as {
    selector: { matchLabels: Record<string, string> };
    endpoints: { port: string; relabelings: { targetLabel: string; replacement: string }[] }[];
  };
  const found = manifests.filter(
    ({ kind, metadata }) =>
      kind === 'Service' && selects(monitor.selector.matchLabels, metadata.labels ?? {}),
  );
  expect(found.map(({ metadata }) => metadata.name)).toEqual(['home-bezant-headless']);
  const ports = (found[0]?.spec as Service).ports.map(({ name }) => name);
  expect(monitor.endpoints.map(({ port }) => port)).toEqual(ports);
  const labels = monitor.endpoints.map(({ relabelings }) =>
    Object.fromEntries(relabelings.map(({ targetLabel, replacement }) => [targetLabel, replacement])),
  );
  expect(labels).toEqual(
    [sidecarJob, supervisorJob].map((job) => ({ job, instance: 'trading/home-bezant' })),
  );
});
