// The pages that repeat a table of the code, made from it. Tests compare them; `npx node sidecar/test/pages.ts` writes them.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { settings as gatewaySettings } from '../../gateway/launcher/src/settings.ts';
import { flagOf } from '../src/config.ts';
import { problemKinds } from '../src/errors.ts';
import { settings, type Setting } from '../src/settings.ts';

const root = join(import.meta.dirname, '..', '..');
const rows: readonly Setting<unknown>[] = Object.values(settings);
const gatewayRows: readonly Omit<Setting<unknown>, 'parse'>[] = Object.values(gatewaySettings);

export const pages: Readonly<Record<string, () => Promise<string>>> = {
  'docs/configuration.md': () =>
    fill('docs/configuration.md', { settings: settingsTable(), gateway: gatewayTable() }),
  'docs/errors.md': () => fill('docs/errors.md', { problems: problemsTable() }),
  '.env.example': () => Promise.resolve(envExample()),
};

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Puts each table between its marks. */
async function fill(page: string, tables: Readonly<Record<string, string>>): Promise<string> {
  const filled = Object.entries(tables).reduce((text, [mark, table]) => {
    const whole = new RegExp(`(<!-- ${mark}:[^>]*-->\n)[^]*(<!-- /${mark} -->)`);
    return text.replace(whole, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
  }, readPage(page));
  return format(filled, { ...(await resolveConfig(join(root, page))), parser: 'markdown' });
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

function settingsTable(): string {
  const lines = rows.map(({ env, aliases = [], secret, default: standard, doc }) => {
    const also = [...aliases, ...(secret === true ? [`${env}_FILE`] : [])].map(code);
    const shown = standard === null || standard === '' ? '' : code(standard);
    const names = also.length === 0 ? code(env) : `${code(env)} (also ${also.join(', ')})`;
    return `| ${names} | ${code(`--${flagOf(env)}`)} | ${shown} | ${cell(doc)} |`;
  });
  return ['| setting | flag | default | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function gatewayTable(): string {
  const lines = gatewayRows.map(({ env, default: standard, doc }) => {
    const shown = standard === null || standard === '' ? '' : code(standard);
    return `| ${code(env)} | ${shown} | ${cell(doc)} |`;
  });
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...lines].join('\n');
}

function problemsTable(): string {
  const lines = Object.entries(problemKinds).map(
    ([name, { status, title, hint }]) => `| ${code(name)} | ${status} | ${cell(title)} | ${cell(hint)} |`,
  );
  return ['| code | status | what | next step |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function envExample(): string {
  const entries = [...rows, ...gatewayRows].map(
    ({ env, default: standard, doc }) => `# ${doc}\n# ${env}=${standard ?? ''}\n`,
  );
  return ['# Every setting with its default; docs/configuration.md tells more.\n', ...entries].join('\n');
}

if (import.meta.main) {
  for (const [page, render] of Object.entries(pages)) writeFileSync(join(root, page), await render());
}
