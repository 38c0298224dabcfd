// Which files are pages: those of docs/ and those beside it at the top of the repository.

import { readdirSync, readFileSync } from 'node:fs';
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

export function readPages(root: string): Page[] {
  const top = readdirSync(root);
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.includes('node_modules') && !file.startsWith('.'))
    .map((file) => `docs/${file}`);
  return [...top, ...docs]
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => ({
      file,
      path: pathOf(file),
      address: addressOf(pathOf(file)),
      ...read(join(root, file)),
    }));
}

/** For the generator, which would take any file of the repository for a page. */
export const foldersWithoutPages = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'docs')
    .map(({ name }) => `${name}/**`);

/** A folder's README is its index; the repository's own is a page like others, because docs/ has one too. */
function pathOf(file: string): string {
  if (file === 'README.md') return 'overview.md';
  if (!file.startsWith('docs/')) return file.toLowerCase();
  return file.slice('docs/'.length).replace(/(^|\/)README\.md$/, '$1index.md');
}

const addressOf = (path: string): string => `/${path}`.replace(/\/index\.md$/, '/').replace(/\.md$/, '.html');

const fourColumns = /^(\| *:?-+:? *){4,}\|$/m;

function read(path: string): Pick<Page, 'title' | 'wide'> {
  const text = readFileSync(path, 'utf8');
  const title = /^# (.+)$/m.exec(text)?.[1];
  if (title === undefined) throw new Error(`${path} has no title: let its first line be "# …".`);
  return { title: title.replaceAll('`', ''), wide: fourColumns.test(text) };
}
