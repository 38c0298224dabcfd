// What happens, as it happens: lines, Ctrl-C, readers that have enough, and a server that goes away in between.

import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSidecar, type Sidecar } from '../../../sidecar/test/io/sidecar-process.ts';
import {
  account,
  closedUrl,
  follow,
  sharedStage,
  startBezant,
  startGateway,
  type Ended,
  type Stage,
} from './stage.ts';
import { linesOf, onTerminal, testOnTerminal } from './terminal.ts';

const bin = join(import.meta.dirname, '../bin/bezant.js');
const lines = (text: string): unknown[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line): unknown => JSON.parse(line));

/** An order that fills at once; its id. */
async function buy({ run }: Pick<Stage, 'run'>): Promise<string> {
  const placed = await run(['orders', 'place', 'buy', '1', 'AAPL', '--yes', '--confirm', 'all']);
  expect(placed).toMatchObject({ code: 0 });
  const { orders } = JSON.parse(placed.stdout) as { orders: { orderId: string }[] };
  return orders[0]?.orderId ?? '';
}

describe('with events', () => {
  const stage = sharedStage({ env: { BEZANT_EVENTS_ENABLED: 'true' } });

  test('an order is followed to its end', async () => {
    const watching = startBezant(['watch', 'orders', '--since', '0'], stage().env);
    const orderId = await buy(stage());
    await watching.shows(new RegExp(`"order_id":"${orderId}".*"status":"Filled"`));
    const all = await stage().run(['watch', 'trades', '--since', '0', '--count', '1']);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(lines(all.stdout)).toMatchObject([{ topic: 'trades', account, payload: { symbol: 'AAPL' } }]);
  });

  test('lines for people, of a width that stays', async () => {
    await buy(stage());
    const { stdout, code } = await stage().run([
      'watch',
      'orders',
      '--since',
      '0',
      '--count',
      '3',
      '-o',
      'table',
    ]);
    expect(code).toBe(0);
    const [head = '', ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^time +orderId +ticker +side +size +filled +status +type +price$/);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\d+ +AAPL +BUY +\d+ +\d+ {2}\w+ /);
      expect(row.indexOf('BUY')).toBe(head.indexOf('side'));
    }
    const { stdout: csv } = await stage().run([
      'watch',
      'orders',
      '--since',
      '0',
      '--count',
      '1',
      '-o',
      'csv',
    ]);
    expect(csv).toMatch(/^time,orderId,ticker,side,size,filled,status,type,price\r\n[^\r\n]+\r\n$/);
  });

  test('quotes have all their fields, though IBKR sends what changed', async () => {
    const { stdout, code } = await stage().run(['watch', 'quotes', 'AAPL', '--count', '4', '-o', 'table']);
    expect(code).toBe(0);
    const rows = stdout.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row).toMatch(/ AAPL +\d+\.\d\d +\d+\.\d\d +[\d,]+ +\d+\.\d\d +[\d,]+ /);
  });

  test('what has happened is listed, of all topics in their order', async () => {
    const orderId = await buy(stage());
    await until(
      () => stage().run(['events', 'orders']),
      ({ stdout }) => new RegExp(`"order_id":"${orderId}".*"status":"Filled"`).test(stdout),
    );
    const { stdout } = await stage().run(['events']);
    const events = lines(stdout) as { cursor: number; topic: string }[];
    const cursors = events.map(({ cursor }) => cursor);
    expect(cursors).toEqual([...cursors].sort((one, other) => one - other));
    expect(new Set(events.map(({ topic }) => topic))).toEqual(new Set(['session', 'orders', 'trades']));
    const table = await stage().run(['events', 'session', '--count', '1', '-o', 'table']);
    expect(table.stdout).toMatch(
      /^ +cursor +time +topic +account +about +what\n +\d+ +\S+ \S+ +session +- +- +\w+\n$/,
    );
    const after = await stage().run([
      'events',
      'orders',
      '--since',
      String(Math.max(...cursors)),
      '-o',
      'table',
    ]);
    expect(after.stdout).toBe('Nothing has happened.\n');
  });

  test('a cursor that leads nowhere', async () => {
    const ended = await stage().run(['events', '--since', '99999999', '--follow', '--count', '1']);
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stderr).toMatch(/^Events after this cursor are no longer there/);
    expect(await stage().run(['events', '--since', '99999999'])).toMatchObject({ code: 5, stdout: '' });
  });

  test('Ctrl-C ends it', async () => {
    const watching = startBezant(['watch', 'pnl'], stage().env);
    await watching.shows(/"topic":"pnl"/);
    watching.child.kill('SIGINT');
    expect(await watching.ended).toMatchObject({ code: 130, stderr: '' });
  });

  test('a reader that has enough', async () => {
    const line = `'${process.execPath}' '${bin}' watch pnl | head -1; echo "left with \${PIPESTATUS[0]}"`;
    const env = { PATH: process.env['PATH'] ?? '', ...stage().env };
    const { stdout, stderr } = await follow(spawn('bash', ['--norc', '-c', line], { env })).ended;
    expect(stdout).toMatch(/^\{"cursor":[^\n]+\nleft with 0\n$/);
    expect(stderr).toBe('');
  });

  testOnTerminal('on a terminal: a note, a head, and Ctrl-C', async () => {
    const watching = onTerminal(['watch', 'pnl'], stage().env, 120);
    await watching.shows(/DU1234567\.Core/);
    watching.child.stdin.write('\u0003');
    const { code, stdout } = await watching.ended;
    expect(code).toBe(130);
    const [note, head] = linesOf(stdout);
    expect(note).toBe('Watching pnl. Ctrl-C ends it.');
    expect(head).toMatch(/^time +account +today +unrealized/);
  });
});

