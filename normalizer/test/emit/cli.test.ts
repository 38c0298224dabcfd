// The command line's table: what a body is made of, as deep as a person reads.

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitCli } from '../../src/emit/cli.ts';
import { generateContract } from '../../src/generate.ts';

const root = join(import.meta.dirname, '../../..');

interface Line {
  id: string;
  area: string;
  parameters: { name: string; in: string; required: boolean; type: string; default?: unknown }[];
  body: { members: { name: string; type: string; required: boolean; values?: unknown[] }[] } | null;
}

test('the committed table is the contract', async () => {
  const { normalised } = await generateContract(join(root, 'spec'));
  const { 'operations.json': text = '' } = await emitCli(normalised);
  expect(text).toBe(readFileSync(join(root, 'clients/cli/generated/operations.json'), 'utf8'));

  const lines = JSON.parse(text) as Line[];
  const line = (id: string): Line | undefined => lines.find((each) => each.id === id);
  expect(line('getMdHistory')).toMatchObject({
    area: 'Market Data',
    body: null,
    parameters: expect.arrayContaining([
      { name: 'conid', in: 'query', required: true, type: 'integer' },
      { name: 'bar', in: 'query', required: false, type: 'string', default: '1min' },
    ]) as unknown,
  });
  expect(line('submitNewOrder')?.body?.members).toEqual(
    expect.arrayContaining([
      { name: 'orders', type: 'list of object', required: true },
      { name: 'orders[].side', type: 'string', required: true, values: ['BUY', 'SELL'] },
      { name: 'orders[].price', type: 'number', required: false },
    ]),
  );
  // However deep a body goes, its help stays readable
  const depths = lines.flatMap(({ body }) => body?.members.map(({ name }) => name.split('.').length) ?? []);
  expect(Math.max(...depths)).toBe(3);
});
