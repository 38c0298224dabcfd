// Each alert fires when it should and not when it should not, with labels and words filled in: by promtool's own engine.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Alert } from '../../src/alert.ts';
import { alertGroups } from '../../src/alerts.ts';
import { runbookOf } from '../../src/runbook.ts';
import { promtool } from './promtool.ts';
import { ruleCases, type RuleCase } from './rule-cases.ts';

const rules = join(import.meta.dirname, '../../../helm/bezant/rules');
const alerts = alertGroups.flatMap(({ alerts }) => alerts);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bezant-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('promtool takes the rule files', () => {
  const { code, output } = promtool([
    'check',
    'rules',
    '--lint-fatal',
    join(rules, 'alerts.yaml'),
    join(rules, 'recording.yaml'),
  ]);
  expect(output).toContain(`${alerts.length} rules found`);
  expect(code).toBe(0);
});

test('promtool takes the scrape configuration that the page shows', () => {
  const page = readFileSync(join(rules, '../../../docs/observability.md'), 'utf8');
  const shown = /```yaml\n(rule_files:[^]*?)```/.exec(page)?.[1] ?? '';
  expect(shown).toContain('job_name: bezant-supervisor');
  const file = join(folder, 'prometheus.yaml');
  writeFileSync(file, shown);
  const { code, output } = promtool(['check', 'config', '--syntax-only', file]);
  expect(output).toContain('SUCCESS');
  expect(code).toBe(0);
});

test('every alert is tried, firing and quiet', () => {
  const tried = Object.entries(ruleCases).filter(
    ([, cases]) => cases.some(({ fires }) => fires) && cases.some(({ quiet }) => quiet),
  );
  expect(tried.map(([name]) => name).sort()).toEqual(alerts.map(({ name }) => name).sort());
});

describe('fires and is quiet', () => {
  test.each(alerts.map((alert) => [alert.name, alert] as const))('%s', (name, alert) => {
    const [file, rule] = [join(folder, `${name}.yaml`), join(folder, `${name}.rule.yaml`)];
    writeFileSync(rule, stringify(onlyRule(name)));
    writeFileSync(
      file,
      stringify({
        rule_files: [rule],
        evaluation_interval: '1m',
        tests: (ruleCases[name] ?? []).map((one) => promtoolTest(alert, one)),
      }),
    );
    const { code, output } = promtool(['test', 'rules', file]);
    expect(output).toContain('SUCCESS');
    expect(code).toBe(0);
  });
});

test('promtool refuses an alert that does not fire as told', () => {
  const [alert] = alerts;
  if (alert === undefined) throw new Error('there are no alerts');
  const file = join(folder, 'wrong.yaml');
  const wrong: RuleCase = {
    name: 'wrong',
    series: {},
    fires: { at: '12h5m', labels: {}, summary: '' },
  };
  writeFileSync(
    file,
    stringify({ rule_files: [join(rules, 'alerts.yaml')], tests: [promtoolTest(alert, wrong)] }),
  );
  expect(promtool(['test', 'rules', file]).code).not.toBe(0);
});

/** The generated file without its other rules: promtool works out all of them at each minute of a week. */
function onlyRule(name: string): object {
  const { groups } = parse(readFileSync(join(rules, 'alerts.yaml'), 'utf8')) as {
    groups: { name: string; rules: { alert: string }[] }[];
  };
  const [rule] = groups.flatMap((group) => group.rules).filter(({ alert }) => alert === name);
  if (rule === undefined) throw new Error(`alerts.yaml has no ${name}`);
  return { groups: [{ name: 'one', rules: [rule] }] };
}

function promtoolTest(alert: Alert, { name, series, fires, quiet = [] }: RuleCase): object {
  const checks = quiet.map((at) => ({ eval_time: at, alertname: alert.name, exp_alerts: [] as object[] }));
  if (fires !== undefined) {
    const { at, labels, summary } = fires;
    checks.push({
      eval_time: at,
      alertname: alert.name,
      exp_alerts: [
        {
          exp_labels: { ...labels, severity: alert.severity },
          exp_annotations: {
            summary,
            description: filled(alert.description, labels),
            runbook_url: runbookOf(alert.name),
          },
        },
      ],
    });
  }
  return {
    name,
    interval: '1m',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    alert_rule_test: checks,
  };
}

/** Descriptions hold labels and nothing else. */
function filled(text: string, labels: Readonly<Record<string, string>>): string {
  const full = text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '');
  expect(full).not.toContain('{{');
  return full;
}
