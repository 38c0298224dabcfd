// The command by itself, as a shell and the supervisor run it: its first line names Node.js and its options.

import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/bezant-server.js');
const env = { PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter) };

test('runs without an interpreter being named', () => {
  expect(execFileSync(bin, ['--version'], { encoding: 'utf8', env })).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('keeps the young generation small', () => {
  const told = execFileSync(bin, ['--version'], {
    encoding: 'utf8',
    env: { ...env, NODE_OPTIONS: '--import=data:text/javascript,console.log(process.execArgv[0])' },
  });
  expect(told).toMatch(/^--max-semi-space-size=\d\n/);
});