test('a server that restarts: it goes on after the last event, and none is missed', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-cli-'));
  const { simulator } = await startGateway();
  const { port } = new URL(await closedUrl());
  const start = (): Promise<Sidecar> =>
    startSidecar(`${simulator.url}/v1/api`, {
      BEZANT_BIND: `127.0.0.1:${port}`,
      BEZANT_DATA_DIR: dataDir,
      BEZANT_EVENTS_ENABLED: 'true',
    });
  let sidecar = await start();
  try {
    const env = { BEZANT_URL: sidecar.url };
    const run = (args: readonly string[]): Promise<Ended> => {
      const running = startBezant(args, env);
      running.child.stdin.end();
      return running.ended;
    };
    const watching = startBezant(['watch', 'trades', '--since', '0', '--count', '2'], env);
    const first = await buy({ run });
    await watching.shows(/"topic":"trades"/);
    await sidecar.stop();
    await watching.shows(/Again in [\d.]+ s, after the last event\./, 'stderr');
    sidecar = await start();
    const second = await buy({ run });
    const { stdout, code } = await watching.ended;
    expect(code).toBe(0);
    const told = lines(stdout) as { cursor: number; topic: string; order_id: string | null }[];
    const ids = told.filter(({ topic }) => topic === 'trades').map(({ order_id: id }) => id);
    expect([first, second]).toEqual(expect.arrayContaining(ids.filter((id) => id !== null)));
    expect(new Set(told.map(({ cursor }) => cursor)).size).toBe(told.length);
  } finally {
    await sidecar.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('without events: what to do', async () => {
  const { direct } = await startGateway();
  expect(await direct(['watch', 'pnl'])).toMatchObject({ code: 2, stdout: '' });
  const { stderr } = await direct(['events']);
  expect(stderr).toBe(
    'bezant: Events are kept by bezant; the Gateway itself has none.\n  Set BEZANT_URL; IBKR_GATEWAY_URL points at the Gateway.\n',
  );
});

describe('the server keeps no events', () => {
  const stage = sharedStage();
  test('is said', async () => {
    const { code, stderr } = await stage().run(['watch', 'pnl']);
    expect(code).toBe(4);
    expect(stderr).toContain('BEZANT_EVENTS_ENABLED=1');
  });

  test.each<[string, RegExp]>([
    ['watch', /^bezant: Missing required argument 'what'\.\n {2}`bezant help watch` tells how\.\n$/],
    ['watch nix', /^bezant: Command-argument value 'nix' is invalid for argument 'what'\./],
    ['watch quotes', /^bezant: Which quotes\?\n/],
    ['watch orders AAPL', /^bezant: orders are watched whole, without AAPL\.\n/],
    ['watch pnl --since yesterday', /It must be a cursor, 0 or now\.\n/],
    ['watch pnl --count 0', /It must be a whole number above 0\.\n/],
    ['events marketdata', /^bezant: marketdata of what\?\n/],
  ])('bezant %s', async (line, want) => {
    const { code, stderr, stdout } = await stage().run(line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(want);
  });
});

async function until<Value>(look: () => Promise<Value>, fits: (value: Value) => boolean): Promise<void> {
  while (!fits(await look()));
}
