// What is made from tables for the chart: the schema of its values, and the tables of its README. Tests compare them;
// `node helm/pages.ts` writes them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { chartSettings, decidedByChart } from './chart-settings.ts';
import type { Schema } from './json-schema.ts';
import { describedValues } from './values-file.ts';
import { valuesSchema } from './values-schema.ts';

const root = join(import.meta.dirname, '..');

export const pages: Readonly<Record<string, () => Promise<string>>> = {
  'helm/bezant/values.schema.json': schema,
  'helm/bezant/README.md': readme,
};

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Editors show a value's description where it is filled in. */
function schema(): Promise<string> {
  const comments = new Map(describedValues().map(({ path, comment }) => [path, comment]));
  for (const { env, doc } of chartSettings) comments.set(`settings.${env}`, doc);
  const described = (node: Schema, path: string): Schema => {
    const { properties, ...rest } = node as { properties?: Record<string, Schema> };
    const description = comments.get(path) ?? '';
    const prefix = path === '' ? '' : `${path}.`;
    return {
      ...rest,
      ...(description === '' ? {} : { description }),
      ...(properties === undefined
        ? {}
        : {
            properties: Object.fromEntries(
              Object.entries(properties).map(([name, child]) => [name, described(child, prefix + name)]),
            ),
          }),
    };
  };
  return formatted('helm/bezant/values.schema.json', JSON.stringify(described(valuesSchema, '')), 'json');
}

function readme(): Promise<string> {
  const tables = { values: valuesTable(), settings: settingsTable(), decided: decidedTable() };
  const filled = Object.entries(tables).reduce(
    (page, [mark, table]) =>
      page.replace(
        new RegExp(`(<!-- ${mark}:[^>]*-->\n)[^]*(<!-- /${mark} -->)`),
        (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`,
      ),
    readPage('helm/bezant/README.md'),
  );
  return formatted('helm/bezant/README.md', filled, 'markdown');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

const valuesTable = (): string =>
  table(
    ['value', 'default', 'meaning'],
    describedValues()
      .filter(({ isGroup, comment }) => !isGroup || comment !== '')
      .map(({ path, default: standard, isGroup, comment }) => [
        code(path),
        isGroup ? '' : code(typeof standard === 'string' ? standard : JSON.stringify(standard)),
        comment,
      ]),
  );

const settingsTable = (): string =>
  table(
    ['setting', 'default', 'meaning'],
    chartSettings.map(({ env, default: standard, doc }) => [code(env), code(standard ?? ''), doc]),
  );

const decidedTable = (): string =>
  table(
    ['setting', 'instead'],
    Object.entries(decidedByChart).map(([env, instead]) => [code(env), instead]),
  );

async function formatted(page: string, text: string, parser: 'json' | 'markdown'): Promise<string> {
  return format(text, { ...(await resolveConfig(join(root, page))), parser });
}

if (import.meta.main) {
  for (const [page, render] of Object.entries(pages)) writeFileSync(join(root, page), await render());
}
