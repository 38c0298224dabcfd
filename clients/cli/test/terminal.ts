// The command on a real pseudo-terminal, made by Debian's `script` (package bsdutils, which every Debian has).

import { describe, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Env } from '../../../sidecar/test/io/sidecar-process.ts';
import { follow, type Running } from './stage.ts';

const bin = join(import.meta.dirname, '../bin/bezant.js');

const hasTerminal = spawnSync('script', ['--version']).status === 0;
if (!hasTerminal) console.log('no `script` of util-linux here: what needs a terminal is not tested');

/** Skipped where there is no terminal to be had: macOS's `script` takes other arguments, and Windows has none. */
export const testOnTerminal = hasTerminal ? test : test.skip;
export const describeOnTerminal = hasTerminal ? describe : describe.skip;

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
