// What can be told of alerts and recording rules without Prometheus.

import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionStates } from '../../sidecar/src/session-state.ts';
import { alertGroups } from '../src/alerts.ts';
import { recordings } from '../src/recording.ts';
import { runbookFolder, runbookOf } from '../src/runbook.ts';
import { stateNames } from '../src/session-states.ts';

const root = join(import.meta.dirname, '../..');
const alerts = alertGroups.flatMap(({ alerts }) => alerts);

test('names are told once, and say whose they are', () => {
  const names = [...alerts.map(({ name }) => name), ...recordings.map(({ record }) => record)];
  expect(new Set(names).size).toBe(names.length);
  expect(alerts.filter(({ name }) => !/^Bezant[A-Z]\w+$/.test(name))).toEqual([]);
  expect(recordings.filter(({ record }) => !/^bezant:\w+:\w+$/.test(record))).toEqual([]);
});

test('the states of the session are those of the sidecar', () => {
  expect([...stateNames].sort()).toEqual([...sessionStates].sort());
});

describe('what a person reads', () => {
  test.each(alerts.map((alert) => [alert.name, alert] as const))('%s', (_, { summary, description }) => {
    expect(summary).toMatch(/\.$/);
    expect(description).toMatch(/[.?]$/);
    expect(summary.replace(/\{\{.*?\}\}/g, '').length).toBeLessThan(110);
    // More than one sentence: what it means, and what to do.
    expect(description).toMatch(/[.:;?] \S/);
  });
});

describe('runbooks', () => {
  const pages = readdirSync(join(root, runbookFolder)).filter((name) => name !== 'README.md');

  test('are for alerts that there are', () => {
    expect(pages.sort()).toEqual(alerts.map(({ name }) => `${name}.md`).sort());
  });

  test.each(alerts.map(({ name, severity }) => [name, severity] as const))('%s', (name, severity) => {
    expect(existsSync(join(root, runbookOf(name)))).toBe(true);
    const page = readFileSync(join(root, runbookOf(name)), 'utf8');
    const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text]) => text);
    expect(headings).toEqual([name, 'What it means', 'Meanwhile', 'Look here', 'Do this', 'It is over when']);
    expect(page).toContain(`Severity: ${severity}.`);
  });

  test('are listed on their first page, by severity', () => {
    const page = readFileSync(join(root, runbookFolder, 'README.md'), 'utf8');
    const rows = [...page.matchAll(/^\| \[(\w+)\]\(\1\.md\) +\| (\w+) /gm)].map(([, name, severity]) => ({
      name,
      severity,
    }));
    expect(rows).toEqual(alerts.map(({ name, severity }) => ({ name, severity })));
  });
});
