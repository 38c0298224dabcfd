// A request that waits for news: apart from those under way, and without their deadline.

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createHostCheck } from '../../src/host-check.ts';
import { createEdge } from '../../src/request/edge.ts';
import { exchangeOf } from '../../src/request/exchange.ts';
import { problemWriter } from '../../src/request/problem.ts';

let server: Server;
let url: string;
let release: () => void;

beforeEach(async () => {
  const released = new Promise<void>((resolve) => (release = resolve));
  const app = express();
  app.use(
    createEdge({
      check: createHostCheck({
        bind: { host: '127.0.0.1', port: 0 },
        publicUrl: null,
        allowedHosts: [],
        allowedOrigins: [],
      }),
      observe: () => undefined,
      maxConcurrency: 1,
      timeoutMs: 30,
      isStopping: () => false,
    }),
  );
  app.get('/waits/:ms', async (request, response) => {
    const exchange = exchangeOf(request);
    exchange.linger(Number(request.params.ms));
    response.flushHeaders();
    await released;
    response.end(String(exchange.signal.aborted));
  });
  app.get('/hangs', async (request) => {
    const { signal } = exchangeOf(request);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    signal.throwIfAborted();
  });
  app.use(problemWriter(() => undefined));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test.each(['Infinity', '60000'])(
  'one that lingers for %s ms outlives the deadline and leaves its place to another',
  async (ms) => {
    const waiting = await fetch(`${url}/waits/${ms}`);
    expect((await fetch(`${url}/hangs`)).status).toBe(504);
    expect((await fetch(`${url}/hangs`)).status).toBe(504);
    release();
    expect(await waiting.text()).toBe('false');
  },
);

test('lingering moves the deadline and does not end it', async () => {
  const waiting = await fetch(`${url}/waits/0`);
  expect((await fetch(`${url}/hangs`)).status).toBe(504);
  release();
  expect(await waiting.text()).toBe('true');
});
