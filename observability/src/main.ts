// bezant-observability [generate] [--check]: the tables here → Grafana's JSON and Prometheus' rules. Exit 0 done, 1 a file is
// stale, 2 the command line is wrong.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { files } from './files.ts';

const root = resolve(import.meta.dirname, '../..');
/** Nobody else writes there, so what is no longer made goes. */
const folders = ['helm/bezant/dashboards', 'helm/bezant/rules'];

const [command, ...flags] = process.argv.slice(2);
if (command !== 'generate' || flags.some((flag) => flag !== '--check')) {
  process.stderr.write('Usage: bezant-observability generate [--check]   --check only compares\n');
  process.exit(2);
}

const left = (await Promise.all(folders.map(listed))).flat().filter((path) => !Object.hasOwn(files, path));
if (flags.includes('--check')) await check();
else await write();

async function check(): Promise<void> {
  const stale = [...left];
  for (const [path, text] of Object.entries(files)) {
    if ((await readFile(join(root, path), 'utf8').catch(() => null)) !== text) stale.push(path);
  }
  if (stale.length === 0) return say(`${folders.join(', ')}: up to date.`);
  process.stderr.write(`bezant-observability: stale: ${stale.join(', ')}; run npm run generate and commit\n`);
  process.exitCode = 1;
}

async function write(): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  for (const path of left) await rm(join(root, path));
  say(`${folders.join(', ')}: ${Object.keys(files).length} files.`);
}

async function listed(folder: string): Promise<string[]> {
  const names = await readdir(join(root, folder)).catch(() => []);
  return names.map((name) => `${folder}/${name}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
