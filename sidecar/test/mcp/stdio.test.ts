// bezant-mcp as a host runs it: a process with an environment, spoken with over stdin and stdout, in both eras.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSimulator, type SimulatorProcess } from '../io/events-simulator.ts';
import { until } from '../io/events-until.ts';
import { startSidecar, type Env, type Sidecar } from '../io/sidecar-process.ts';
import { connect, eras, formerTools } from './client.ts';
import { account, farBelow } from './orders/scene.ts';

const bin = join(import.meta.dirname, '../../bin/bezant-mcp.js');
const key = 'trader-key-0123456789';

let simulator: SimulatorProcess;
let sidecar: Sidecar;
let home: string;
const settings: Env = {
  BEZANT_AUTH: 'keys',
  BEZANT_API_KEYS: key,
  BEZANT_MCP_ALLOW_ORDERS: '1',
  BEZANT_EVENTS_ENABLED: 'true',
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'bezant-mcp-'));
  simulator = await startSimulator();
  sidecar = await startSidecar(simulator.apiUrl, settings);
});
afterAll(async () => {
  await sidecar.stop();
  await simulator.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Starts when a client connects; nothing of this process's environment reaches it. */
const overStdio = (env: Env, args: readonly string[] = []): StdioClientTransport =>
  new StdioClientTransport({
    command: process.execPath,
    args: [bin, ...args],
    env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
    stderr: 'pipe',
  });

const throughBezant = (): Env => ({ BEZANT_URL: sidecar.url, BEZANT_API_KEY: key });

describe.each(eras)('a host of %s', (era) => {
  test('with BEZANT_URL has that server’s tools, its record and its questions to the user', async () => {
    const asked: string[] = [];
    const on = await connect(overStdio(throughBezant()), era, (message) => {
      asked.push(message);
      return 'yes';
    });
    expect(await on.ok('health')).toMatchObject({ state: 'live', orders_allowed: true });
    const { preview_token } = await on.ok('preview_order', farBelow);
    const { order_id } = await on.ok('place_order', { ...farBelow, preview_token });
    expect(asked).toHaveLength(3);
    await until('the order among the events', async () => {
      const { events } = (await on.ok('events', { topic: 'orders', order_id, wait_seconds: 1 })) as {
        events: unknown[];
      };
      return events.length > 0;
    });
    await on.ok('cancel_order', { account_id: account, order_id });
    expect(asked).toHaveLength(4);
    await on.stop();
  });

  test('with BEZANT_URL hears of what it follows', async () => {
    const on = await connect(overStdio(throughBezant()), era);
    const news: string[] = [];
    on.client.setNotificationHandler(
      'notifications/resources/updated',
      ({ params }) => void news.push(params.uri),
    );
    const uri = 'bezant://orders/open';
    const subscription = era === '2026' ? await on.client.listen({ resourceSubscriptions: [uri] }) : null;
    if (subscription === null) await on.client.subscribeResource({ uri });
    const { preview_token } = await on.ok('preview_order', { ...farBelow, price: 214 });
    await on.call('place_order', { ...farBelow, price: 214, preview_token });
    await until('news of the orders', () => news.includes(uri));
    await subscription?.close();
    await on.stop();
  });

  test('with IBKR_GATEWAY_URL alone works straight before the Gateway', async () => {
    const on = await connect(overStdio({ IBKR_GATEWAY_URL: simulator.apiUrl }), era);
    expect((await on.client.listTools()).tools.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...formerTools]),
    );
    await until('a session', async () => (await on.ok('health'))['state'] === 'live');
    expect(await on.ok('health')).toMatchObject({ authenticated: true, orders_allowed: false });
    expect(await on.ok('account_summary', { account_id: account })).toMatchObject({
      net_liquidation: expect.any(Number),
    });
    expect(await on.ok('conid_for', { symbol: 'AAPL' })).toMatchObject({ conid: farBelow.conid });
    expect(await on.refused('events', { topic: 'orders' })).toContain('events_disabled');
    expect(await on.refused('account_summary', { account: 'x' })).toContain('account is not known');
    await on.stop();
  });

  test('goes on when bezant has started anew', async () => {
    const first = await startSidecar(simulator.apiUrl, settings);
    const on = await connect(overStdio({ BEZANT_URL: first.url, BEZANT_API_KEY: key }), era);
    await on.ok('health');
    await first.stop();
    await expect(on.call('list_accounts')).rejects.toThrow('cannot be reached');
    const second = await startSidecar(simulator.apiUrl, {
      ...settings,
      BEZANT_BIND: new URL(first.url).host,
    });
    expect(await on.ok('list_accounts')).toMatchObject({ accounts: [expect.anything()] });
    await Promise.all([on.ok('health'), on.ok('list_accounts')]);
    await on.stop();
    await second.stop();
  });
});

