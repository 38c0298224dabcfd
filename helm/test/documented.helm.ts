// Values that the documentation shows are values that the chart takes.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { render, type Values } from './chart.ts';
import { faultsOf } from './kubernetes.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs/deploy/kubernetes.md'), 'utf8').replaceAll(
  'REGISTRY',
  'registry.example',
);
/** Shown as what is refused. */
const refused = 'replicas: 2';

/** Blocks of YAML, and values within a line of text: `postgres: { … }`. */
const examples = [
  ...[...page.matchAll(/```yaml\n([^]*?)```/g)].map(([, block = '']) => block),
  ...[...page.matchAll(/`([a-zA-Z.]+: (?:\{[^`]*\}|[^` ]+))`/g)].map(([, inline = '']) => inline),
]
  .filter((text) => text !== refused)
  .map((text) => [text.trim().split('\n')[0] ?? '', text] as const);

test('there are some of both, and one that is refused', () => {
  expect(examples.length).toBeGreaterThan(5);
  expect(page).toContain(`\`${refused}\` is refused`);
});

/** `postgres.enabled: true` is written so for short. */
function spread(values: Record<string, unknown>): Values {
  return Object.fromEntries(
    Object.entries(values).map(([path, value]) => {
      const [first = '', ...rest] = path.split('.');
      return [first, rest.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)];
    }),
  );
}

test.each(examples)('%s', async (_first, text) => {
  const manifests = await render({ values: spread(parse(text) as Record<string, unknown>) });
  expect(manifests.length).toBeGreaterThan(5);
  expect((await Promise.all(manifests.map(faultsOf))).flat()).toEqual([]);
});
