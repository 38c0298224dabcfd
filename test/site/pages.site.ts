// The documentation as a reader has it: the built site in a real browser. `npm run test:site` builds it first.
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { readPages } from '../../docs/.vitepress/pages.ts';
import { Stage } from '../../sidecar/test/browser/stage.ts';
import { built, serveSite, type StaticSite } from './static-site.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = readPages(root);

const fileOf = (address: string): string => address.replace(/\/$/, '/index.html');

const phone = { viewport: { width: 375, height: 812 } };
const desk = { viewport: { width: 1280, height: 900 } };

const stage = new Stage();
let site: StaticSite;

beforeAll(async () => {
  site = await serveSite();
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage.close();
  await site.stop();
});

interface Reader {
  page: Page;
  asked: string[];
  faults: string[];
}

async function open(at: string, options: BrowserContextOptions = desk): Promise<Reader> {
  const page = await stage.page(options);
  const asked: string[] = [];
  const faults: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(site.origin + at, { waitUntil: 'networkidle' });
  return { page, asked, faults };
}

const foreign = (asked: readonly string[]): string[] =>
  asked.filter((url) => !url.startsWith(`${site.origin}/`) && !url.startsWith('data:'));

/** Answers with what sticks out, to be read when it fails. */
const widerThanWindow = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('main *')]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.tagName + ': ' + element.textContent.slice(0, 60));
})()`;

test('the pages are those of the repository', () => {
  const html = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.html'),
  );
  const expected = pages.map(({ address }) => fileOf(address).slice(1));
  expect(html.toSorted()).toEqual([...expected, '404.html'].toSorted());
});

test.each(pages)(
  '$file: no error, nobody else is asked, no wider than a phone',
  async ({ address, title }) => {
    const { page, asked, faults } = await open(address);
    expect(await page.locator('h1').innerText()).toContain(title);
    expect(await page.locator('.VPSidebar .is-active').count()).toBeGreaterThan(0);
    await page.setViewportSize(phone.viewport);
    await page.locator('.VPNavBarHamburger').waitFor();
    expect(await page.evaluate(widerThanWindow)).toEqual([]);
    expect(asked.length).toBeGreaterThan(1);
    expect(foreign(asked)).toEqual([]);
    expect(faults).toEqual([]);
  },
);

test('every link leads to a page, and every anchor to a place on it', () => {
  const html = new Map(
    pages.map(({ address }) => [address, readFileSync(join(built, fileOf(address)), 'utf8')]),
  );
  const links = [...html].flatMap(([from, text]) =>
    [...text.matchAll(/<a [^>]*?href="([^"]*)"/g)].map(([, href = '']) => ({ from, href })),
  );
  const dead = links
    .filter(({ href }) => !/^[a-z]+:/.test(href))
    .filter(({ from, href }) => {
      const { pathname, hash } = new URL(href, `http://site${from}`);
      const target = html.get(pathname.replace(/\/index\.html$/, '/')) ?? html.get(`${pathname}.html`);
      return (
        target === undefined ||
        (hash !== '' && !target.includes(` id="${decodeURIComponent(hash.slice(1))}"`))
      );
    });
  expect(links.length).toBeGreaterThan(pages.length);
  expect(dead).toEqual([]);
});

describe('search', () => {
  test.each([
    { phrase: 'BEZANT_KEEPALIVE_SECS', found: '/configuration.html#bezant_keepalive_secs' },
    { phrase: 'cursor_expired', found: '/errors.html#cursor_expired' },
    { phrase: 'penalty box', found: '.html#*' },
  ])('$phrase leads to $found, by keyboard', async ({ phrase, found }) => {
    const { page, asked, faults } = await open('/');
    await page.keyboard.press('/');
    await page.locator('.VPLocalSearchBox input').fill(phrase);
    await page.locator('.VPLocalSearchBox .result.selected mark').first().waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.VPLocalSearchBox').waitFor({ state: 'detached' });
    await page.waitForURL(`**${found}`);
    await page.locator('main', { hasText: phrase }).waitFor();
    expect(foreign(asked)).toEqual([]);
    expect(faults).toEqual([]);
  });
});

describe('the keyboard', () => {
  test('the first stop skips to the content, and the sidebar can be walked', async () => {
    const { page } = await open('/configuration.html');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to content');
    await page.keyboard.press('Enter');
    expect(new URL(page.url()).hash).toBe('#VPContent');
    const link = page.locator('.VPSidebar a', { hasText: /^Errors$/ });
    await link.focus();
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/errors.html');
    await page.locator('h1', { hasText: 'Errors' }).waitFor();
  });
});

test('a setting of a link is shown, marked, on a phone too', async () => {
  const { page } = await open('/configuration.html#bezant_gateway_fingerprint', phone);
  const row = page.locator('#bezant_gateway_fingerprint');
  const box = await row.boundingBox();
  expect(box?.y).toBeGreaterThan(0);
  expect(box?.y).toBeLessThan(phone.viewport.height - (box?.height ?? 0));
  const labels = await page.evaluate(
    `[...document.querySelectorAll(':target td')].map((cell) => cell.dataset.column)`,
  );
  expect(labels).toEqual(['setting', 'flag', 'default', 'meaning']);
});
