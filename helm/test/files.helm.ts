// Rules and dashboards: whatever files are there, they come out as they went in, and are in the package.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse } from 'yaml';

import { chart, helm, only, render, version } from './chart.ts';
import { faultsOf } from './kubernetes.ts';

// Prometheus' and Grafana's own templates, which look like Helm's.
const alerts = `groups:
  - name: made-up
    interval: 30s
    rules:
      - alert: ProcessDown
        expr: bezant_process_up{process="gateway"} == 0
        for: 2m
        labels: { severity: critical }
        annotations:
          summary: '{{ $labels.process }} is down: {{ $value | humanize }}'
      - alert: ProcessRestarts
        expr: rate(bezant_process_restarts_total[5m]) > 0
  - name: alone
    rules:
      - { alert: Alone, expr: vector(1) }
`;
const recording = `groups:
  - name: recorded
    rules:
      - { record: 'bezant:up', expr: 'bezant_process_up' }
`;
const dashboard = {
  uid: 'made-up',
  title: 'Made up',
  panels: [{ legendFormat: '{{process}}', note: '"{{ .Values }}"' }],
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bezant-chart-'));
  cpSync(chart, folder, { recursive: true });
  for (const name of ['rules', 'dashboards']) {
    rmSync(join(folder, name), { recursive: true, force: true });
    mkdirSync(join(folder, name));
  }
  writeFileSync(join(folder, 'rules/alerts.yaml'), alerts);
  writeFileSync(join(folder, 'rules/recording.yaml'), recording);
  writeFileSync(join(folder, 'dashboards/made-up.json'), JSON.stringify(dashboard, null, 2));
  writeFileSync(join(folder, 'dashboards/second.json'), '{}');
});
afterAll(() => rmSync(folder, { recursive: true }));

const metrics = (given: Record<string, unknown>) => render({ chart: folder, values: { metrics: given } });

describe('rules', () => {
  interface Groups {
    groups: {
      name: string;
      interval?: string;
      rules: { alert?: string; annotations?: { summary: string } }[];
    }[];
  }

  test('are one PrometheusRule, with Prometheus’ templates untouched', async () => {
    const rule = only(
      await metrics({ rules: { enabled: true, labels: { release: 'stack' } } }),
      'PrometheusRule',
    );
    expect(await faultsOf(rule)).toEqual([]);
    expect(rule.metadata.labels).toMatchObject({ release: 'stack' });
    const { groups } = rule.spec as Groups;
    expect(groups.map(({ name }) => name)).toEqual(['made-up', 'alone', 'recorded']);
    expect(groups[0]?.interval).toBe('30s');
    expect(groups[0]?.rules[0]?.annotations?.summary).toBe(
      '{{ $labels.process }} is down: {{ $value | humanize }}',
    );
  });

  test('leave out the alerts that are not wanted, and groups that are empty then', async () => {
    const rule = only(
      await metrics({ rules: { enabled: true, disabled: ['ProcessRestarts', 'Alone'] } }),
      'PrometheusRule',
    );
    expect((rule.spec as Groups).groups.map(({ rules }) => rules.map(({ alert }) => alert))).toEqual([
      ['ProcessDown'],
      [undefined],
    ]);
  });

  test('of this tree come out as they are, but for where the runbooks are', async () => {
    const given = globSync('rules/*.yaml', { cwd: chart })
      .toSorted()
      .flatMap((file) => (parse(readFileSync(join(chart, file), 'utf8')) as Groups).groups);
    const runbookPrefix = 'https://git.example/bezant/';
    const values = { metrics: { rules: { enabled: true, runbookPrefix } } };
    const { groups } = only(await render({ values }), 'PrometheusRule').spec as Groups;
    const text = JSON.stringify(groups);
    expect(text.split(`"runbook_url":"${runbookPrefix}`).length).toBeGreaterThan(10);
    expect(JSON.parse(text.replaceAll(runbookPrefix, ''))).toEqual(given);
  });

  test('are not there unless asked for', async () => {
    expect((await metrics({})).filter(({ kind }) => kind === 'PrometheusRule')).toEqual([]);
  });
});

describe('dashboards', () => {
  test('are a ConfigMap each, with the JSON as it was', async () => {
    const manifests = await metrics({
      dashboards: { enabled: true, annotations: { grafana_folder: 'Trading' } },
    });
    const map = only(manifests, 'ConfigMap', 'home-bezant-made-up');
    expect(await faultsOf(map)).toEqual([]);
    expect(map.metadata).toMatchObject({
      labels: { grafana_dashboard: '1' },
      annotations: { grafana_folder: 'Trading' },
    });
    expect(JSON.parse(map.data?.['made-up.json'] ?? '')).toEqual(dashboard);
    expect(only(manifests, 'ConfigMap', 'home-bezant-second')).toBeDefined();
  });

  test('of this tree come out as they are, each small enough for kubectl', async () => {
    const files = globSync('dashboards/*.json', { cwd: chart }).toSorted();
    expect(files.length).toBeGreaterThan(3);
    const maps = (await render({ values: { metrics: { dashboards: { enabled: true } } } })).filter(
      ({ kind }) => kind === 'ConfigMap',
    );
    const json = (text: string): unknown => JSON.parse(text);
    const found = maps.map(({ data }) =>
      Object.entries(data ?? {}).map(([file, text]) => [file, json(text)]),
    );
    const given = files.map((file) => [[basename(file), json(readFileSync(join(chart, file), 'utf8'))]]);
    expect(found).toEqual(given);
    for (const map of maps) expect(JSON.stringify(map).length).toBeLessThan(200_000);
  });

  test('are not there unless asked for', async () => {
    expect((await metrics({})).filter(({ kind }) => kind === 'ConfigMap')).toEqual([]);
  });
});

describe('the package', () => {
  const contents = async (from: string): Promise<string[]> => {
    const target = mkdtempSync(join(tmpdir(), 'bezant-package-'));
    try {
      const { exitCode, errors } = await helm(['package', from, '--destination', target]);
      expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
      const files = execFileSync('tar', ['--list', '--file', join(target, `bezant-${version}.tgz`)], {
        encoding: 'utf8',
      });
      return files.trim().split('\n');
    } finally {
      rmSync(target, { recursive: true });
    }
  };

  test('holds rules, dashboards, schema, README and the Postgres, and no examples', async () => {
    const files = await contents(folder);
    expect(files).toEqual(
      expect.arrayContaining(
        [
          'rules/alerts.yaml',
          'rules/recording.yaml',
          'dashboards/made-up.json',
          'values.schema.json',
          'README.md',
          'charts/postgres/Chart.yaml',
          'templates/tests/answers.yaml',
        ].map((file) => `bezant/${file}`),
      ),
    );
    expect(files.filter((file) => file.startsWith('bezant/ci/'))).toEqual([]);
  });

  test('of this tree holds every rule and dashboard there is', async () => {
    const files = await contents(chart);
    const own = globSync('{rules,dashboards}/*', { cwd: chart }).map((file) => `bezant/${file}`);
    expect(files).toEqual(expect.arrayContaining(own));
  });

  test('has the version of the project, and so has the Postgres', () => {
    const manifest = readFileSync(join(chart, 'Chart.yaml'), 'utf8');
    expect(manifest).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
    expect(readFileSync(join(chart, 'charts/postgres/Chart.yaml'), 'utf8')).toContain(
      `\nversion: ${version}\n`,
    );
  });
});