test('a host is told when bezant is not there, and that a key is missing', async () => {
  await expect(connect(overStdio({ BEZANT_URL: 'http://127.0.0.1:1' }), '2025')).rejects.toThrow(
    'cannot be reached',
  );
  await expect(connect(overStdio({ BEZANT_URL: sidecar.url }), '2025')).rejects.toThrow('BEZANT_API_KEY');
});

test('the predecessor’s flag and names still count', async () => {
  const on = await connect(
    overStdio({ BEZANT_MCP_KEEPALIVE_SECS: '30' }, ['--gateway-url', simulator.apiUrl]),
    '2025',
  );
  await until('a session', async () => (await on.ok('health'))['state'] === 'live');
  await on.stop();
});

test('who must log in is told where, and the page is there', async () => {
  const loggedOut = await startSimulator(['--scenario', 'logged-out']);
  const on = await connect(overStdio({ IBKR_GATEWAY_URL: loggedOut.apiUrl }), '2026');
  const said = await on.refused('list_accounts');
  const [, address = ''] = /open (http:\/\/127\.0\.0\.1:\d+\/) in a browser/.exec(said) ?? [];
  const page = await fetch(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<html');
  await on.stop();
  await loggedOut.stop();
});

describe('the process', () => {
  function run(env: Env, args: readonly string[] = []) {
    const child = spawn(process.execPath, [bin, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
    return { child, ended, stdout: () => stdout, stderr: () => stderr };
  }
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
  });

  test.each([
    ['before bezant', () => throughBezant()],
    [
      'before the Gateway, however much is logged',
      () => ({ IBKR_GATEWAY_URL: simulator.apiUrl, BEZANT_LOG: 'debug' }),
    ],
  ])('%s writes nothing but the protocol to stdout, and ends with its input', async (_what, env) => {
    const process = run(env());
    process.child.stdin.write(`${initialize}\n`);
    await until('an answer', () => process.stdout().includes('"id":1'));
    process.child.stdin.write('this is no message\n');
    process.child.stdin.end();
    expect(await process.ended).toBe(0);
    for (const line of process.stdout().trim().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  test('ends in order when it is told to', async () => {
    const process = run({ IBKR_GATEWAY_URL: simulator.apiUrl });
    process.child.stdin.write(`${initialize}\n`);
    await until('an answer', () => process.stdout().includes('"id":1'));
    process.child.kill('SIGTERM');
    expect(await process.ended).toBe(0);
  });

  test('says which setting is wrong', async () => {
    const process = run({ IBKR_GATEWAY_URL: 'not a url' });
    expect(await process.ended).toBe(2);
    expect(process.stderr()).toContain('IBKR_GATEWAY_URL');
    expect(process.stdout()).toBe('');
  });

  test('explains itself', async () => {
    const process = run({}, ['--help']);
    expect(await process.ended).toBe(0);
    expect(process.stdout()).toContain('BEZANT_URL');
  });
});
