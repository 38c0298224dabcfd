import { afterEach, describe, expect, test } from '@jest/globals';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSpool, type Batch, type Spool } from '../../src/store/spool.ts';
import { numbered } from './events.ts';

const folders: string[] = [];
const spools: Spool[] = [];
afterEach(async () => {
  for (const spool of spools.splice(0)) await spool.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-spool-'));
  folders.push(folder);
  return folder;
}

const damaged: string[] = [];
async function open(folder: string, lastTaken: string | null = null): Promise<Spool> {
  const onUnreadable = (file: string) => damaged.push(file);
  const spool = await openSpool({ folder, capBytes: 1e9, lastTaken, onUnreadable });
  spools.push(spool);
  return spool;
}

const batch = (name: string, bytes = 10): Batch => ({
  name,
  events: numbered(1, { raw: 'x'.repeat(bytes) }),
});

async function drain(spool: Spool): Promise<string[]> {
  const names: string[] = [];
  for (let first = await spool.first(); first !== null; first = await spool.first()) {
    names.push(first.name);
    await spool.shift();
  }
  return names;
}

describe('the spool', () => {
  test('gives batches back whole, in order, and leaves no file behind', async () => {
    const folder = newFolder();
    const spool = await open(folder);
    const batches = ['a', 'b', 'c'].map((name) => batch(name));
    for (const one of batches) await spool.append(one);
    expect(spool.isEmpty).toBe(false);
    expect(await spool.first()).toEqual(batches[0]);
    expect(await spool.first()).toEqual(batches[0]);
    expect(await drain(spool)).toEqual(['a', 'b', 'c']);
    expect([spool.isEmpty, spool.bytes, readdirSync(folder)]).toEqual([true, 0, []]);
    expect(await spool.first()).toBeNull();
  });

  test('keeps its order with batches before all others, while it is being emptied, and over files', async () => {
    const folder = newFolder();
    const spool = await open(folder);
    await spool.append(batch('b', 3_000_000));
    await spool.append(batch('c', 3_000_000));
    await spool.append(batch('d', 3_000_000));
    await spool.prepend(batch('a'));
    expect(readdirSync(folder)).toHaveLength(3);
    expect((await spool.first())?.name).toBe('a');
    await spool.shift();
    await spool.append(batch('e'));
    await spool.shift();
    await spool.prepend(batch('again'));
    expect(await drain(spool)).toEqual(['again', 'c', 'd', 'e']);
    await spool.append(batch('f'));
    expect(await drain(spool)).toEqual(['f']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is there after a restart, for this user alone', async () => {
    const folder = newFolder();
    const spool = await open(folder);
    for (const name of ['b', 'c']) await spool.append(batch(name));
    await spool.prepend(batch('a'));
    const [file = ''] = readdirSync(folder);
    expect(statSync(join(folder, file)).mode & 0o077).toBe(0);
    await spool.stop();
    const second = await open(folder);
    expect(second.bytes).toBe(spool.bytes);
    await second.append(batch('d'));
    expect(await drain(second)).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each([
    ['nothing was taken', null, ['a', 'b', 'c', 'd']],
    ['something else was', 'x', ['a', 'b', 'c', 'd']],
    ['one of the first file was', 'a', ['b', 'c', 'd']],
    ['one of the second file was', 'c', ['d']],
    ['all was', 'd', []],
  ])('after a restart, where %s, the rest remains', async (_what, lastTaken, want) => {
    const folder = newFolder();
    const first = await open(folder);
    for (const name of ['a', 'b']) await first.append(batch(name));
    await first.stop();
    const second = await open(folder);
    for (const name of ['c', 'd']) await second.append(batch(name));
    await second.stop();
    expect(readdirSync(folder)).toHaveLength(2);
    const third = await open(folder, lastTaken);
    expect(third.isEmpty).toBe(want.length === 0);
    expect(await drain(third)).toEqual(want);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a line that a crash has cut off was never told to be here', async () => {
    const folder = newFolder();
    const first = await open(folder);
    await first.append(batch('a'));
    await first.stop();
    const [file = ''] = readdirSync(folder);
    appendFileSync(join(folder, file), JSON.stringify(batch('half')).slice(0, 40));
    const second = await open(folder);
    await second.append(batch('b'));
    await second.stop();
    expect(await drain(await open(folder))).toEqual(['a', 'b']);
    expect(damaged.splice(0)).toEqual([]);
  });

  test('a damaged line is told and holds up nothing, found at the start or later', async () => {
    const folder = newFolder();
    const first = await open(folder);
    for (const name of ['a', 'b', 'c']) await first.append(batch(name));
    const [file = ''] = readdirSync(folder);
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace('{"name":"b"', '{"name:"b" '));
    const second = await open(folder);
    expect([damaged.splice(0), (await second.first())?.name]).toEqual([[path], 'a']);
    expect(await drain(first)).toEqual(['a', 'c']);
    expect(damaged.splice(0)).toEqual([path]);
  });
});
