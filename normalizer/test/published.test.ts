// IBKR's documents themselves, where they lie beside the project. They are not part of it, so elsewhere this says so and
// leaves the rest to contract.test.ts.

import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyAdditions, loadAdditions } from '../src/additions.ts';
import { dropProse } from '../src/prose.ts';
import { importDocument } from '../src/import.ts';
import { isNumber, isObject, sameJson, type Json } from '../src/json.ts';
import { runPasses } from '../src/passes/index.ts';
import { readDocument } from '../src/read.ts';

const PUBLISHED = join(import.meta.dirname, '../../../shared/specs');
const SPEC = join(import.meta.dirname, '../../spec');

function differences(one: Json | undefined, other: Json | undefined, at = ''): string[] {
  if (isNumber(one) && isNumber(other))
    return Number(JSON.stringify(one)) === Number(JSON.stringify(other)) ? [] : [at];
  if (sameJson(one, other)) return [];
  if (!isObject(one) || !isObject(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return [at];
    return one.flatMap((item, index) => differences(item, other[index], `${at}/${index}`));
  }
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return keys.flatMap((key) => differences(one[key], other[key], `${at}/${key}`));
}

// The copy of 2.29.0 went through repairs that lose what ours keep. By the place of a difference; the first row that fits
// counts.
const REASONS: readonly (readonly [string, RegExp, number])[] = [
  ['error bodies', /\/responses\/([45]..|[A-Z]\w+)\/content$/, 224],
  ['further successes', /\/responses\/2..$/, 13],
  ['empty lists of parameters', /\/parameters$/, 54],
  ['client-id is required', /\/parameters\/0\/required$/, 21],
  ['signed JWTs', /\/content\/(application\/jwt|text\/plain|text\/plain\/schema\/contentMediaType)$/, 21],
  ['PDF', /\/content\/application\/pdf$/, 3],
  ['enums', /\/(success|unsubscribed|code)\/enum$/, 3],
  ['lists of form numbers', /forms\/get\/parameters\/0\/schema\/items\/(type|format)$/, 2],
  ['items it dropped', /\/instruments\/items\/type$/, 1],
  ['the second getTradingSchedule', /\/operationId$/, 1],
];

if (existsSync(PUBLISHED)) {
  test('the committed base is the published 2.28.0', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'normalizer-published-'));
    const source = join(PUBLISHED, 'cpapi-2.28.0-raw.json');
    const { file } = await importDocument(await readFile(source, 'utf8'), source, dir);
    expect(
      (await readFile(join(dir, file), 'utf8')) === (await readFile(join(SPEC, 'vendor', file), 'utf8')),
    ).toBe(true);
    await rm(dir, { recursive: true });
  });

  test('2.28.0 with the additions is 2.29.0, but for what the copy of that had lost', async () => {
    const ours = await readDocument(join(SPEC, 'vendor', 'cpapi-2.28.0.json'));
    for (const additions of await loadAdditions(join(SPEC, 'overlay'))) applyAdditions(ours, additions);
    const theirs = await readDocument(join(PUBLISHED, 'cpapi-2.29.0-repaired.json'));
    dropProse(theirs);
    for (const document of [ours, theirs]) runPasses(document);
    const found = new Map<string, string[]>();
    for (const at of differences(ours, theirs)) {
      const reason = REASONS.find(([, place]) => place.test(at))?.[0] ?? 'no reason';
      found.set(reason, [...(found.get(reason) ?? []), at]);
    }
    expect(found.get('no reason')).toBeUndefined();
    expect(Object.fromEntries([...found].map(([reason, places]) => [reason, places.length]))).toEqual(
      Object.fromEntries(REASONS.map(([reason, , count]) => [reason, count])),
    );
  });
} else {
  test("IBKR's documents do not lie beside this project; only the committed base is tested", () => {
    expect(existsSync(join(SPEC, 'vendor', 'cpapi-2.28.0.json'))).toBe(true);
  });
}
