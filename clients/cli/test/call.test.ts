// Every operation by its id: help from the contract, mistakes named before anything is sent.

import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { account, bezant, sharedStage, type Ended } from './stage.ts';
import { linesOf, onTerminal, testOnTerminal } from './terminal.ts';

const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);
const contract = join(import.meta.dirname, '../../../spec/generated/operations.json');
const { length: operationCount } = JSON.parse(readFileSync(contract, 'utf8')) as unknown[];

describe('without a server', () => {
  test('all operations are listed, and found by a word', async () => {
    expect(json(await bezant(['call']))).toHaveLength(operationCount);
    const { stdout } = await bezant(['call', '--search', 'alert', '-o', 'table']);
    expect(stdout).toMatch(/^operation +safety +summary\n/);
    expect(stdout).toMatch(/\ndeleteAlert +write +Delete an alert/);
    expect((await bezant(['call', '--search', 'xyzzy', '-o', 'table'])).stdout).toBe(
      'No operation has "xyzzy" in it.\n',
    );
  });

  test('help comes from the contract', async () => {
    const { stdout, code } = await bezant(['call', 'getMdHistory', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('GET /v1/api/iserver/marketdata/history\n');
    expect(stdout).toMatch(/\n {2}--conid <integer> +needed\n/);
    expect(stdout).toMatch(/\n {2}--direction <integer> +query; one of -1, 1; -1 unless given\n/);
    const order = (await bezant(['help', 'call', 'submitNewOrder'])).stdout;
    expect(order).toMatch(/\n {2}orders\[\]\.side +string; needed; one of BUY, SELL\n/);
    expect(order).toContain('--yes');
  });

  test.each<[string, RegExp]>([
    ['mdhistory', /^bezant: There is no operation mdhistory\.\n {2}Did you mean getMdHistory\?\n$/],
    ['xyzzy', /^bezant: There is no operation xyzzy\.\n {2}`bezant call --search WORD` looks for one\.\n$/],
    ['getMdHistory', /^bezant: getMdHistory needs conid\.\n {2}Add --conid <integer>\.\n$/],
    ['getMdHistory --conid x', /^bezant: conid is no whole number: "x"\.\n/],
    [
      'getMdHistory --conid 1 --outsideRth perhaps',
      /^bezant: outsideRth is true or false, not "perhaps"\.\n/,
    ],
    ['getMdHistory --conid 1 --param bart=1h', /^bezant: getMdHistory has no parameter bart\.\n/],
    ['getMdHistory --conid 1 --bart 1h', /^bezant: Unknown option '--bart'\.\n {2}Did you mean --bar\?\n$/],
    ['getMdHistory --param conid', /^bezant: --param is name=value, not "conid"\n/],
    ['createAlert --accountId DU1', /^bezant: createAlert needs a body\.\n {2}Add --body /],
    ['createAlert --accountId DU1 --body {', /^bezant: The body is no JSON: /],
    ['createAlert --accountId DU1 --body @nowhere.json', /^bezant: The body cannot be read: ENOENT/],
    ['createAlert --accountId .. --body {} --yes', /^bezant: accountId must not be "\.\."/],
  ])('bezant call %s', async (line, want) => {
    const { code, stdout, stderr } = await bezant(['call', ...line.split(' ')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(want);
  });
});

describe.each(['bezant', 'the Gateway'])('through %s', (server) => {
  const stage = sharedStage();
  const run = (args: readonly string[], input?: string): Promise<Ended> =>
    server === 'bezant' ? stage().run(['call', ...args], {}, input) : stage().direct(['call', ...args]);

  test('a read, with parameters in either way', async () => {
    expect(json(await run(['getAllAccounts']))).toMatchObject([{ accountId: account }]);
    expect(
      json(await run(['getMdHistory', '--conid', '265598', '--param', 'period=1d', '--bar', '1h'])),
    ).toMatchObject({ symbol: 'AAPL', timePeriod: '1d', barLength: 3600 });
  });

  test('a write is not sent without --yes', async () => {
    const args = ['deleteAlert', '--accountId', account, '--alertId', '17'];
    expect(await run(args)).toMatchObject({ code: 10, stdout: '' });
    expect(
      stage()
        .simulator.capture.list()
        .some(({ method }) => method === 'DELETE'),
    ).toBe(false);
  });

  test('a session token stays where it is', async () => {
    const { stdout, code } = await run(['getSessionToken']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ session: expect.stringMatching(/^\w{4}…$/) as unknown });
  });
});

describe('through bezant', () => {
  const stage = sharedStage();

  test('a write with a body', async () => {
    const order = { conid: 265598, side: 'BUY', quantity: 1, orderType: 'LMT', price: 1, tif: 'DAY' };
    const args = ['call', 'submitNewOrder', '--accountId', account, '--body', '-', '--yes'];
    const asked = await stage().run(args, {}, JSON.stringify({ orders: [order] }));
    expect(asked).toMatchObject({ code: 0 });
    expect(json(asked)).toMatchObject([{ messageIds: ['o163'] }]);
  });

  test('faults of a body are told one by one', async () => {
    const args = [
      'call',
      'submitNewOrder',
      '--accountId',
      account,
      '--yes',
      '--body',
      '{"orders":[{"conid":"x"}]}',
    ];
    const { code, stderr } = await stage().run(args);
    expect(code).toBe(7);
    expect(stderr).toMatch(/\/body\/orders\/0/);
  });

  test('what the Gateway does not serve', async () => {
    const { code, stderr } = await stage().run(['call', 'get_gw_api_v1_echo_https']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/\n {2}It belongs to IBKR’s institutional cloud API/);
  });

  testOnTerminal('what is too wide for the terminal is shown row by row', async () => {
    const { stdout } = await onTerminal(['call', 'getAllAccounts'], stage().env, 60).ended;
    const lines = linesOf(stdout);
    expect(lines.find((line) => line.startsWith('accountId '))).toMatch(/^accountId +DU1234567$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});
