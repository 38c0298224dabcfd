// The sidebar repeats the folders: one group for each, its README first, the others by title.

import type { Page } from './pages.ts';

interface Group {
  folder: string;
  text: string;
  collapsed?: boolean;
}

/** The order of the groups. A folder that is not named here comes last, under its own name. */
const groups: readonly Group[] = [
  { folder: 'docs/deploy', text: 'Run it' },
  { folder: 'docs', text: 'Use it, understand it' },
  { folder: 'docs/runbooks', text: 'When an alert fires', collapsed: true },
  { folder: '.', text: 'The project' },
  { folder: 'docs/decisions', text: 'Decisions', collapsed: true },
];

const folderOf = ({ file }: Page): string =>
  file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
const isReadme = ({ file }: Page): boolean => file.endsWith('README.md');

const inOrder = (a: Page, b: Page): number =>
  Number(isReadme(b)) - Number(isReadme(a)) || a.title.localeCompare(b.title, 'en');

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
