// What may come next, asked of the program, and asked by a real bash.

import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bezant } from './stage.ts';

const bin = join(import.meta.dirname, '../bin/bezant.js');

test.each<[string[], string[]]>([
  [['pos'], ['positions']],
  [
    ['orders', 'p'],
    ['place', 'preview'],
  ],
  [
    ['orders', 'place', '--ti'],
    ['--ticket', '--tif'],
  ],
  [
    ['orders', 'place', 'buy', '1', 'AAPL', '--tif', ''],
    ['DAY', 'GTC', 'OPG', 'IOC'],
  ],
  [
    ['--output', ''],
    ['json', 'table', 'csv'],
  ],
  [['-o', 'c'], ['csv']],
  [['-o', 'json', 'heal'], ['health']],
  [['health', '--pre'], ['--pretty']],
  [
    ['watch', ''],
    ['orders', 'trades', 'pnl', 'quotes'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['call', 'getMd'],
    ['getMdHistory', 'getMdSnapshot'],
  ],
  [['call', 'xyzzy'], []],
])('%j', async (words, want) => {
  const { stdout, code, stderr } = await bezant(['__complete', '--', ...words]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const names = stdout.split('\n').flatMap((line) => (line === '' ? [] : (line.split('\t')[0] ?? '')));
  expect(names.sort()).toEqual([...want].sort());
});

test('in bash', async () => {
  const { stdout: script } = await bezant(['completion', 'bash']);
  const ask = `bezant() { '${process.execPath}' '${bin}' "$@"; }
${script}
COMP_WORDS=(bezant orders pl) COMP_CWORD=2
_bezant
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-c', ask], {
    env: { PATH: process.env['PATH'] ?? '' },
  });
  expect({ stdout, stderr }).toEqual({ stdout: 'place\n', stderr: '' });
});

test.each(['zsh', 'fish'])('for %s there is a script', async (shell) => {
  const { stdout, code } = await bezant(['completion', shell]);
  expect(code).toBe(0);
  expect(stdout).toContain('bezant __complete -- ');
  const { stdout: shells } = await promisify(execFile)('sh', ['-c', `command -v ${shell} || true`]);
  if (shells === '') return console.log(`no ${shell} here: its script is not read by one`);
  const check = shell === 'zsh' ? ['-n'] : ['--no-execute'];
  const reading = promisify(execFile)('sh', ['-c', `printf %s "$0" | ${shell} ${check.join(' ')}`, stdout]);
  expect((await reading).stderr).toBe('');
});

test('a shell that there is not', async () => {
  const { code, stderr } = await bezant(['completion', 'tcsh']);
  expect(code).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish.');
});
