// The three ways to ask how things are, on a real server.

import { expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHealthRoutes, type KnownSession } from '../../src/routes/health.ts';
import { sessionStates, type SessionStateName } from '../../src/session-state.ts';

async function get(
  path: string,
  session: KnownSession,
): Promise<{ status: number; body: unknown; cache: string | null }> {
  const routes = createHealthRoutes(session);
  const server = createServer((request, response) => {
    if (request.url === '/livez') routes.livez(request, response);
    else if (request.url === '/readyz') routes.readyz(request, response);
    else void routes.health(response, new AbortController().signal);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = await response.json();
  server.closeAllConnections();
  server.close();
  return { status: response.status, body, cache: response.headers.get('cache-control') };
}

const inState = (name: SessionStateName, seen: string[] = []): KnownSession => ({
  state: () => ({ name, reason: 'Because.' }),
  health: () => {
    seen.push('health');
    return Promise.resolve({ authenticated: true });
  },
  refresh: () => seen.push('refresh'),
});

test.each(sessionStates.map((name) => ({ name, status: name === 'down' ? 503 : 200 })))(
  'ready while $name: $status',
  async ({ name, status }) => {
    expect(await get('/readyz', inState(name))).toEqual({
      status,
      body: { ready: status === 200, state: name, reason: 'Because.' },
      cache: 'no-store',
    });
  },
);

test('readiness asks for a fresher state, liveness for nothing', async () => {
  const seen: string[] = [];
  expect(await get('/livez', inState('down', seen))).toMatchObject({ status: 200, body: { alive: true } });
  expect(seen).toEqual([]);
  await get('/readyz', inState('live', seen));
  expect(seen).toEqual(['refresh']);
});

test('health is what IBKR says', async () => {
  expect(await get('/health', inState('live'))).toMatchObject({ status: 200, body: { authenticated: true } });
});
