// A person reads /docs: finds an operation, tries one that reads, and cannot try one that does more.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { startForeignSite } from './foreign-site.ts';
import { Stage, type Served } from './stage.ts';

const key = 'reference-key-0123456789';
/** For the whole file. */
const servers = new Stage();
const stage = new Stage();
let open: Served;
let locked: Served;

beforeAll(async () => {
  [open, locked] = await Promise.all([
    servers.serve('demo'),
    servers.serve('demo', { BEZANT_AUTH: 'keys', BEZANT_API_KEYS: key }),
  ]);
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage.close();
  await servers.close();
});

interface Reader {
  page: Page;
  /** What the page asked for, and what it was kept from. */
  asked: string[];
  faults: string[];
}

async function read({ sidecar }: Served, at = '/docs', options: BrowserContextOptions = {}): Promise<Reader> {
  const page = await stage.page(options);
  const asked: string[] = [];
  const faults: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  // A violation of the policy is a console error, whether or not a request came of it.
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  await page.goto(new URL(at, sidecar.url).href);
  return { page, asked, faults };
}

const search = (page: Page, phrase: string): Promise<void> => page.getByLabel('Search').fill(phrase);

const found = (page: Page, number: number): Promise<void> =>
  page.getByText(`${number} found`, { exact: true }).waitFor();

/** Opens the operation that the search finds alone. */
async function openOnly(page: Page, phrase: string): Promise<void> {
  await search(page, phrase);
  await found(page, 1);
  await page.locator('.opblock').nth(1).waitFor({ state: 'detached' });
  await page.locator('.opblock-summary-control').click();
  await page.locator('.opblock-body').waitFor();
}

async function tryIt(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try it out' }).click();
  await page.getByRole('button', { name: 'Execute' }).click();
  await page.locator('.live-responses-table').waitFor();
}

const focused = async (page: Page): Promise<string> =>
  String(await page.evaluate('document.activeElement.textContent')).trim();

const answer = (page: Page): Promise<string> => page.locator('.live-responses-table').innerText();

