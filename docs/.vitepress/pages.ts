// Which files are pages, and where on the site each of them is.

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Page {
  /** In the repository: `docs/deploy/README.md`. */
  file: string;
  /** On the site: `deploy/index.md`. */
  path: string;
  /** As its address: `/deploy/`, `/cli.html`. */
  address: string;
  title: string;
  /** Has a table that needs the place of the outline too. */
  wide: boolean;
}

/** Pages that lie beside what they describe, so that whoever opens that folder finds them. */
const beside: Readonly<Record<string, string>> = {
  'README.md': 'project/overview.md',
  'compose/README.md': 'deploy/compose.md',
  'helm/bezant/README.md': 'deploy/helm.md',
  'gateway/supervisor/README.md': 'supervisor.md',
};

const notOurs = new Set(['node_modules', 'dist', '.git']);

const markdown = (root: string): string[] =>
  globSync('**/*.md', {
    cwd: root,
    exclude: (name) => notOurs.has(name.slice(name.lastIndexOf('/') + 1)),
  }).sort();

export const readPages = (root: string): Page[] =>
  markdown(root).flatMap((file) => {
    const path = pathOf(file);
    return path === null ? [] : [{ file, path, address: addressOf(path), ...read(join(root, file)) }];
  });

/** For the generator, which would take any file of the repository for a page. */
export const filesThatAreNoPages = (root: string): string[] =>
  markdown(root).filter((file) => pathOf(file) === null);

/** A folder's README is its index. Null: not on the site. */
function pathOf(file: string): string | null {
  const known = beside[file];
  if (known !== undefined) return known;
  if (file.startsWith('docs/')) return file.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md');
  return file.includes('/') ? null : `project/${file.toLowerCase()}`;
}

const addressOf = (path: string): string => `/${path}`.replace(/\/index\.md$/, '/').replace(/\.md$/, '.html');

const fourColumns = /^(\| *:?-+:? *){4,}\|$/m;

function read(path: string): Pick<Page, 'title' | 'wide'> {
  const text = readFileSync(path, 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`${path} has no title: let its first line be "# …".`);
  return { title: title.replaceAll('`', ''), wide: fourColumns.test(text) };
}
