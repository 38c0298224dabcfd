import { expect, test } from '@jest/globals';
import { readPage, renderPage } from './page.ts';

test('docs/observability.md says what the tables say (else: npm run docs)', async () => {
  expect(readPage()).toBe(await renderPage());
});
