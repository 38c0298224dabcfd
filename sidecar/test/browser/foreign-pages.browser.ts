// A web page that the trader has open by chance. The browser would carry it to this server, session and all: nothing of
// what it sends may reach the Gateway.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page, Response } from 'playwright-core';
import { send } from '../io/wire.ts';
import { blind, leaving, scripted } from './attempts.ts';
import { startForeignSite } from './foreign-site.ts';
import { Stage, type Served } from './stage.ts';

const key = 'browser-key-0123456789';
/** For the whole file. */
const servers = new Stage();
/** For one test: a page that stays open goes on asking. */
const stage = new Stage();
let open: Served;
let locked: Served;
let site: { port: number };

beforeAll(async () => {
  site = servers.add(await startForeignSite());
  [open, locked] = await Promise.all([
    servers.serve('demo', { BEZANT_ALLOWED_ORIGINS: `http://friend.example:${site.port}` }),
    servers.serve('demo', { BEZANT_AUTH: 'keys', BEZANT_API_KEYS: key }),
  ]);
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage.close();
  await servers.close();
});

const originOf = ({ sidecar }: Served): string => new URL(sidecar.url).origin;

/** How often the server has turned a page away, by its own count. */
async function refusals({ sidecar }: Served, reason: string): Promise<number> {
  const { text } = await send(sidecar.adminUrl, { path: '/metrics' });
  return Number(new RegExp(`^bezant_refused_total\\{reason="${reason}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

/** Waits for one more than there were: a beacon is sent when the browser likes. */
async function refused(served: Served, reason: string, before: number): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  while ((await refusals(served, reason)) <= before) {
    if (performance.now() > deadlineMs) throw new Error('the server was not asked');
  }
}

/** Runs a script of attempts.ts; failing is what most of them do. */
async function attempt(page: Page, script: string, target: string): Promise<void> {
  await page.evaluate(`(async () => {
    const target = ${JSON.stringify(target)};
    await ${script};
  })().catch((error) => { if (!(error instanceof TypeError)) throw error; })`);
}

async function answered(page: Page, target: string, act: () => Promise<void>): Promise<Response> {
  const answer = page.waitForResponse((response) => response.url().startsWith(target));
  await act();
  return answer;
}

const foreign = [
  { name: 'another port', host: () => '127.0.0.1' },
  { name: 'another name', host: () => 'foreign.example' },
];

describe.each(foreign)('a page at $name', ({ host }) => {
  const visit = async (): Promise<Page> => {
    await open.simulator.control('DELETE /requests');
    const page = await stage.page();
    await page.goto(`http://${host()}:${site.port}/`);
    return page;
  };

  test.each(Object.entries({ ...scripted, ...blind }))('%s is refused', async (_name, script) => {
    const page = await visit();
    const before = await refusals(open, 'origin_refused');
    await attempt(page, script, originOf(open));
    await refused(open, 'origin_refused', before);
    expect(await open.simulator.seen()).toEqual([]);
  });

  test.each(Object.entries(leaving))('%s is refused', async (_name, script) => {
    const page = await visit();
    const answer = await answered(page, originOf(open), () => attempt(page, script, originOf(open)));
    expect(answer.status()).toBe(403);
    expect(await open.simulator.seen()).toEqual([]);
  });

  test('a link leads to the login page, and the login works', async () => {
    const page = await visit();
    await page.evaluate(`location.assign(${JSON.stringify(originOf(open))})`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('You can close this page.').waitFor();
  });
});

test.each(Object.entries(scripted))(
  'a page that BEZANT_ALLOWED_ORIGINS names: %s passes',
  async (_name, script) => {
    await open.simulator.control('DELETE /requests');
    const page = await stage.page();
    await page.goto(`http://friend.example:${site.port}/`);
    await attempt(page, script, originOf(open));
    expect(await open.simulator.seen()).not.toEqual([]);
  },
);

describe('a name of the page’s own that has become this machine’s', () => {
  const rebound = (): string => `http://rebound.example:${new URL(open.sidecar.url).port}`;

  test('is no address of the server', async () => {
    await open.simulator.control('DELETE /requests');
    const answer = await (await stage.page()).goto(rebound());
    expect(answer?.status()).toBe(421);
    expect(await open.simulator.seen()).toEqual([]);
  });

  test.each(Object.entries({ ...scripted, ...blind }))('%s is refused', async (_name, script) => {
    await open.simulator.control('DELETE /requests');
    const page = await stage.page();
    // What the page's own server sent before its name came to mean this machine.
    await page.route(`${rebound()}/page`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<html>' }),
    );
    await page.goto(`${rebound()}/page`);
    const before = await refusals(open, 'host_refused');
    await attempt(page, script, rebound());
    await refused(open, 'host_refused', before);
    expect(await open.simulator.seen()).toEqual([]);
  });
});

describe('with API keys', () => {
  const httpCredentials = { username: 'me', password: key };

  test('the browser asks for the key, and a login goes through', async () => {
    const page = await stage.page({ httpCredentials });
    await page.goto(originOf(locked));
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Client login succeeds').waitFor();
    await page.getByRole('status').filter({ hasText: 'You can close this page.' }).waitFor();
  });

  test('without the key there is no login page', async () => {
    await locked.simulator.control('DELETE /requests');
    const page = await stage.page();
    const answer = page.waitForResponse(originOf(locked) + '/');
    // Chromium without a person to ask reports the prompt as an error.
    await expect(page.goto(originOf(locked))).rejects.toThrow('ERR_INVALID_AUTH_CREDENTIALS');
    expect((await answer).status()).toBe(401);
    expect(await locked.simulator.seen()).toEqual([]);
  });

  test('with a wrong key neither', async () => {
    await locked.simulator.control('DELETE /requests');
    const page = await stage.page({ httpCredentials: { ...httpCredentials, password: 'wrong' } });
    const answer = await page.goto(originOf(locked));
    expect(answer?.status()).toBe(401);
    expect(await page.textContent('body')).toContain('This server asks for an API key.');
    expect(await locked.simulator.seen()).toEqual([]);
  });

  test('a foreign page has no use of the key that the browser remembers', async () => {
    const page = await stage.page({ httpCredentials });
    await page.goto(originOf(locked));
    await page.goto(`http://foreign.example:${site.port}/`);
    await locked.simulator.control('DELETE /requests');
    for (const script of Object.values({ ...scripted, ...blind })) {
      const before = await refusals(locked, 'origin_refused');
      await attempt(page, script, originOf(locked));
      await refused(locked, 'origin_refused', before);
    }
    expect(await locked.simulator.seen()).toEqual([]);
  });
});
