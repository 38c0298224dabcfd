// Orders: nothing goes out unless it was confirmed, and what IBKR asks is told, asked or answered.

import { describe, expect, test } from '@jest/globals';
import { account, sharedStage, startStage, type Ended, type Stage } from './stage.ts';
import { describeOnTerminal, linesOf, onTerminal } from './terminal.ts';

const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);
const far = ['orders', 'place', 'buy', '1', 'AAPL', '--limit', '1'];
const near = async ({ run }: Stage): Promise<string[]> => {
  const { bid } = json(await run(['quote', 'AAPL'])) as { bid: string };
  return ['orders', 'place', 'buy', '1', 'AAPL', '--limit', (Number(bid) - 1).toFixed(2), '--tif', 'gtc'];
};

/** What the Gateway was asked to do. */
function sent({ simulator }: Stage, pattern: RegExp): string[] {
  return simulator.capture
    .list()
    .map(({ method, url }) => `${method} ${url}`)
    .filter((call) => pattern.test(call));
}
const writes = /^(POST|DELETE) \/v1\/api\/iserver\/(account\/[^/]+\/order|reply)/;

describe('without a terminal', () => {
  const stage = sharedStage();

  test('nothing is sent without --yes', async () => {
    const before = sent(stage(), writes).length;
    for (const args of [
      far,
      ['orders', 'cancel', '17'],
      ['orders', 'reply', 'some-id'],
      ['orders', 'modify', '17', '--ticket', '-'],
    ]) {
      const ended = await stage().run(
        args,
        {},
        '{"conid":1,"side":"BUY","quantity":1,"orderType":"MKT","tif":"DAY"}',
      );
      expect(ended).toMatchObject({ code: 10, stdout: '' });
      expect(ended.stderr).toMatch(
        /^bezant: Not confirmed: .+ Nothing was sent\.\n {2}There is no terminal to ask on: add --yes\.\n$/,
      );
    }
    expect(sent(stage(), writes)).toHaveLength(before);
  });

  test('what is wrong with an order is said before anything is sent', async () => {
    const before = stage().simulator.capture.list().length;
    for (const [line, want] of wrong) {
      const { code, stderr } = await stage().run(['orders', ...line.split(' '), '--yes']);
      expect({ line, code, said: stderr.split('\n')[0] }).toEqual({ line, code: 2, said: `bezant: ${want}` });
    }
    expect(stage().simulator.capture.list()).toHaveLength(before);
  });

  test('placed, changed, cancelled', async () => {
    const placed = await stage().run([...(await near(stage())), '--yes']);
    expect(placed).toMatchObject({ code: 0, stderr: '' });
    const { orders } = json(placed) as { orders: { orderId: string; status: string }[] };
    const orderId = orders[0]?.orderId ?? '';
    expect(orderId).toMatch(/^\d+$/);

    const changed = await stage().run([
      'orders',
      'modify',
      orderId,
      '--quantity',
      '3',
      '--yes',
      '--confirm',
      'all',
    ]);
    expect(changed).toMatchObject({ code: 0 });
    const open = (): Promise<unknown> => stage().run(['orders']).then(json);
    await until(open, (list) => JSON.stringify(list).includes('"totalSize":3'));
    expect(await open()).toContainEqual(
      expect.objectContaining({ orderId: Number(orderId), totalSize: 3, timeInForce: 'GTC', side: 'BUY' }),
    );

    expect(await stage().run(['orders', 'cancel', orderId, '--yes'])).toMatchObject({ code: 0, stderr: '' });
    const again = await stage().run(['orders', 'cancel', '987654', '--yes']);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toMatch(/^bezant: .*987654.*\n {2}\S/);
  });

  test("IBKR's questions are handed back, with what to do", async () => {
    const { code, stdout, stderr } = await stage().run([...far, '--yes', '-o', 'json']);
    expect({ code, stdout }).toEqual({ code: 10, stdout: '' });
    const { error } = JSON.parse(stderr) as {
      error: { replyId: string; messageIds: string[]; hint: string };
    };
    expect(error).toMatchObject({ kind: 'question', messageIds: ['o163'] });
    expect(error.hint).toContain(`bezant orders reply ${error.replyId} --yes`);
    const next = await stage().run(['orders', 'reply', error.replyId, '--yes', '--confirm', 'all']);
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(json(next)).toMatchObject({ orders: [{ orderId: expect.any(String) as unknown }] });
    const late = await stage().run(['orders', 'reply', error.replyId, '--yes']);
    expect(late.code).toBe(5);
    expect(late.stderr).toMatch(/ lapsed /);
  });

  test('a question is answered with no', async () => {
    const { stderr } = await stage().run([...far, '--yes', '-o', 'json']);
    const { error } = JSON.parse(stderr) as { error: { replyId: string } };
    expect(json(await stage().run(['orders', 'reply', error.replyId, '--withdraw', '--yes']))).toEqual({
      withdrawn: true,
    });
  });

  test('--confirm answers what it names', async () => {
    const some = await stage().run([...far, '--yes', '--confirm', 'o163', '-o', 'json']);
    const { error } = JSON.parse(some.stderr) as { error: { messageIds: string[] } };
    expect(error.messageIds).toHaveLength(1);
    expect(error.messageIds).not.toContain('o163');
    expect(await stage().run([...far, '--yes', '--confirm', 'o163,o354,o10153'])).toMatchObject({ code: 0 });
  });

  test('a preview sends no order', async () => {
    const before = sent(stage(), / \/v1\/api\/iserver\/account\/[^/]+\/orders$/).length;
    const args = ['orders', 'preview', 'buy', '1', 'AAPL', '--limit', '100'];
    expect(json(await stage().run(args))).toMatchObject({
      amount: { commission: expect.any(String) as unknown },
    });
    const { stdout, stderr } = await stage().run([...args, '-o', 'table']);
    expect(stdout).toMatch(
      /\ncommission +- +1\.00 USD +-\n(.*\n)*position +100 +1 +101\n(.*\n)*initial margin /,
    );
    expect(stderr).toMatch(/^IBKR warns: .+exceeds the Percentage/);
    expect(sent(stage(), / \/v1\/api\/iserver\/account\/[^/]+\/orders$/)).toHaveLength(before);
  });

  test('a bracket from a file', async () => {
    const ticket = { conid: 265598, side: 'BUY', quantity: 1, orderType: 'LMT', price: 1, tif: 'DAY' };
    const bracket = [
      { ...ticket, cOID: 'parent' },
      { ...ticket, side: 'SELL', price: 1000, parentId: 'parent' },
    ];
    const placed = await stage().run(
      ['orders', 'place', '--ticket', '-', '--yes', '--confirm', 'all'],
      {},
      JSON.stringify(bracket),
    );
    expect(placed).toMatchObject({ code: 0 });
    expect((json(placed) as { orders: unknown[] }).orders).toHaveLength(2);
    expect(await stage().run(['orders', 'place', '--ticket', '-', '--yes'], {}, 'no json')).toMatchObject({
      code: 2,
    });
  });

  test('the wrong account', async () => {
    const ended = await stage().run([...(await near(stage())), '--account', 'DU9999999', '--yes']);
    expect(ended).toMatchObject({ code: 5, stdout: '' });
    expect(ended.stderr).toBe(`bezant: This login has no account DU9999999.\n  There is ${account}.\n`);
  });
});

