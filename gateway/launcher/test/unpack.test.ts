// What a zip may not do to the disk.

import { expect, test } from '@jest/globals';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpack } from '../src/unpack.ts';
import { folder } from './launch.ts';
import { zipOf, type Content } from './zip.ts';

async function unpacked(zip: Buffer): Promise<{ work: string; tree: string }> {
  const work = folder();
  writeFileSync(join(work, 'a.zip'), zip);
  return { work, tree: await unpack(join(work, 'a.zip'), join(work, 'files'), 'here') };
}

test('files and folders', async () => {
  const { tree, work } = await unpacked(
    zipOf([
      { name: 'a/', mode: 0o040755 },
      { name: 'a/b.txt', text: 'B' },
      { name: 'c.txt', text: 'C' },
    ]),
  );
  expect(tree).toBe(join(work, 'files'));
  expect(['a/b.txt', 'c.txt'].map((name) => readFileSync(join(tree, name), 'utf8'))).toEqual(['B', 'C']);
});

test('one folder around everything', async () => {
  const { tree, work } = await unpacked(zipOf([{ name: 'clientportal.gw/a.txt', text: 'A' }]));
  expect(tree).toBe(join(work, 'files/clientportal.gw'));
});

const mb = 1024 * 1024;

test.each<{ what: string; contents: Content[]; want: RegExp }>([
  {
    what: 'a path upwards',
    contents: [{ name: '../evil', text: 'x' }],
    want: /invalid relative path.*not unpacked/,
  },
  {
    what: 'a path upwards further in',
    contents: [{ name: 'a/../../evil', text: 'x' }],
    want: /(invalid relative|absolute) path.*not unpacked/,
  },
  {
    what: 'an absolute path',
    contents: [{ name: '/tmp/evil', text: 'x' }],
    want: /(invalid relative|absolute) path.*not unpacked/,
  },
  {
    what: 'a drive',
    contents: [{ name: 'C:/evil', text: 'x' }],
    want: /(invalid relative|absolute) path.*not unpacked/,
  },
  {
    what: 'a symbolic link',
    contents: [{ name: 'a', text: '/etc', mode: 0o120777 }],
    want: /has a link in it/,
  },
  { what: 'a device', contents: [{ name: 'a', mode: 0o020666 }], want: /has a link in it/ },
  {
    what: 'one name twice',
    contents: [
      { name: 'a', text: '1' },
      { name: 'a', text: '2' },
    ],
    want: /has one file twice/,
  },
  {
    what: 'another sum',
    contents: [{ name: 'a', text: '1', crc: 1 }],
    want: /damaged or incomplete \(wrong sum\)/,
  },
  {
    what: 'more bytes than anybody needs',
    contents: [{ name: 'a', size: 600 * mb }],
    want: /more than 500 MB/,
  },
  {
    what: 'more files than anybody needs',
    contents: Array.from({ length: 6000 }, (_, n) => ({ name: `f${n}` })),
    want: /has 6000 files/,
  },
])('refused: $what', async ({ contents, want }) => {
  await expect(unpacked(zipOf(contents))).rejects.toThrow(want);
  expect(existsSync('/tmp/evil')).toBe(false);
});

test('refused: half a zip', async () => {
  const whole = zipOf([{ name: 'a', text: 'x'.repeat(1000) }]);
  await expect(unpacked(whole.subarray(0, 500))).rejects.toThrow(/damaged or incomplete .*fetch it again/);
});
