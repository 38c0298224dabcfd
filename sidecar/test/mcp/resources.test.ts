// Resources: read, and followed through what really happens at the simulated Gateway, by clients of both eras.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { touchedBy, toolOf } from '../../src/mcp/resources.ts';
import { startScene, type Scene } from '../io/events-scene.ts';
import { until } from '../io/events-until.ts';
import { connect, eras, overHttp, type Connected, type Era } from './client.ts';

test.each([
  ['bezant://session', { tool: 'health', args: {} }],
  ['bezant://orders/open', { tool: 'list_orders', args: {} }],
  ['bezant://accounts/DU1/positions', { tool: 'positions', args: { account_id: 'DU1' } }],
  ['bezant://events/trades', { tool: 'events', args: { topic: 'trades' } }],
  ['bezant://events/marketdata', null],
  ['bezant://accounts/../positions', null],
  ['bezant://accounts/a/b/positions', null],
  ['file:///etc/passwd', null],
])('%s', (uri, want) => {
  expect(toolOf(uri)).toEqual(want);
});

test.each([
  ['orders', 'DU1', ['bezant://events/orders', 'bezant://orders/open']],
  ['trades', 'DU1', ['bezant://events/trades', 'bezant://accounts/DU1/positions']],
  ['session', null, ['bezant://events/session']],
])('news of %s', (topic, account, want) => {
  expect(touchedBy(topic, account)).toEqual(want);
});

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.stop());

/** News of a resource as they come. */
async function follow(
  on: Connected,
  era: Era,
  uris: string[],
): Promise<{ news: string[]; stop(): Promise<void> }> {
  const news: string[] = [];
  on.client.setNotificationHandler(
    'notifications/resources/updated',
    ({ params }) => void news.push(params.uri),
  );
  if (era === '2026') {
    const subscription = await on.client.listen({ resourceSubscriptions: uris });
    return { news, stop: () => subscription.close() };
  }
  for (const uri of uris) await on.client.subscribeResource({ uri });
  return {
    news,
    async stop() {
      for (const uri of uris) await on.client.unsubscribeResource({ uri });
    },
  };
}

describe.each(eras)('a client of %s', (era) => {
  let on: Connected;
  beforeAll(async () => {
    on = await connect(overHttp(scene.server.url), era);
  });
  afterAll(() => on.stop());

  test('finds them and reads them', async () => {
    const { resources } = await on.client.listResources();
    const { resourceTemplates } = await on.client.listResourceTemplates();
    expect(resources.map(({ uri }) => uri)).toEqual(
      expect.arrayContaining(['bezant://session', 'bezant://orders/open', 'bezant://events/orders']),
    );
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'bezant://accounts/{account_id}/positions',
    ]);
    for (const uri of [...resources.map((each) => each.uri), 'bezant://accounts/DU1234567/positions']) {
      const { contents } = await on.client.readResource({ uri });
      expect(contents).toEqual([{ uri, mimeType: 'application/json', text: expect.stringMatching(/^\{/) }]);
    }
  });

  test('is told what is wrong with one that cannot be read', async () => {
    await expect(on.client.readResource({ uri: 'bezant://nothing' })).rejects.toThrow();
    await expect(on.client.readResource({ uri: 'bezant://accounts/U999/positions' })).rejects.toThrow(
      'Its accounts: DU1234567',
    );
  });

  test('hears of what it follows when something happens, and of nothing else', async () => {
    const followed = await follow(on, era, ['bezant://orders/open', 'bezant://accounts/DU1234567/positions']);
    const order = await scene.trader.place();
    await until('news of the orders', () => followed.news.includes('bezant://orders/open'));
    await scene.trader.fill(order);
    await until('news of the positions', () =>
      followed.news.includes('bezant://accounts/DU1234567/positions'),
    );
    expect(new Set(followed.news)).toEqual(
      new Set(['bezant://orders/open', 'bezant://accounts/DU1234567/positions']),
    );
    await followed.stop();
  });

  test('follows one order through the events tool from its cursor', async () => {
    const before = await on.ok('events', { topic: 'orders', limit: 1 });
    const order_id = Number(await scene.trader.place());
    const seen: unknown[] = [];
    let since = before['next_cursor'];
    await until('the order among the events', async () => {
      const page = (await on.ok('events', { topic: 'orders', since, order_id, wait_seconds: 1 })) as {
        events: { order_id: number; payload: { order_id: number } }[];
        next_cursor: number;
      };
      since = page.next_cursor;
      seen.push(...page.events);
      return seen.length > 0;
    });
    expect(seen[0]).toMatchObject({
      topic: 'orders',
      order_id,
      account_id: 'DU1234567',
      payload: { order_id, status: expect.any(String) },
    });
    await scene.trader.cancel(String(order_id));
  });
});

test('a cursor of another record is answered with where to go on', async () => {
  const on = await connect(overHttp(scene.server.url), '2026');
  expect(await on.refused('events', { topic: 'orders', since: 900_000_000 })).toMatch(/cursor_expired/);
  await on.stop();
});

test.each(eras)('a client of %s hears of a login that has ended, and reads where to log in', async (era) => {
  const on = await connect(overHttp(scene.server.url), era);
  await scene.simulator.control('POST /login', {});
  await until('a session', async () => (await on.ok('health'))['state'] === 'live');
  const followed = await follow(on, era, ['bezant://session']);
  await scene.simulator.control('POST /logout');
  await on.refused('order_status', { order_id: 1 });
  await until('news of the session', () => followed.news.includes('bezant://session'));
  const { contents } = await on.client.readResource({ uri: 'bezant://session' });
  const [content] = contents;
  expect(JSON.parse(content !== undefined && 'text' in content ? content.text : '')).toMatchObject({
    state: 'login-required',
    login_url: `${new URL(scene.server.url).origin}/`,
  });
  await followed.stop();
  await on.stop();
});
