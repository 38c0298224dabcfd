// The package as npm would publish it, installed in a folder of its own.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const workspace = join(import.meta.dirname, '..');

export interface Packed {
  /** Where programs that use it may be put. */
  readonly dir: string;
  readonly tarball: string;
  /** What is in it. */
  readonly files: readonly string[];
  remove(): void;
}

export function pack(): Packed {
  const dir = mkdtempSync(join(tmpdir(), 'bezant-client-'));
  const report = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', dir], {
      cwd: workspace,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  ) as [{ filename: string; files: { path: string }[] }];
  const [{ filename, files }] = report;
  const tarball = join(dir, filename);
  const installed = join(dir, 'node_modules/bezant-client');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components', '1', '-C', installed]);
  cpSync(join(workspace, 'test/tour.js'), join(dir, 'tour.mjs'));
  return {
    dir,
    tarball,
    files: files.map(({ path }) => path),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** `../package.json` and the like, read. */
export function manifest(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(workspace, file), 'utf8')) as Record<string, unknown>;
}
