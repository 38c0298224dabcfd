// The command on a real pseudo-terminal, made by Debian's `script` (package bsdutils, which every Debian has).

import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Env } from '../../../sidecar/test/io/sidecar-process.ts';
import { follow, type Running } from './stage.ts';

const bin = join(import.meta.dirname, '../bin/bezant.js');

export const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).status === 0;
if (!hasTerminal) console.log('no `script` of util-linux here: what needs a terminal is not tested');

/** Its stdout is the screen; what is written to its stdin is typed. Arguments without quotes. */
export function onTerminal(args: readonly string[], env: Env = {}, columns = 100): Running {
  const words = [process.execPath, bin, ...args].map((word) => `'${word}'`).join(' ');
  const command = `stty cols ${columns} rows 40; exec ${words}`;
  return follow(
    spawn('script', ['-qefc', command, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', TERM: 'xterm', SHELL: '/bin/sh', ...env },
    }),
  );
}

/** The screen's text, as lines, without colours. */
export function linesOf(screen: string): string[] {
  const escape = String.fromCharCode(27);
  return screen.replaceAll(new RegExp(`${escape}\\[[0-9;?]*[A-Za-z]`, 'g'), '').split(/\r?\n/);
}
