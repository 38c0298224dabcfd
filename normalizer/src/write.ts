// Writes a set of files so that a failure leaves none of them half done: all texts go to temporary files next to their
// targets first, and are renamed into place when every one of them is on disk.

import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem, reasonOf } from './problem.ts';
import type { Files } from './emit/emitter.ts';

export async function writeFiles(dir: string, files: Files): Promise<void> {
  const targets = Object.entries(files).map(([name, text]) => ({
    text,
    target: join(dir, name),
    temporary: join(dir, `.${name}.${process.pid}.tmp`),
  }));
  try {
    await mkdir(dir, { recursive: true });
    for (const { temporary, text } of targets) await writeSynced(temporary, text);
    for (const { temporary, target } of targets) await rename(temporary, target);
  } catch (error) {
    throw new Problem(`cannot write to ${dir} (${reasonOf(error)}): give a folder that can be written to`);
  } finally {
    await Promise.all(targets.map(({ temporary }) => rm(temporary, { force: true }).catch(() => undefined)));
  }
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The names whose text on disk differs from what it should be, or is missing. */
export async function staleFiles(dir: string, files: Files): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of Object.entries(files)) {
    const present = await readFile(join(dir, name), 'utf8').catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  return stale;
}
