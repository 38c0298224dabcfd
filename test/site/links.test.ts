// Links between files, as the site follows them. Pure, so that it runs without the site's packages.
import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { anchorOf, followLinks, type Site } from '../../docs/.vitepress/links.ts';
import { readPages } from '../../docs/.vitepress/pages.ts';

const root = join(import.meta.dirname, '..', '..');
const repositoryUrl = 'https://repository.example/owner/name';
const site: Site = { root, pages: readPages(root), repositoryUrl };

/** What becomes of `[text](href)` on docs/configuration.md; null when the link is gone and its text stays. */
function followed(href: string, at: Site = site): string | null {
  const attributes = new Map([['href', href]]);
  const token = (type: string) => ({
    type,
    children: null,
    attrGet: (name: string) => attributes.get(name) ?? null,
    attrSet: (name: string, value: string) => void attributes.set(name, value),
  });
  const inline = { ...token('inline'), children: ['link_open', 'text', 'link_close'].map(token) };
  const path = join(root, 'docs', 'configuration.md');
  const run: ((state: { tokens: (typeof inline)[]; env: { path: string } }) => void)[] = [];
  followLinks({ core: { ruler: { push: (_name, rule) => run.push(rule) } } }, at);
  for (const rule of run) rule({ tokens: [inline], env: { path } });
  const left = inline.children.map(({ type }) => type);
  expect(left).toEqual(left.length === 1 ? ['text'] : ['link_open', 'text', 'link_close']);
  return left.length === 1 ? null : (attributes.get('href') ?? null);
}

test.each([
  { what: 'a page', href: 'errors.md', want: '/errors.md' },
  { what: 'a place on a page', href: 'errors.md#errors', want: '/errors.md#errors' },
  { what: 'a place on this page', href: '#https', want: '#https' },
  { what: 'a page outside docs/', href: '../SECURITY.md', want: '/project/security.md' },
  { what: 'the README of the repository', href: '../README.md#status', want: '/project/overview.md#status' },
  { what: 'a folder of docs/', href: 'decisions', want: '/decisions/index.md' },
  { what: 'a file', href: '../.env.example', want: `${repositoryUrl}/blob/HEAD/.env.example` },
  { what: 'a folder', href: '../sidecar/test/io', want: `${repositoryUrl}/tree/HEAD/sidecar/test/io` },
  { what: 'somebody else', href: 'https://example.com/a.md', want: 'https://example.com/a.md' },
])('a link to $what', ({ href, want }) => {
  expect(followed(href)).toBe(want);
});

test('where nobody knows the repository, a link to a file is text', () => {
  expect(followed('../.env.example', { ...site, repositoryUrl: null })).toBeNull();
});

test.each(['nothing.md', '../nothing.ts', '../../outside.md'])('a link to %s is refused', (href) => {
  expect(() => followed(href)).toThrow(`docs/configuration.md links to ${href}, and there is no such file.`);
});

test.each([
  ["The Gateway's port", 'the-gateways-port'],
  ['In place of bezant 0.3', 'in-place-of-bezant-03'],
  ['`/livez`, twice', 'livez-twice'],
])('the anchor of "%s" is GitHub’s', (heading, want) => {
  expect(anchorOf(heading)).toBe(want);
});
