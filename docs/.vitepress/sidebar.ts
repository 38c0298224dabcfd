// The sidebar repeats the folders of the site: one group for each, its index first, the others by title.

import type { Page } from './pages.ts';

interface Group {
  folder: string;
  text: string;
  collapsed?: boolean;
}

/** The order of the groups. A folder that is not named here comes last, under its own name. */
const groups: readonly Group[] = [
  { folder: 'deploy', text: 'Run it' },
  { folder: '', text: 'Use it, understand it' },
  { folder: 'runbooks', text: 'When an alert fires', collapsed: true },
  { folder: 'project', text: 'The project' },
  { folder: 'decisions', text: 'Decisions', collapsed: true },
];

const folderOf = ({ path }: Page): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));
const isIndex = ({ address }: Page): boolean => address.endsWith('/');

const inOrder = (a: Page, b: Page): number =>
  Number(isIndex(b)) - Number(isIndex(a)) || a.title.localeCompare(b.title, 'en');

export function sidebar(pages: readonly Page[]): unknown[] {
  const named = groups.map(({ folder }) => folder);
  const others = [...new Set(pages.map(folderOf))].filter((folder) => !named.includes(folder));
  return [...groups, ...others.map((folder): Group => ({ folder, text: folder }))]
    .map(({ folder, ...group }) => ({
      ...group,
      items: items(pages.filter((page) => folderOf(page) === folder)),
    }))
    .filter((group) => group.items.length > 0);
}

/** The repository's README has the project's name for a title, which would say nothing here. */
const nameOf = ({ file, title }: Page): string => (file === 'README.md' ? 'Overview' : title);

const items = (pages: readonly Page[]): { text: string; link: string }[] =>
  pages.toSorted(inOrder).map((page) => ({ text: nameOf(page), link: page.address }));
