// The client in a real browser: a web page of an allowed origin, with a bundle of the package, talking to the real server.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../../../sidecar/test/browser/chromium.ts';
import { startForeignSite, type ForeignSite } from '../../../../sidecar/test/browser/foreign-site.ts';
import { startStage } from '../stage.ts';

let browser: Browser;
let site: ForeignSite;
beforeAll(async () => {
  browser = await openBrowser();
  site = await startForeignSite();
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

const pages: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import * as client from '../../src/index.ts';
import { tour } from '../tour.js';
globalThis.takeTour = (baseUrl) => tour(client, baseUrl);
globalThis.fail = (baseUrl) => client.createClient({ baseUrl }).health().catch(({ kind, message }) => ({ kind, message }));`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
    absWorkingDir: join(import.meta.dirname, '../..'),
  });
  return outputFiles[0]?.text ?? '';
}

async function openPage(origin: string) {
  const page = await browser.newPage();
  pages.push(page);
  await page.goto(origin);
  await page.addScriptTag({ content: await bundle() });
  return page;
}

test('a page of an allowed origin: calls, errors, events, the socket', async () => {
  const origin = `http://127.0.0.1:${site.port}`;
  const { sidecar } = await startStage({
    env: { BEZANT_EVENTS_ENABLED: 'true', BEZANT_ALLOWED_ORIGINS: origin },
  });
  const page = await openPage(origin);
  expect(await page.evaluate(`takeTour(${JSON.stringify(sidecar.url)})`)).toEqual({
    authenticated: true,
    hasPositions: true,
    refused: 'BezantError not-found',
    event: 'marketdata',
    quote: 'string',
  });
});

test('a page of another origin is told that it cannot get through', async () => {
  const { sidecar } = await startStage();
  const page = await openPage(`http://127.0.0.1:${site.port}`);
  expect(await page.evaluate(`fail(${JSON.stringify(sidecar.url)})`)).toMatchObject({ kind: 'unreachable' });
});
