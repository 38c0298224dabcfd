// Every position of an account: IBKR gives them in pages.

import { Problem } from '../errors.ts';

/** IBKR documents 100 rows a page and formerly 30: a page of fewer than 30 is the last by either. */
const smallestPageSize = 30;
/** 10,000 positions and more; a Gateway that never ends is not followed for ever. */
const maxPages = 300;

/** Stops at a page that is no list, and hands that page out. */
export async function positionPages<Page>(
  fetch: (pageId: string) => Promise<Page>,
  rowsOf: (page: Page) => readonly unknown[] | null,
): Promise<{ rows: unknown[] } | { page: Page }> {
  const rows: unknown[] = [];
  for (let pageId = 0; pageId < maxPages; pageId += 1) {
    const page = await fetch(String(pageId));
    const found = rowsOf(page);
    if (found === null) return { page };
    rows.push(...found);
    if (found.length < smallestPageSize) return { rows };
  }
  throw new Problem('upstream_status', `The Gateway gave ${maxPages} full pages of positions and no end.`);
}
