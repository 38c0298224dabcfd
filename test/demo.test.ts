// The demo as a user meets it: the real simulator and the real server under the real supervisor.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { delimiter, join } from 'node:path';

import { folder, freePort, supervisePlan, type Supervised } from '../gateway/supervisor/test/supervise.ts';

const commands = join(import.meta.dirname, '..', 'node_modules', '.bin');

let demo: Supervised;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  demo = supervisePlan('demo', {
    PATH: [commands, process.env['PATH']].join(delimiter),
    BEZANT_DEMO_PORT: String(port),
    BEZANT_DEMO_ADMIN_PORT: String(await freePort()),
    BEZANT_DEMO_GATEWAY_PORT: String(await freePort()),
    BEZANT_DEMO_DATA_DIR: folder(),
  });
  await demo.line(/^bezant is ready/);
});

afterAll(() => {
  demo.signal('SIGTERM');
});

test('says what to open and what to ask, with the ports in use', () => {
  const text = demo.lines.join('\n');
  expect(text).toContain(`Log in   ${origin}/`);
  expect(text).toContain(`curl '${origin}/market/snapshot?conids=265598'`);
  expect(text).not.toContain('${');
});

test.each([
  ['/', /html/],
  ['/health', /"authenticated":true/],
  ['/accounts', /"DU1234567"/],
  ['/accounts/DU1234567/positions', /"conid":265598/],
  ['/market/snapshot?conids=265598', /"31":/],
  ['/v1/api/portfolio/accounts', /"DU1234567"/],
])('GET %s', async (path, want) => {
  const response = await fetch(origin + path);
  expect(response.status).toBe(200);
  expect(await response.text()).toMatch(want);
});

test('Ctrl-C ends it all, cleanly', async () => {
  demo.signal('SIGINT');
  expect(await demo.ended).toBe(0);
  await expect(fetch(origin)).rejects.toThrow();
});