const wrong = [
  ['place', 'The side is missing.'],
  ['place buy', 'Quantity and symbol are missing.'],
  ['place buy ten AAPL', '"ten" is no quantity.'],
  ['place buy -5 AAPL', '"-5" is no quantity.'],
  ['place by 10 AAPL', '"by" is no side.'],
  ['place buy 1 AAPL --type LMT', 'LMT needs --limit PRICE.'],
  ['place buy 1 AAPL --type stop_limit --stop 3', 'STOP_LIMIT needs --limit PRICE.'],
  ['place buy 1 AAPL --type MKT --limit 3', 'MKT has no price.'],
  [
    'place buy 1 AAPL --limit x',
    "Option '--limit <price>' argument 'x' is invalid. It must be a number above 0.",
  ],
  ['place buy 1 AAPL --ticket nowhere.json', '--ticket is the whole order.'],
  ['cancel -1', '"-1" is no order id.'],
  ['modify 17', 'There is nothing to change.'],
] as const;

test('an order whose answer is lost is no order that failed', async () => {
  const { run } = await startStage({ scenario: 'lost-answer', env: { BEZANT_UPSTREAM_TIMEOUT_SECS: '2' } });
  const ended = await run([...far, '--yes']);
  expect(ended).toMatchObject({ code: 11, stdout: '' });
  expect(ended.stderr).toMatch(
    /\n {2}The order may stand: look with `bezant orders` before sending it again\.\n$/,
  );
});

describeOnTerminal('on a terminal', () => {
  const stage = sharedStage();

  test('asked, and answered with no', async () => {
    const before = sent(stage(), writes).length;
    const running = onTerminal(await near(stage()), stage().env);
    await running.shows(/BUY 1 AAPL LMT [\d.]+ GTC in DU1234567\? \[y\/N\] $/);
    running.child.stdin.write('n\n');
    const { code, stdout } = await running.ended;
    expect(code).toBe(10);
    expect(linesOf(stdout)).toContain('bezant: Not confirmed. Nothing was sent.');
    expect(sent(stage(), writes)).toHaveLength(before);
  });

  test('asked, and answered with yes; then what IBKR asks', async () => {
    const running = onTerminal(far, stage().env);
    await running.shows(/BUY 1 AAPL LMT 1 DAY in DU1234567\? \[y\/N\] $/);
    running.child.stdin.write('y\n');
    await running.shows(/\(o163\)\s+Confirm\? \[y\/N\] $/);
    // How many follow depends on what was asked before
    for (let asked = 1; running.child.exitCode === null; asked += 1) {
      running.child.stdin.write('yes\n');
      const next = new RegExp(`(Confirm\\? \\[y/N\\] [^]*?){${asked + 1}}`);
      await Promise.race([running.shows(next).catch(() => undefined), running.ended]);
    }
    const { code, stdout } = await running.ended;
    expect(code).toBe(0);
    expect(linesOf(stdout).join('\n')).toMatch(/\norderId +status\n\d+ +\w+\n/);
  });

  test("IBKR's question answered with no withdraws the order", async () => {
    const running = onTerminal([...far, '--yes'], stage().env);
    await running.shows(/Confirm\? \[y\/N\] $/);
    running.child.stdin.write('\n');
    const { code, stdout } = await running.ended;
    expect(code).toBe(10);
    expect(stdout).toContain('Withdrawn: the order was not placed.');
  });

  test('Ctrl-C at the question', async () => {
    const before = sent(stage(), writes).length;
    const running = onTerminal(far, stage().env);
    await running.shows(/\[y\/N\] $/);
    running.child.stdin.write('\u0003');
    expect((await running.ended).code).toBe(130);
    expect(sent(stage(), writes)).toHaveLength(before);
  });
});

async function until<Value>(look: () => Promise<Value>, fits: (value: Value) => boolean): Promise<void> {
  while (!fits(await look()));
}
