// Links are written as GitHub follows them, from file to file. On the site a link to a page leads to the page, one to another
// file of the repository leads to the repository, and one to nothing fails the build.

import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Page } from './pages.ts';

interface Token {
  type: string;
  children: Token[] | null;
  attrGet: (name: string) => string | null;
  attrSet: (name: string, value: string) => void;
}

interface State {
  tokens: Token[];
  /** Where the page really is; the search has it in `path` alone. */
  env: { realPath?: string; path: string };
}

interface MarkdownIt {
  core: { ruler: { push: (name: string, rule: (state: State) => void) => void } };
}

export interface Site {
  root: string;
  pages: readonly Page[];
  repositoryUrl: string | null;
}

export function followLinks(md: MarkdownIt, site: Site): void {
  md.core.ruler.push('follow_links', ({ tokens, env }) => {
    for (const token of tokens) {
      if (token.children !== null) token.children = follow(token.children, env.realPath ?? env.path, site);
    }
  });
}

/** Of a heading, as GitHub makes it: VitePress would make other ones of apostrophes and dots. */
export const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');

/** The tokens of a text, its links with their targets; a link that has none becomes text. */
function follow(tokens: readonly Token[], file: string, site: Site): Token[] {
  let unlinked = false;
  return tokens.filter((token) => {
    if (token.type === 'link_close') return !unlinked;
    const href = token.type === 'link_open' ? token.attrGet('href') : null;
    if (href === null) return true;
    const target = /^([a-z]+:|#)/.test(href) ? href : targetOf(href, file, site);
    unlinked = target === null;
    if (target !== null) token.attrSet('href', target);
    return !unlinked;
  });
}

/** Null when the target is a file of the repository and nobody knows where that is. */
function targetOf(href: string, file: string, { root, pages, repositoryUrl }: Site): string | null {
  const [path = '', anchor] = href.split('#');
  const absolute = resolve(dirname(file), decodeURI(path));
  const target = relative(root, absolute).split(sep).join('/');
  const page = pages.find((each) => each.file === target || each.file === join(target, 'README.md'));
  if (page !== undefined) return `/${page.path}${anchor === undefined ? '' : `#${anchor}`}`;
  if (target.startsWith('..') || !existsSync(absolute)) {
    throw new Error(`${relative(root, file)} links to ${href}, and there is no such file.`);
  }
  const kind = statSync(absolute).isDirectory() ? 'tree' : 'blob';
  return repositoryUrl === null ? null : `${repositoryUrl}/${kind}/HEAD/${target}`;
}
