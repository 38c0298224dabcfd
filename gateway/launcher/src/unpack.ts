// A zip into a folder that does not exist yet. What could write elsewhere, or fill the disk, is refused before it is written.

import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { Fault } from './fault.ts';

// The build of 2023-04-24 has 38 files and 14 MB.
const maxEntries = 5000;
const maxBytes = 500 * 1024 * 1024;

/** Returns the folder that the files are in: a zip may hold one folder with everything in it. */
export async function unpack(zip: string, folder: string, from: string): Promise<string> {
  const file = await yauzl.openPromise(zip, { lazyEntries: true, autoClose: false }).catch(damaged(from));
  try {
    await unpackAll(file, folder, from);
  } finally {
    file.close();
  }
  const [only, ...more] = await readdir(folder, { withFileTypes: true });
  return only?.isDirectory() === true && more.length === 0 ? join(folder, only.name) : folder;
}

async function unpackAll(file: ZipFile, folder: string, from: string): Promise<void> {
  if (file.entryCount > maxEntries) throw notOurs(from, `has ${file.entryCount} files`);
  let bytes = 0;
  await mkdir(folder, { recursive: true });
  try {
    for await (const entry of file.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (bytes > maxBytes) throw notOurs(from, `has more than ${maxBytes / 1024 / 1024} MB of files`);
      await unpackOne(file, entry, folder, from);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw notOurs(from, 'has one file twice');
    // What yauzl refuses has no code: bad sizes, bad paths, a broken directory.
    if (error instanceof Fault || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    damaged(from)(error);
  }
}

async function unpackOne(file: ZipFile, entry: Entry, folder: string, from: string): Promise<void> {
  const name = entry.fileName;
  if (name.startsWith('/') || name.split(/[/\\]/).includes('..') || /^[a-z]:/i.test(name))
    throw notOurs(from, 'has a file that would be written outside its folder');
  if (isSpecial(entry)) throw notOurs(from, 'has a link in it');
  const path = join(folder, name);
  if (name.endsWith('/')) {
    await mkdir(path, { recursive: true });
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush: (done) => done(sum === entry.crc32 ? null : new Error('wrong sum')),
  });
  // Onto the disk before the folder gets its name: a power cut must not leave empty files in force.
  await pipeline(
    await file.openReadStreamPromise(entry),
    check,
    createWriteStream(path, { flags: 'wx', flush: true }),
  );
}

/** Anything but a plain file or folder, by the Unix mode that a zip can carry. */
function isSpecial({ externalFileAttributes }: Entry): boolean {
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  return ![0, 0o100000, 0o040000].includes(kind);
}

const notOurs = (from: string, what: string): Fault =>
  new Fault(`The zip from ${from} ${what}: it is not IBKR’s Gateway. It was not unpacked.`);

const damaged =
  (from: string) =>
  (error: unknown): never => {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new Fault(
      `The zip from ${from} is damaged or incomplete (${(error as Error).message}). It was not unpacked; fetch it again.`,
    );
  };
