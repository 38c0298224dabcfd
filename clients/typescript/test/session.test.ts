// Health, keepalive and positions, through bezant and straight to the Gateway.

import { describe, expect, test } from '@jest/globals';
import type { Client } from '../src/client.ts';
import { BezantError } from '../src/errors.ts';
import { positions } from '../src/positions.ts';
import { account, startGateway, startStage, type Stage } from './stage.ts';

const through: Record<string, (stage: Stage) => Client> = {
  bezant: (stage) => stage.client(),
  'the Gateway': (stage) => stage.direct(),
};

describe.each(Object.entries(through))('through %s', (_, clientOf) => {
  test('health tells what IBKR says', async () => {
    const stage = await startStage();
    const client = clientOf(stage);
    expect(await client.health()).toEqual({
      authenticated: true,
      connected: true,
      competing: false,
      message: null,
    });
  });

  test('nobody is logged in', async () => {
    const client = clientOf(await startStage({ scenario: 'logged-out' }));
    const want = { kind: 'login-required', status: 401, isRetryable: false };
    await expect(client.health()).rejects.toMatchObject(want);
    await expect(client.positions(account)).rejects.toMatchObject(want);
    await expect(client.health()).rejects.toBeInstanceOf(BezantError);
  });

  test('the login page instead of an answer', async () => {
    const client = clientOf(await startStage({ scenario: 'logged-out-302' }));
    await expect(client.portfolio.getAllAccounts()).rejects.toMatchObject({ kind: 'login-required' });
  });

  test('positions come whole, whatever their number', async () => {
    const client = clientOf(await startStage({ scenario: 'many-positions' }));
    const found = await client.positions(account);
    expect(found.length).toBeGreaterThan(250);
    expect(new Set(found.map(({ conid }) => conid)).size).toBe(found.length);
  });

  test('an account of somebody else', async () => {
    const client = clientOf(await startStage());
    await expect(client.positions('DU9999999')).rejects.toMatchObject({ isRetryable: false });
  });
});

describe('positions', () => {
  const rows = (from: number, count: number, more: object = {}) =>
    Array.from({ length: count }, (_, index) => ({ acctId: 'DU1', conid: from + index, ...more }));
  const asking = async (pages: (page: number) => object[]) => {
    const asked: string[] = [];
    const call = async <Value>(request: { params?: unknown }): Promise<Value> => {
      const { pageId } = request.params as { pageId: number };
      asked.push(String(pageId));
      return Promise.resolve(pages(pageId) as Value);
    };
    return { count: (await positions({ call }, 'DU1', 'bezant')).length, asked: asked.length };
  };

  test.each<[string, (page: number) => object[], { count: number; asked: number }]>([
    ['none', () => [], { count: 0, asked: 1 }],
    ['less than a page of either size', () => rows(1, 29), { count: 29, asked: 1 }],
    ['pages of 30', (page) => (page < 2 ? rows(page * 30, 30) : []), { count: 60, asked: 3 }],
    [
      'a short last page of 100, which says its size',
      (page) => rows(page * 100, page === 0 ? 100 : 40, { pageSize: 100 }),
      { count: 140, asked: 2 },
    ],
    [
      'pages of 100 that end at the edge',
      (page) => (page < 3 ? rows(page * 100, 100) : []),
      { count: 300, asked: 4 },
    ],
    ['the same page for ever', () => rows(1, 100), { count: 100, asked: 2 }],
    [
      'far more than a cap would let through',
      (page) => (page < 150 ? rows(page * 100, 100) : []),
      { count: 15_000, asked: 151 },
    ],
  ])('%s', async (_, pages, want) => {
    expect(await asking(pages)).toEqual(want);
  });
});

describe('keepalive', () => {
  test('keeps a session alive that would have ended, and ends when it is told to', async () => {
    const { direct, control } = await startGateway({ scenario: 'idle', timeScale: 0 });
    const client = direct();
    const seen: boolean[] = [];
    // A minute passes at IBKR between two; its brokerage session idles out after six
    await new Promise<void>((resolve) => {
      const keepalive = client.keepalive({
        intervalMs: 1,
        onStatus({ authenticated }) {
          seen.push(authenticated);
          if (seen.length < 12) return void control('POST /clock', { advanceMs: 60_000 });
          keepalive.stop();
          resolve();
        },
      });
    });
    expect(seen).toEqual(Array(12).fill(true));
    expect(await client.health()).toMatchObject({ authenticated: true });
    await control('POST /clock', { advanceMs: 400_000 });
    expect(await client.health()).toMatchObject({ authenticated: false });
    expect(seen).toHaveLength(12);
  });

  test('says what went wrong, and goes on', async () => {
    const { direct, control } = await startGateway();
    await control('POST /faults', { paths: [{ path: '/v1/api/tickle', status: 503, times: 2 }] });
    const errors: unknown[] = [];
    await new Promise<void>((resolve) => {
      const keepalive = direct().keepalive({
        intervalMs: 5,
        onError: (error) => errors.push(error),
        onStatus() {
          keepalive.stop();
          resolve();
        },
      });
    });
    expect(errors).toMatchObject([{ kind: 'unavailable' }, { kind: 'unavailable' }]);
  });

  test.each([0, -1, Number.NaN])('an interval of %d ms is refused', async (intervalMs) => {
    const { direct } = await startGateway();
    expect(() => direct().keepalive({ intervalMs })).toThrow('intervalMs must be above 0');
  });
});
