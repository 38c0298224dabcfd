// The documentation as a site: the same files that GitHub shows, with a sidebar and a search. `npm ci --prefix docs` and
// `npm run build --prefix docs` write it to docs/.vitepress/dist, as plain files for any web server. It asks nobody else
// for anything: no fonts, no scripts, no counters. A link to nothing fails the build.
//
// No import of vitepress here, so that the repository's own lint and types hold for this folder without its packages.

import { join } from 'node:path';
import { keepBraces } from './braces.ts';
import { anchorOf, followLinks } from './links.ts';
import { filesThatAreNoPages, readPages } from './pages.ts';
import { repositoryUrl } from './repository.ts';
import { splitIntoSections } from './search.ts';
import { sidebar } from './sidebar.ts';
import { nameCells } from './tables.ts';
import { vueForAllPages } from './vue.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = readPages(root);

/** A door, in the colour of the links. */
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath fill='%233451b2' " +
  "d='M3 1h10v14H3z'/%3E%3Ccircle cx='10.5' cy='8.5' r='1.2' fill='%23fff'/%3E%3C/svg%3E";

type MarkdownIt = Parameters<typeof keepBraces>[0] &
  Parameters<typeof followLinks>[0] &
  Parameters<typeof nameCells>[0];

export default {
  title: 'bezant',
  description: 'The appliance between an Interactive Brokers account and the code that trades it.',
  lang: 'en',
  head: [['link', { rel: 'icon', href: icon }]],
  srcDir: '..',
  srcExclude: filesThatAreNoPages(root),
  rewrites: Object.fromEntries(pages.map(({ file, path }) => [file, path])),
  transformPageData: ({ filePath }: { filePath: string }) =>
    pages.find(({ file }) => file === filePath)?.wide === true ? { frontmatter: { aside: false } } : {},
  markdown: {
    // Addresses in the text are of the reader's own machine.
    linkify: false,
    anchor: { slugify: anchorOf },
    config: (md: MarkdownIt) => {
      keepBraces(md);
      followLinks(md, { root, pages, repositoryUrl });
      nameCells(md);
    },
  },
  vite: { plugins: [vueForAllPages] },
  themeConfig: {
    sidebar: sidebar(pages),
    nav: [
      { text: 'Run it', link: '/deploy/' },
      { text: 'Settings', link: '/configuration' },
      { text: 'Errors', link: '/errors' },
      ...(repositoryUrl === null ? [] : [{ text: 'Repository', link: repositoryUrl }]),
    ],
    outline: [2, 3],
    search: {
      provider: 'local',
      options: { detailedView: true, miniSearch: { _splitIntoSections: splitIntoSections } },
    },
  },
};
