// The chart where it is not alone: under another chart, and on a Kubernetes that is older or newer.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chart, only, render, template, version } from './chart.ts';
import type { Workload } from './pods.ts';

let umbrella = '';
beforeAll(() => {
  umbrella = mkdtempSync(join(tmpdir(), 'bezant-umbrella-'));
  mkdirSync(join(umbrella, 'charts'));
  cpSync(chart, join(umbrella, 'charts', 'bezant'), { recursive: true });
  writeFileSync(
    join(umbrella, 'Chart.yaml'),
    `apiVersion: v2\nname: home\nversion: 1.0.0\ndependencies: [{ name: bezant, version: ${version} }]\n`,
  );
});
afterAll(() => rmSync(umbrella, { recursive: true }));

test('under another chart it is the same, its Postgres too', async () => {
  const values = { postgres: { enabled: true }, apiKeys: { values: ['not-a-real-key-0001'] } };
  const alone = await render({ values });
  const below = await render({ chart: umbrella, values: { bezant: values, global: { team: 'home' } } });
  const parts = (manifests: typeof alone): string[] =>
    manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
  expect(parts(below)).toEqual(parts(alone));
  expect(only(below, 'StatefulSet', 'home-bezant').spec).toEqual(
    only(alone, 'StatefulSet', 'home-bezant').spec,
  );
});

test('under another chart it refuses what it refuses alone', async () => {
  const { exitCode, errors } = await template({
    chart: umbrella,
    values: { bezant: { replicas: 2, foo: 1 } },
  });
  expect(exitCode).toBe(1);
  expect(errors).toContain("additional properties 'foo' not allowed");
});

test.each(['1.27.0', '1.30.5-gke.100', '1.35.2+k3s1'])('Kubernetes %s is taken', async (version) => {
  const manifests = await render({ args: ['--kube-version', version] });
  expect((only(manifests, 'StatefulSet').spec as Workload).replicas).toBe(1);
});

test('a Kubernetes that would not keep the claims as asked is refused', async () => {
  const { exitCode, errors } = await template({ args: ['--kube-version', '1.26.9'] });
  expect(exitCode).toBe(1);
  expect(errors).toContain('chart requires kubeVersion: >=1.27.0-0');
});
