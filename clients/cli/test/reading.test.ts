// The predecessor's commands and output, through bezant and straight to the Gateway.

import { describe, expect, test } from '@jest/globals';
import {
  account,
  bezant,
  closedUrl,
  sharedStage,
  startGateway,
  startStage,
  type Ended,
  type Stage,
} from './stage.ts';
import { describeOnTerminal, linesOf, onTerminal } from './terminal.ts';

type Run = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Ended>;
const through: Record<string, (stage: Stage) => Run> = {
  bezant: ({ run }) => run,
  'the Gateway': ({ direct }) => direct,
};
const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);
const done = { code: 0, stderr: '' };

describe.each(Object.entries(through))('through %s', (_, way) => {
  const stage = sharedStage();
  test('JSON without a terminal, one line', async () => {
    const run = way(stage());
    const health = await run(['health']);
    expect(health).toMatchObject(done);
    expect(health.stdout).toBe('{"authenticated":true,"connected":true,"competing":false,"message":null}\n');
    expect(json(await run(['accounts']))).toMatchObject([{ accountId: account, currency: 'USD' }]);
    expect(json(await run(['summary', account]))).toMatchObject({ netliquidation: { currency: 'USD' } });
    expect(json(await run(['positions', account]))).toContainEqual(
      expect.objectContaining({ ticker: 'AAPL', conid: 265598, position: 100 }),
    );
    expect((await run(['health', '--pretty'])).stdout).toBe(
      '{\n  "authenticated": true,\n  "connected": true,\n  "competing": false,\n  "message": null\n}\n',
    );
  });

  test('tables when they are asked for, with the columns of old', async () => {
    const run = way(stage());
    const { stdout: positions } = await run(['positions', account, '--output', 'table']);
    expect(positions).toMatch(
      /^ticker +conid +position +avgCost +mktPrice +mktValue +currency +contract +unrealizedPnl\n/,
    );
    expect(positions).toMatch(
      /\nAAPL +265598 +100 +192\.92 +\d+\.\d{2,4} +[\d,]+\.\d\d +USD +AAPL +[+-][\d,.]+\n/,
    );
    const { stdout: orders } = await run(['orders', account, '-o', 'table']);
    expect(orders).toMatch(
      /^orderId +ticker +side +totalSize +filledQuantity +status +orderType +price +tif\n\d+ +AAPL/,
    );
    const { stdout: accounts } = await run(['accounts', '-o', 'table']);
    expect(accounts).toMatch(
      /^accountId +accountTitle +currency +type\nDU1234567 +Simulated Trader 1 +USD +DEMO\n$/,
    );
    const { stdout: health } = await run(['health', '-o', 'table']);
    expect(health).toMatch(/^authenticated +true\nconnected +true\ncompeting +false\nmessage +-\n$/);
    const { stdout: summary } = await run(['summary', account, '-o', 'table']);
    expect(summary).toMatch(/\nnetliquidation +[\d,]+\.\d\d +USD\n/);
    expect(summary).not.toMatch(/-s /);
    expect((await run(['summary', account, '-o', 'table', '--all'])).stdout).toMatch(/\nnetliquidation-s /);
  });

  test('CSV for spreadsheets', async () => {
    const run = way(stage());
    const { stdout } = await run(['positions', '-o', 'csv']);
    expect(stdout).toMatch(
      /^ticker,conid,position,avgCost,mktPrice,mktValue,currency,contract,unrealizedPnl\r\nAAPL,265598,100,192\.92,[\d.]+,[\d.]+,USD,AAPL,/,
    );
    expect((await run(['health', '-o', 'csv'])).stdout).toBe(
      'field,value\r\nauthenticated,true\r\nconnected,true\r\ncompeting,false\r\nmessage,\r\n',
    );
  });

  test('the session token stays where it is', async () => {
    const run = way(stage());
    const { stdout, code } = await run(['tickle']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\{"session":"\w{4}…"\}\n$/);
  });

  test('an account of somebody else, and one that would lead elsewhere', async () => {
    const run = way(stage());
    for (const command of ['summary', 'positions', 'orders']) {
      for (const wrong of ['DU9999999', '../../logout']) {
        expect(await run([command, wrong])).toEqual({
          code: 5,
          signal: null,
          stdout: '',
          stderr: `bezant: This login has no account ${wrong}.\n  There is ${account}.\n`,
        });
      }
    }
  });

  test('without an account: the one set, else the only one', async () => {
    const run = way(stage());
    expect(json(await run(['positions']))).toContainEqual(expect.objectContaining({ ticker: 'AAPL' }));
    expect(await run(['positions'], { BEZANT_ACCOUNT: 'DU9999999' })).toMatchObject({ code: 5 });
  });
});

