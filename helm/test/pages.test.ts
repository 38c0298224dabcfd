import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

import { pages, readPage } from '../pages.ts';
import { describedValues } from '../values-file.ts';

test.each(Object.keys(pages))('%s says what the tables say (else: node helm/pages.ts)', async (page) => {
  expect(readPage(page)).toBe(await pages[page]?.());
});

const chart = join(import.meta.dirname, '..', 'bezant');

interface Node {
  type?: string | string[];
  properties?: Record<string, Node>;
  additionalProperties?: unknown;
}

const schema = JSON.parse(readPage('helm/bezant/values.schema.json')) as Node;

test('every value of values.yaml has its place in the schema, and the schema has no other', () => {
  const inSchema = (node: Node, path: string): string[] =>
    Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
      const own = path === '' ? name : `${path}.${name}`;
      return child.additionalProperties === false && hasValues(own) ? [own, ...inSchema(child, own)] : [own];
    });
  const values = describedValues().map(({ path }) => path);
  const hasValues = (path: string): boolean => values.some((value) => value.startsWith(`${path}.`));
  const umbrella = ['global', 'postgres.global'];
  expect(
    inSchema(schema, '')
      .filter((path) => !umbrella.includes(path))
      .toSorted(),
  ).toEqual(values.toSorted());
});

test('the defaults are what the schema allows', () => {
  const read = (file: string): unknown => parse(readFileSync(join(chart, file), 'utf8'));
  const values = read('values.yaml') as Record<string, unknown>;
  values['postgres'] = { ...(read('charts/postgres/values.yaml') as object), enabled: false };
  const validate: ValidateFunction = new Ajv2020.default({ strict: true, allowUnionTypes: true }).compile(
    schema,
  );
  validate(values);
  expect(validate.errors).toBeNull();
});
