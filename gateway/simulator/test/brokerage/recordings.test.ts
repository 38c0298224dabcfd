// Our answers beside recorded ones: every recorded key must be there with the same JSON type. The recordings are
// not part of the project; without the folder next to it there is nothing to compare.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { cases } from './cases.ts';
import { ACCOUNT, openDesk } from './desk.ts';

const folder = fileURLToPath(new URL('../../../../../shared/recordings/', import.meta.url));
const present = existsSync(folder);
if (!present) console.log(`no recordings at ${folder}: nothing compared`);

/** Paths of the recording that we lack, or answer with another type. */
function differences(want: unknown, got: unknown, path = ''): string[] {
  if (want === null) return [];
  if (typeOf(want) !== typeOf(got)) return [`${path}: ${typeOf(want)} recorded, ${typeOf(got)} here`];
  if (Array.isArray(want)) {
    const [first] = want as unknown[];
    const [ours] = got as unknown[];
    if (first === undefined) return (got as unknown[]).length === 0 ? [] : [`${path}: recorded empty`];
    return differences(first, ours, `${path}/0`);
  }
  if (typeof want !== 'object') return [];
  return Object.entries(want).flatMap(([key, value]) => {
    const name = key.replace('U1234567', ACCOUNT);
    return differences(value, (got as Record<string, unknown>)[name], `${path}/${name}`);
  });
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

const comparable = present ? cases.filter(({ file }) => file !== undefined) : [];

test('the recordings, when present, are all known here or belong to the session', () => {
  expect(comparable.every(({ file }) => existsSync(`${folder}${file}.json`))).toBe(true);
});

for (const { file, id, request = {}, before, differs = {} } of comparable) {
  test(`${file} has the recorded keys and types`, () => {
    const desk = openDesk();
    before?.(desk);
    const got = desk.read(id, typeof request === 'function' ? request(desk) : request);
    const recording = JSON.parse(readFileSync(`${folder}${file}.json`, 'utf8')) as {
      Response: { Body: unknown };
    };
    const found = differences(recording.Response.Body, JSON.parse(JSON.stringify(got)));
    const unexplained = found.filter(
      (line) => !Object.keys(differs).includes(line.slice(0, line.indexOf(':'))),
    );
    expect(unexplained).toEqual([]);
    expect(found).toHaveLength(Object.keys(differs).length);
  });
}
