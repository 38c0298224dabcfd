// What can be told of dashboards without Grafana: where panels stand, what they say of themselves, what they ask.

import { describe, expect, test } from '@jest/globals';
import { dashboards } from '../src/files.ts';
import { recordings } from '../src/recording.ts';
import { measuredNames } from './measured.ts';
import { metricNames } from './metric-names.ts';
import { annotationQueries, panelQueries, ruleQueries } from './queries.ts';

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; refId: string }[];
}

interface Dashboard {
  uid: string;
  title: string;
  description: string;
  panels: Panel[];
  templating: { list: { name: string }[] };
  annotations: { list: { name: string }[] };
}

const all = Object.entries(dashboards).map(
  ([name, dashboard]) => [name, JSON.parse(JSON.stringify(dashboard)) as Dashboard] as const,
);

test('names and links of dashboards are their own, and do not change with what is on them', () => {
  expect(all.map(([, { uid }]) => uid)).toEqual([
    'bezant-overview',
    'bezant-session',
    'bezant-upstream',
    'bezant-events',
    'bezant-processes',
  ]);
  expect(new Set(all.map(([, { title }]) => title)).size).toBe(all.length);
});

describe.each(all)('%s', (_, { panels, templating, annotations, description }) => {
  const shown = panels.filter(({ type }) => type !== 'row');

  test('panels fill the grid: nothing overlaps, nothing is left empty, nothing sticks out', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(`${taken.get(`${x},${y}`) ?? 'free'} below ${title}`).toBe(`free below ${title}`);
          taken.set(`${x},${y}`, title);
        }
      }
    }
    const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(taken.size).toBe(24 * bottom);
    expect(panels.every(({ gridPos }) => gridPos.x + gridPos.w <= 24)).toBe(true);
  });

  test('panels have a title that fits, a description and a question', () => {
    for (const { title, description: words = '', targets = [], gridPos, datasource } of shown) {
      // About four characters a column at Grafana's usual size.
      expect(`${title}: ${title.length <= gridPos.w * 6}`).toBe(`${title}: true`);
      expect(words).toMatch(/\.$/);
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      expect(datasource?.uid).toBe('${datasource}');
    }
    expect(description).toMatch(/\.$/);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(shown.map(({ title }) => title)).size).toBe(shown.length);
  });

  test('what matters most comes first: a line of tiles', () => {
    expect(shown.filter(({ gridPos }) => gridPos.y === 0).map(({ type }) => type)).toEqual(
      new Array(shown.filter(({ gridPos }) => gridPos.y === 0).length).fill('stat'),
    );
  });

  test('it can be narrowed, and tells restarts and changes of the session', () => {
    expect(templating.list.map(({ name }) => name)).toEqual([
      'datasource',
      'namespace',
      'instance',
      'supervisor',
    ]);
    expect(annotations.list.map(({ name }) => name)).toEqual([
      'Session changes',
      'Sidecar started',
      'Process restarts',
    ]);
  });
});

test('every question is about something that is measured', () => {
  const known = new Set([...measuredNames(), ...recordings.map(({ record }) => record), 'up', 'ALERTS']);
  const queries = [...panelQueries, ...annotationQueries, ...ruleQueries];
  const strange = queries.flatMap(({ where, expr }) =>
    metricNames(expr).flatMap((name) => (known.has(name) ? [] : [`${where}: ${name}`])),
  );
  expect(strange).toEqual([]);
  expect(queries.length).toBeGreaterThan(100);
});

test('everything that we measure is shown somewhere', () => {
  const asked = new Set(
    [...panelQueries, ...ruleQueries].flatMap(({ expr }) => metricNames(expr)).map((name) => base(name)),
  );
  const unseen = [...measuredNames()]
    .map(base)
    .filter((name) => name.startsWith('bezant_') && !asked.has(name));
  expect([...new Set(unseen)].sort()).toEqual([]);
});

const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
