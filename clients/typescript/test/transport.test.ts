// Calls over real connections: what is sent, what is made of what comes back, what is repeated, and when it ends.

import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createClient } from '../src/client.ts';
import { createTransport, type TransportOptions } from '../src/transport.ts';
import { json, startScriptedServer, text, type Reply, type ScriptedServer } from './scripted-server.ts';
import { quickTime } from './waiting.ts';

const started: ScriptedServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

async function serve(...replies: Reply[]): Promise<ScriptedServer> {
  const server = await startScriptedServer(...replies);
  started.push(server);
  return server;
}

async function speaking(replies: Reply[], options: TransportOptions = {}) {
  const server = await serve(...replies);
  const time = quickTime();
  const { call } = createTransport({ baseUrl: server.url, time, ...options });
  return {
    server,
    time,
    read: (more = {}) => call<unknown>({ method: 'GET', path: '/x', read: true }, more),
    write: (body?: unknown) => call<unknown>({ method: 'POST', path: '/x', body }),
  };
}

const hang: Reply = () => undefined;
const cut: Reply = (response) => response.destroy();

describe('what is sent', () => {
  test('a generated method: encoded path, joined lists, JSON, key', async () => {
    const server = await serve(json(200, {}));
    const client = createClient({
      baseUrl: `${server.url}/v1/api/`,
      apiKey: 'k-1',
      headers: { 'x-own': 'yes' },
    });
    await client.marketData.getMdSnapshot({ conids: ['265598'], fields: ['31', '84'] });
    await client.orders.confirmOrderReply('../../logout?x=', { confirmed: true });
    await client.session.getSessionToken();
    expect(server.asked.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['GET', '/v1/api/iserver/marketdata/snapshot?conids=265598&fields=31%2C84', ''],
      ['POST', '/v1/api/iserver/reply/..%2F..%2Flogout%3Fx%3D', '{"confirmed":true}'],
      ['POST', '/v1/api/tickle', ''],
    ]);
    expect(server.asked[0]?.headers).toMatchObject({ authorization: 'Bearer k-1', 'x-own': 'yes' });
    expect(server.asked[1]?.headers['content-type']).toBe('application/json');
    // IBKR answers 411 to a POST without one
    expect(server.asked[2]?.headers['content-length']).toBe('0');
  });

  test.each(['ftp://x', 'localhost:8080', '', 'http://u:p@127.0.0.1:8080'])(
    'nothing to the address %j',
    (baseUrl) => {
      expect(() => createClient({ baseUrl })).toThrow(expect.objectContaining({ kind: 'invalid-argument' }));
    },
  );

  test('nothing when a value would lead to another path, and the promise says so', async () => {
    const server = await serve(json(200, {}));
    await expect(
      createClient({ baseUrl: server.url }).portfolio.getPortfolioLedger('..'),
    ).rejects.toMatchObject({ kind: 'invalid-argument' });
    expect(server.asked).toEqual([]);
  });
});

describe('what comes back', () => {
  test.each<[string, Reply, unknown]>([
    ['JSON', json(200, { a: 1 }), { a: 1 }],
    ['JSON without a type', (response) => response.end('{"status":true}'), { status: true }],
    ['text', text(200, 'Success'), 'Success'],
    ['nothing', (response) => response.end(), undefined],
    ['204', (response) => response.writeHead(204).end(), undefined],
  ])('%s', async (_, reply, want) => {
    const { read } = await speaking([reply]);
    expect(await read()).toEqual(want);
  });

  test('bytes of another type', async () => {
    const { read } = await speaking([text(200, '%PDF-1.7', 'application/pdf')]);
    const found = await read();
    expect(found).toBeInstanceOf(Blob);
    expect(await (found as Blob).text()).toBe('%PDF-1.7');
  });

  test.each<[string, Reply, object]>([
    ['a web page', text(200, '<html></html>', 'text/html'), { kind: 'bad-answer' }],
    ['half of a JSON', text(200, '{"a":', 'application/json'), { kind: 'bad-answer' }],
    [
      'a redirect to the login page',
      (response) => response.writeHead(302, { location: '/sso/Login' }).end(),
      { kind: 'login-required', status: 302 },
    ],
    ['a cut connection', cut, { kind: 'broken-off', isRetryable: true }],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"a":', () => response.destroy());
      },
      { kind: 'broken-off', isRetryable: true },
    ],
  ])('%s is an error', async (_, reply, want) => {
    const { read } = await speaking([reply], { retries: 0 });
    await expect(read()).rejects.toMatchObject(want);
  });

  test('nobody listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const { call } = createTransport({ baseUrl: `http://127.0.0.1:${port}`, time: quickTime() });
    await expect(call({ method: 'POST', path: '/x' })).rejects.toMatchObject({
      kind: 'unreachable',
      message: `http://127.0.0.1:${port} cannot be reached (ECONNREFUSED).`,
      // Nothing arrived, so that even a write may be repeated
      isRetryable: true,
    });
  });
});

