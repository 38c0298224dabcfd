// What the documentation tells to type names only what there is: npm scripts, commands, compose files, build targets, settings.
import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPages } from '../docs/.vitepress/pages.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const json = (file: string): unknown => JSON.parse(read(file));

/** What changed is told in the words of its time. */
const pages = readPages(root).filter(({ file }) => file !== 'CHANGELOG.md');

/** What a pattern finds in the pages, each with where it stands. */
const named = (pattern: RegExp): { file: string; name: string }[] =>
  pages.flatMap(({ file }) => [...read(file).matchAll(pattern)].map(([, name = '']) => ({ file, name })));

function expectAll(found: { file: string; name: string }[], isThere: (name: string) => boolean): void {
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(({ name }) => !isThere(name))).toEqual([]);
}

test('npm scripts', () => {
  const { scripts } = json('package.json') as { scripts: Record<string, string> };
  expectAll(named(/npm run (?!-)([\w:]+)/g), (name) => name in scripts);
});

test('npm scripts of the site', () => {
  const { scripts } = json('docs/package.json') as { scripts: Record<string, string> };
  expectAll(named(/npm run --prefix docs ([\w:]+)/g), (name) => name in scripts);
});

test('commands of ours', () => {
  const { workspaces } = json('package.json') as { workspaces: string[] };
  const bins = workspaces.flatMap((workspace) =>
    Object.keys((json(`${workspace}/package.json`) as { bin?: Record<string, string> }).bin ?? {}),
  );
  expectAll(named(/npx (bezant[\w-]*)/g), (name) => bins.includes(name));
});

test('files of compose', () => {
  expectAll(named(/-f ([\w-]+\.yaml)/g), (name) => existsSync(join(root, 'compose', name)));
});

test('targets and arguments of the images', () => {
  const dockerfile = read('Dockerfile.combined');
  expectAll(named(/--target ([\w-]+)/g), (name) => dockerfile.includes(` AS ${name}\n`));
  expectAll(named(/--build-arg (\w+)/g), (name) => new RegExp(`^ARG ${name}\\b`, 'm').test(dockerfile));
});

test('names of settings', () => {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  });
  const code = list
    .toString()
    .split('\0')
    .filter(
      (file) => /\.(ts|js|json|yaml|env|combined|sh)$|^\.ci\//.test(file) && existsSync(join(root, file)),
    )
    .filter((file) => !file.startsWith('spec/') && file !== 'package-lock.json')
    .map(read)
    .join('\n');
  const known = new Set(code.match(/\b(BEZANT|IBKR)_[A-Z0-9_]*[A-Z0-9]/g));
  const isSetting = (name: string): boolean => known.has(name) || known.has(name.replace(/_FILE$/, ''));
  expectAll(named(/\b((?:BEZANT|IBKR)_[A-Z0-9_]*[A-Z0-9])\b/g), isSetting);
});
