// Ctrl-C, and readers that have enough.

import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { follow, startBezant, startStage, type Stage } from './stage.ts';

const bin = join(import.meta.dirname, '../bin/bezant.js');

test('Ctrl-C while IBKR does not answer', async () => {
  const stage = await startStage();
  await stage.control('POST /faults', { paths: [{ path: '/v1/api/portfolio/accounts', hang: true }] });
  const running = startBezant(['accounts'], stage.env);
  await arrived(stage, '/portfolio/accounts');
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 130, stdout: '', stderr: '' });
});

test('a reader that has enough', async () => {
  const { env } = await startStage({ scenario: 'many-positions' });
  const line = `'${process.execPath}' '${bin}' positions DU1234567 --pretty | head -1; echo "left with \${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['--norc', '-c', line], { env: { PATH: process.env['PATH'] ?? '', ...env } });
  expect(await follow(child).ended).toMatchObject({ code: 0, stdout: '[\nleft with 0\n', stderr: '' });
});

/** The simulator runs in this process. */
async function arrived({ control }: Stage, path: string): Promise<void> {
  const asked = async (): Promise<string> => JSON.stringify(await control('GET /requests'));
  while (!(await asked()).includes(path)) await new Promise((resolve) => setImmediate(resolve));
}
