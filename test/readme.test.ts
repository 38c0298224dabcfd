// The README lists the short routes by hand, for readers; the table of operations decides which there are.
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

test('the README lists every short route of the contract and no other', () => {
  const operations = JSON.parse(readFileSync(join(root, 'spec/generated/operations.json'), 'utf8')) as {
    routes: { method: string; path: string }[];
  }[];
  const routes = operations.flatMap((operation) =>
    operation.routes.map(({ method, path }) => `${method} ${path}`),
  );
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const listed = [...readme.matchAll(/`((?:GET|POST|PUT|DELETE) \/[^`]*)`/g)].map(([, route]) => route);
  expect(listed.toSorted()).toEqual(routes.toSorted());
});
