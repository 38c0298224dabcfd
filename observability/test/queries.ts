// Every question that a dashboard, an alert or a recording rule asks, with where it stands.

import { alertGroups } from '../src/alerts.ts';
import { dashboards } from '../src/files.ts';
import { recordings } from '../src/recording.ts';

export interface Query {
  where: string;
  expr: string;
}

interface Panel {
  type: string;
  title: string;
  targets?: { expr: string }[];
}

export const panelsOf = (dashboard: object): Panel[] =>
  (JSON.parse(JSON.stringify(dashboard)) as { panels: Panel[] }).panels;

export const panelQueries: readonly Query[] = Object.entries(dashboards).flatMap(([name, dashboard]) =>
  panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ where: `${name}: ${title}`, expr })),
  ),
);

export const annotationQueries: readonly Query[] = Object.entries(dashboards).flatMap(([name, dashboard]) => {
  const { annotations } = JSON.parse(JSON.stringify(dashboard)) as {
    annotations: { list: { name: string; expr: string }[] };
  };
  return annotations.list.map((one) => ({ where: `${name}: annotation ${one.name}`, expr: one.expr }));
});

export const ruleQueries: readonly Query[] = [
  ...alertGroups.flatMap(({ alerts }) => alerts.map(({ name, expr }) => ({ where: name, expr }))),
  ...recordings.map(({ record, expr }) => ({ where: record, expr })),
];