test('several accounts, and none named', async () => {
  const { run } = await startStage({ scenario: 'many-positions' });
  const { code, stderr } = await run(['positions']);
  expect(code).toBe(6);
  expect(stderr).toMatch(
    /^bezant: There are several accounts: [\w, ]+\.\n {2}Name the account, or set BEZANT_ACCOUNT\.\n$/,
  );
});

test('many positions come whole', async () => {
  const { run } = await startStage({ scenario: 'many-positions' });
  expect((json(await run(['positions', account])) as unknown[]).length).toBeGreaterThan(250);
});

test('nothing there', async () => {
  const { run } = await startStage({ scenario: 'empty-account' });
  expect(json(await run(['positions']))).toEqual([]);
  expect((await run(['positions', '-o', 'table'])).stdout).toBe('The account holds nothing.\n');
  expect((await run(['positions', '-o', 'csv'])).stdout).toMatch(/^ticker,[^\n]*\r\n$/);
  expect((await run(['orders', '-o', 'table'])).stdout).toBe('The account has no orders today.\n');
});

describe('where to ask', () => {
  test('BEZANT_URL counts before IBKR_GATEWAY_URL, a flag before both', async () => {
    const { env, simulator } = await startStage();
    const nowhere = await closedUrl();
    expect(await bezant(['health'], { ...env, IBKR_GATEWAY_URL: nowhere })).toMatchObject(done);
    expect(await bezant(['health', '--gateway-url', simulator.url], { BEZANT_URL: nowhere })).toMatchObject(
      done,
    );
    expect(await bezant(['--url', nowhere, 'health'], env)).toMatchObject({ code: 9 });
  });

  test("the Gateway's own certificate is taken, unless it is to be checked", async () => {
    const { direct } = await startGateway();
    expect(await direct(['health'])).toMatchObject(done);
    for (const refused of [
      direct(['health', '--verify-tls']),
      direct(['health'], { BEZANT_VERIFY_TLS: '1' }),
    ]) {
      const { code, stderr } = await refused;
      expect(code).toBe(9);
      expect(stderr).toMatch(/^bezant: The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted/);
    }
    expect(await direct(['health'], { BEZANT_VERIFY_TLS: 'no' })).toMatchObject(done);
    expect(await direct(['health'], { BEZANT_VERIFY_TLS: 'perhaps' })).toMatchObject({ code: 2 });
  });

  test.each([
    [['--url', 'localhost:8080'], /^bezant: --url is no address: "localhost:8080"\n/],
    [['--url', 'http://me:hush@127.0.0.1:8080'], /^bezant: --url holds a name or a password\n/],
    [['--url', 'http://me:hush@'], /^bezant: --url is no address: "http:\/\/…@"\n/],
  ])('%j is refused', async (flags, want) => {
    const { code, stderr } = await bezant([...flags, 'health']);
    expect(code).toBe(2);
    expect(stderr).toMatch(want);
    expect(stderr).not.toContain('hush');
  });
});

describeOnTerminal('on a terminal', () => {
  test('a table with colours; without them when NO_COLOR is set', async () => {
    const { env } = await startStage();
    const { stdout } = await onTerminal(['positions'], env).ended;
    expect(stdout).toContain('\u001b[1mticker\u001b[22m');
    expect(linesOf(stdout)[0]).toMatch(/^ticker +conid +position/);
    expect(linesOf(stdout)[1]).toMatch(/^AAPL +265598 +100 /);
    const plain = await onTerminal(['positions'], { ...env, NO_COLOR: '1' }).ended;
    expect(plain.stdout).not.toContain('\u001b');
  });

  test('what there is no room for is left out, the last first', async () => {
    const { env } = await startStage();
    const head = async (args: string[], columns: number): Promise<string | undefined> =>
      linesOf((await onTerminal(args, { ...env, NO_COLOR: '1' }, columns).ended).stdout)[0];
    expect(await head(['positions'], 160)).toMatch(/ currency +contract +unrealizedPnl$/);
    expect(await head(['positions'], 75)).toMatch(/ mktValue +currency$/);
    expect(await head(['orders'], 75)).toMatch(/ status +orderType$/);
  });

  test('JSON when it is asked for', async () => {
    const { env } = await startStage();
    expect(linesOf((await onTerminal(['health', '-o', 'json'], env).ended).stdout)[0]).toMatch(
      /^\{"authenticated"/,
    );
  });
});