describe('without keys', () => {
  test('search finds an operation, and a call of it works', async () => {
    const { page, asked, faults } = await read(open);
    await page.getByRole('heading', { name: 'Server' }).waitFor();
    await openOnly(page, 'GET health session');
    await tryIt(page);
    expect(await answer(page)).toMatch(/200[^]*"authenticated": true/);
    const origin = new URL(open.sidecar.url).origin;
    expect(asked).toContain(`${origin}/health`);
    expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:'))).toEqual([]);
    expect(faults).toEqual([]);
  });

  test('the keyboard is enough', async () => {
    const { page } = await read(open);
    await page.locator('.opblock').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('livez');
    await found(page, 1);
    await page.locator('.opblock').nth(1).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Try it out' }).waitFor();
    for (const name of ['Try it out', 'Execute']) {
      await page.getByRole('button', { name }).waitFor();
      for (let presses = 0; (await focused(page)) !== name; presses++) {
        if (presses > 20) throw new Error(`Tab does not come to ${name}`);
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
    }
    await page.locator('.live-responses-table').waitFor();
    expect(await answer(page)).toContain('"alive": true');
  });

  test.each([
    { operationId: 'submitNewOrder', says: 'orders' },
    { operationId: 'postNewWatchlist', says: 'writes' },
    { operationId: 'logout', says: 'session' },
    { operationId: 'closeAllMdStreams', says: 'destructive' },
    { operationId: 'getRegulatorySnapshot', says: 'costs money' },
    { operationId: 'debugProbe', says: 'session' },
  ])('$operationId says "$says" and is not offered', async ({ operationId, says }) => {
    const tag = await tagOf(operationId);
    const { page } = await read(open, `/docs#/${encodeURIComponent(tag)}/${operationId}`);
    const operation = page.locator('.opblock.is-open');
    await operation.locator('.opblock-body').waitFor();
    expect(await operation.locator('.opblock-summary-operation-id').innerText()).toContain(operationId);
    expect(await operation.locator('.safety').innerText()).toBe(says);
    expect(await operation.locator('.reason').innerText()).toContain('not tried from this page');
    expect(await operation.getByRole('button', { name: /try it out|execute/i }).count()).toBe(0);
  });

  test('a stream without end is not offered either', async () => {
    const { page } = await read(open);
    await openOnly(page, 'streamEvents');
    expect(await page.locator('.reason').innerText()).toContain('no end');
    expect(await page.getByRole('button', { name: /try it out|execute/i }).count()).toBe(0);
  });

  test('a subject is one step away, however far down it is', async () => {
    const { page, faults } = await read(open);
    await page.getByRole('navigation').getByRole('link', { name: 'Trading Watchlists' }).click();
    await page.getByRole('heading', { name: 'Trading Watchlists' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/Trading%20Watchlists');
    expect(faults).toEqual([]);
  });

  test('the policy holds: no other server is asked, whatever the page is made to do', async () => {
    const site = stage.add(await startForeignSite());
    const { page, faults } = await read(open);
    const answered: string[] = [];
    page.on('response', (response) => answered.push(response.url()));
    const foreign = `http://foreign.example:${site.port}/`;
    await page.evaluate(`fetch(${JSON.stringify(foreign)}).catch(() => null)`);
    await page.evaluate(`new Promise((done) => {
      const image = new Image();
      image.onload = image.onerror = done;
      image.src = ${JSON.stringify(foreign)};
    })`);
    for (const directive of ['connect-src', 'img-src'])
      expect(faults).toContainEqual(
        expect.stringContaining(`Content Security Policy directive: "${directive}`),
      );
    expect(answered.filter((url) => url.includes('foreign.example'))).toEqual([]);
  });

  test('is dark where the reader’s system is', async () => {
    const ground = async (colorScheme: 'dark' | 'light'): Promise<unknown> => {
      const { page } = await read(open, '/docs', { colorScheme });
      await page.locator('.opblock').first().waitFor();
      return page.evaluate(`['body', '.swagger-ui .opblock-tag'].map((name) => {
        const { backgroundColor, color } = getComputedStyle(document.querySelector(name));
        return [backgroundColor, color];
      })`);
    };
    const [[darkGround], [, darkText]] = (await ground('dark')) as [string[], string[]];
    const [[lightGround], [, lightText]] = (await ground('light')) as [string[], string[]];
    expect(lightGround).toBe('rgb(255, 255, 255)');
    expect(darkGround).not.toBe(lightGround);
    expect(darkText).not.toBe(lightText);
  });

  test('without JavaScript it says where to look', async () => {
    const { page } = await read(open, '/docs', { javaScriptEnabled: false });
    expect(await page.locator('noscript').innerText()).toContain('/openapi.json');
  });
});

describe('with keys', () => {
  const field = (page: Page) => page.getByLabel('This server asks for an API key.');

  async function give(page: Page, text: string): Promise<void> {
    await field(page).fill(text);
    await page.getByRole('button', { name: 'Open' }).click();
  }

  test('asks for one in its own field, and says when it is wrong', async () => {
    const { page } = await read(locked);
    await give(page, 'wrong-key-0123456789');
    await page.getByText('The server does not know this key.').waitFor();
    await give(page, key);
    await page.locator('.opblock').first().waitFor();
    expect(await field(page).isVisible()).toBe(false);
  });

  test('sends it with a call, keeps it nowhere and shows it nowhere', async () => {
    const { page } = await read(locked);
    await give(page, key);
    await page.locator('.opblock').first().waitFor();
    await openOnly(page, 'GET health session');
    await tryIt(page);
    expect(await answer(page)).toContain('"authenticated": true');
    expect(await page.locator('.curl-command').innerText()).toContain('Bearer $BEZANT_API_KEY');
    expect(page.url()).not.toContain(key);
    const kept = await page.evaluate(
      `JSON.stringify([document.documentElement.outerHTML, {...localStorage}, {...sessionStorage},
        document.cookie, [...document.querySelectorAll('input')].map(({ value }) => value)])`,
    );
    expect(kept).not.toContain(key);
    await page.reload();
    await field(page).waitFor();
  });
});

async function tagOf(operationId: string): Promise<string> {
  const document = (await (await fetch(new URL('/openapi.json', open.sidecar.url))).json()) as {
    paths: Record<string, Record<string, { operationId: string; tags: string[] }>>;
  };
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const tag = operations.find((operation) => operation.operationId === operationId)?.tags[0];
  if (tag === undefined) throw new Error(`there is no operation ${operationId}`);
  return tag;
}
