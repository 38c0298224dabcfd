import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staleFiles, writeFiles } from '../src/write.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'normalizer-write-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('writes all files, and nothing else stays behind', async () => {
  const out = join(dir, 'new', 'folder');
  await writeFiles(out, { 'a.json': 'A', 'b.json': 'B' });
  expect(await readdir(out)).toEqual(['a.json', 'b.json']);
  expect(await readFile(join(out, 'b.json'), 'utf8')).toBe('B');
});

test('when one file cannot be written none is', async () => {
  await writeFile(join(dir, 'a.json'), 'old');
  // the temporary file of b.json cannot be made in a folder that is not there
  await expect(writeFiles(dir, { 'a.json': 'new', 'missing/b.json': 'B' })).rejects.toThrow(
    /cannot write to .*ENOENT/,
  );
  expect(await readFile(join(dir, 'a.json'), 'utf8')).toBe('old');
  expect(await readdir(dir)).toEqual(['a.json']);
});

test('the target folder is a file', async () => {
  await writeFile(join(dir, 'file'), '');
  await expect(writeFiles(join(dir, 'file'), { a: '' })).rejects.toThrow(/cannot write to/);
});

test('stale are the missing and the different, to the byte', async () => {
  await mkdir(join(dir, 'out'));
  await writeFile(join(dir, 'out', 'same'), 'x\n');
  await writeFile(join(dir, 'out', 'shorter'), 'x');
  expect(await staleFiles(join(dir, 'out'), { same: 'x\n', shorter: 'x\n', missing: '' })).toEqual([
    'shorter',
    'missing',
  ]);
});