describe('repeats', () => {
  const busy = (seconds: string): Reply =>
    json(503, { code: 'overloaded', message: 'm' }, { 'retry-after': seconds });

  test('a read waits as long as it is told, and no longer', async () => {
    const { read, server, time } = await speaking([busy('2'), busy('1'), json(200, 'ok')]);
    expect(await read()).toBe('ok');
    expect([time.slept, server.asked.length]).toEqual([[2000, 1000], 3]);
  });

  test('or longer each time when it is told nothing', async () => {
    const { read, time } = await speaking([
      cut,
      json(503, { error: 'Service Unavailable' }),
      json(200, 'ok'),
    ]);
    expect(await read()).toBe('ok');
    expect(time.slept).toEqual([250, 500]);
  });

  test('a limited number of times', async () => {
    const { read, server } = await speaking([busy('0')]);
    await expect(read()).rejects.toMatchObject({ code: 'overloaded' });
    await expect(read({ retries: 0 })).rejects.toMatchObject({ code: 'overloaded' });
    expect(server.asked).toHaveLength(4);
  });

  test.each<[string, Reply]>([
    ['a wait longer than the time limit', busy('900')],
    ['IBKR’s 429 without a time', json(429, { error: 'slow down' })],
    ['what would fail again', json(404, { error: 'not there' })],
  ])('not for %s', async (_, reply) => {
    const { read, server, time } = await speaking([reply]);
    await expect(read()).rejects.toThrow();
    expect([time.slept, server.asked.length]).toEqual([[], 1]);
  });

  test.each<[string, Reply]>([
    ['busy', busy('0')],
    ['cut', cut],
    ['away', json(503, {})],
  ])('never of a write: %s', async (_, reply) => {
    const { write, server } = await speaking([reply]);
    await expect(write({})).rejects.toThrow();
    expect(server.asked).toHaveLength(1);
  });
});

describe('ends', () => {
  test('at the time limit; after a write the error says that the outcome is unknown', async () => {
    const { read, write } = await speaking([hang], { timeoutMs: 50 });
    await expect(read()).rejects.toMatchObject({ kind: 'timeout', isRetryable: true });
    await expect(write({})).rejects.toMatchObject({
      kind: 'timeout',
      isRetryable: false,
      message: 'POST /x was not answered within 50 ms.',
      hint: 'Repeat a read. After a write the outcome is unknown: look it up before sending it again.',
    });
  });

  test('at the caller’s signal, with its reason', async () => {
    const leaving = new AbortController();
    const { read } = await speaking([() => leaving.abort(new Error('enough'))]);
    await expect(read({ signal: leaving.signal })).rejects.toThrow('enough');
    await expect(read({ signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
  });

  test('in the middle of an answer too', async () => {
    const leaving = new AbortController();
    const { read } = await speaking([
      (response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('[', () => setImmediate(() => leaving.abort(new Error('enough'))));
      },
    ]);
    await expect(read({ signal: leaving.signal })).rejects.toThrow('enough');
  });
});
