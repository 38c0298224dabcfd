// Symbols, quotes and bars.

import { describe, expect, test } from '@jest/globals';
import { sharedStage, type Ended, type Stage } from './stage.ts';

type Run = (args: readonly string[]) => Promise<Ended>;
const through: Record<string, (stage: Stage) => Run> = {
  bezant: ({ run }) => run,
  'the Gateway': ({ direct }) => direct,
};
const json = ({ stdout }: Ended): unknown => JSON.parse(stdout);
const price = expect.stringMatching(/^[CH]?\d+\.\d+$/) as unknown;

describe.each(Object.entries(through))('through %s', (_, way) => {
  const stage = sharedStage();
  const run: Run = (args) => way(stage())(args);

  test('a symbol', async () => {
    expect((await run(['conid', 'AAPL'])).stdout).toBe('{"symbol":"AAPL","conid":265598}\n');
    expect(json(await run(['conid', 'IBM', '--exchange', 'LSE']))).toMatchObject({ conid: 41645598 });
    expect((await run(['conid', 'AAPL', '-o', 'table'])).stdout).toBe('symbol  AAPL\nconid   265598\n');
  });

  test('a symbol that nobody knows, and one that could be several', async () => {
    expect(await run(['quote', 'ZZZZ'])).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringMatching(
        /^bezant: No contract of type STK has the symbol ZZZZ\.\n {2}Search by name: /,
      ) as unknown,
    });
    expect(await run(['quote', 'ES', '--sec-type', 'fut'])).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringMatching(
        /^bezant: ES may be \d+ \(ES, \d+\) or .+\n {2}Say which one with /,
      ) as unknown,
    });
    expect(await run(['conid', 'AAPL', '--sec-type', 'OPT'])).toMatchObject({ code: 2 });
  });

  test('a quote has prices at the first call', async () => {
    expect(json(await run(['quote', 'AAPL']))).toEqual({
      symbol: 'AAPL',
      conid: 265598,
      last: price,
      bid: price,
      ask: price,
      volume: expect.anything() as unknown,
      bid_size: expect.anything() as unknown,
      ask_size: expect.anything() as unknown,
    });
    expect(json(await run(['quote', 'KO', '8314']))).toMatchObject([
      { symbol: 'KO', conid: 8894, bid: price },
      { symbol: '8314', conid: 8314, bid: price },
    ]);
    expect((await run(['quote', 'AAPL', '-o', 'table'])).stdout).toMatch(
      /^symbol +conid +last +bid +bid_size +ask +ask_size +volume\nAAPL +265598 +\d+\.\d\d/,
    );
  });

  test('bars', async () => {
    const args = ['history', 'AAPL', '--period', '1d', '--bar', '1h'];
    expect(json(await run(args))).toMatchObject({ symbol: 'AAPL', data: expect.any(Array) as unknown });
    const { stdout } = await run([...args, '-o', 'table']);
    expect(stdout).toMatch(/^time +open +high +low +close +volume\n\d{4}-\d\d-\d\d \d\d:\d\d:00 +\d+\.\d\d/);
    const { stdout: csv } = await run([...args, '-o', 'csv']);
    expect(csv).toMatch(/^time,open,high,low,close,volume\r\n\d{13},[\d.]+,/);
  });

  test('bars that there are not', async () => {
    const { code, stderr } = await run(['history', 'AAPL', '--bar', '7q']);
    expect(code).toBe(7);
    expect(stderr).toMatch(/^bezant: .*\b7q\b.*\n {2}\S/s);
  });
});
