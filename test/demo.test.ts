// The demo as a user meets it: the real simulator and the real server under the real supervisor.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

import { folder, supervisePlan, type Supervised } from '../gateway/supervisor/test/supervise.ts';
import { freePort } from '../gateway/supervisor/test/free-port.ts';

const root = join(import.meta.dirname, '..');
const commands = join(root, 'node_modules', '.bin');

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
    BEZANT_MCP_ALLOW_ORDERS: '1',
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

test('four steps by the command line, as the README has them', async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const block = /## Command line\n\n```\n([^]*?)```/.exec(readme)?.[1] ?? '';
  const [balance = '', quote = '', preview = '', place = '', watch = ''] = block
    .trim()
    .split('\n')
    .map((line) => line.replace(/^npx /, '').replace(/ +#.*/, ''));
  const bezant = async (line: string): Promise<unknown> => {
    const [name = '', ...args] = line.split(' ');
    const env = { PATH: [commands, process.env['PATH']].join(delimiter), BEZANT_URL: origin };
    const { stdout } = await promisify(execFile)(name, args, { env });
    return JSON.parse(stdout) as unknown;
  };
  expect(await bezant(balance)).toMatchObject({ netliquidation: { currency: 'USD' } });
  expect(await bezant(quote)).toMatchObject({ symbol: 'AAPL', last: expect.any(String) as unknown });
  expect(await bezant(preview)).toMatchObject({ amount: { commission: expect.any(String) as unknown } });
  // Without a terminal to answer on
  expect(await bezant(`${place} --yes --confirm all`)).toMatchObject({
    orders: [{ orderId: expect.any(String) as unknown }],
  });
  expect(await bezant(`${watch} --count 1`)).toMatchObject({ topic: 'orders', account: 'DU1234567' });
});

// docs/mcp.md has the steps; placing and IBKR's question stand between the last two.
test('four steps by MCP: balance, quote, a previewed order, and its events', async () => {
  const page = readFileSync(join(root, 'docs/mcp.md'), 'utf8');
  const block = /## Four steps[^]*?```text\n([^]*?)```/.exec(page)?.[1] ?? '';
  const steps = block
    .trim()
    .split('\n')
    .map((line) => {
      const [, name = '', args = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
      return { name, arguments: JSON.parse(args) as Record<string, unknown> };
    });
  const [balance, quote, preview, events] = steps;
  const client = new Client(
    { name: 'demo', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', origin)));
  const call = async (
    step: (typeof steps)[number] | undefined,
    more = {},
  ): Promise<Record<string, unknown>> => {
    const { name = '', arguments: args = {} } = step ?? {};
    const { structuredContent, isError, content } = await client.callTool({
      name,
      arguments: { ...args, ...more },
    });
    if (isError === true) throw new Error(`${name}: ${JSON.stringify(content)}`);
    return structuredContent as Record<string, unknown>;
  };

  expect(await call(balance)).toMatchObject({ account_id: 'DU1234567', net_liquidation: expect.any(Number) });
  expect(await call(quote)).toMatchObject({ quotes: [{ symbol: 'AAPL', last: expect.any(Number) }] });
  const { preview_token } = await call(preview);
  let placed = await call({ name: 'place_order', arguments: preview?.arguments ?? {} }, { preview_token });
  while (placed['status'] === 'question')
    placed = await call(
      { name: 'answer_order_question', arguments: {} },
      { question_id: placed['question_id'], confirmed: true },
    );
  const { order_id } = placed;
  let since = 0;
  for (const told: unknown[] = []; !JSON.stringify(told).includes('"status":"Filled"');) {
    const page = await call(events, { order_id, since });
    told.push(page['events']);
    since = Number(page['next_cursor']);
  }
  await client.close();
});

test('Ctrl-C ends it all, cleanly', async () => {
  demo.signal('SIGINT');
  expect(await demo.ended).toBe(0);
  await expect(fetch(origin)).rejects.toThrow();
});
