// What docs/observability.md repeats of the tables: metrics, recording rules, where panels stand. A test compares it;
// `npm run docs` writes it.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { dashboards } from '../src/files.ts';
import { recordings } from '../src/recording.ts';
import { sidecarMetrics, supervisorMetrics, type Measured } from './measured.ts';

const page = join(import.meta.dirname, '../../docs/observability.md');

export const readPage = (): string => readFileSync(page, 'utf8');

export async function renderPage(): Promise<string> {
  const parts: Readonly<Record<string, string>> = {
    sidecar: metricsTable(sidecarMetrics().filter(({ name }) => name.startsWith('bezant_'))),
    supervisor: metricsTable(supervisorMetrics()),
    recordings: recordingsTable(),
    ...Object.fromEntries(Object.keys(dashboards).map((name) => [name, picture(name)])),
  };
  const filled = Object.entries(parts).reduce((text, [mark, part]) => {
    const whole = new RegExp(`(<!-- ${mark} -->\n)[^]*(<!-- /${mark} -->)`);
    if (!whole.test(text)) throw new Error(`docs/observability.md has no place for ${mark}`);
    return text.replace(whole, (_all, begin: string, end: string) => `${begin}\n${part}\n\n${end}`);
  }, readPage());
  return format(filled, { ...(await resolveConfig(page)), parser: 'markdown' });
}

function metricsTable(metrics: readonly Measured[]): string {
  const rows = metrics.map(
    ({ name, type, help, labels }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
  );
  return ['| metric | kind | labels | what |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function recordingsTable(): string {
  return [
    '| series | what |',
    '| --- | --- |',
    ...recordings.map(({ record, what }) => `| \`${record}\` | ${what} |`),
  ].join('\n');
}

interface Panel {
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number };
}

/** Characters for one of Grafana's 24 columns. */
const charactersPerColumn = 4;

/** The dashboard as one sees it from afar: lines of boxes with their titles. */
function picture(name: string): string {
  const { panels } = JSON.parse(JSON.stringify(dashboards[name])) as { panels: Panel[] };
  const lines = Map.groupBy(panels, ({ gridPos }) => gridPos.y);
  const rows = [...lines].flatMap(([, [...line]]) =>
    line[0]?.type === 'row' ? ['', `▾ ${line[0].title}`] : [boxes(line)],
  );
  return ['```', ...rows, '```'].join('\n');
}

/** Tiles are as wide as their titles here, which says enough. */
const boxes = (line: readonly Panel[]): string =>
  line
    .map(({ type, title, gridPos }) =>
      type === 'stat' ? `[ ${title} ]` : `│ ${title}`.padEnd(gridPos.w * charactersPerColumn - 1),
    )
    .join(' ')
    .concat(line[0]?.type === 'stat' ? '' : ' │');

if (import.meta.main) writeFileSync(page, await renderPage());
