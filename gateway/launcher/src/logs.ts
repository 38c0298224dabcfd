// Our logback.xml writes no files. A Gateway that does so anyway, or a configuration of the user's, must not fill the disk.

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

// A week of a busy Gateway at DEBUG; the SD card of a Raspberry Pi bears it.
export const maxLogBytes = 50 * 1024 * 1024;

/** Removes the oldest files of the folder until it is within the limit. Returns how many. */
export async function boundLogs(folder: string, maxBytes = maxLogBytes): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  let bytes = 0;
  const kept = ({ size }: { size: number }): boolean => (bytes += size) <= maxBytes;
  const old = files.sort((a, b) => b.mtimeMs - a.mtimeMs).filter((file) => !kept(file));
  await Promise.all(old.map(({ path }) => rm(path, { force: true, recursive: true })));
  return old.length;
}
