// Asking for a restart of the Gateway, over the real channel of a real process.

import { afterEach, expect, test } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gatewayRestarter } from '../src/supervisor.ts';

const built = pathToFileURL(join(import.meta.dirname, '../dist/supervisor.js')).href;
const script = join(mkdtempSync(join(tmpdir(), 'bezant-channel-')), 'asker.mjs');
// Says what it was told, then has nothing to do: the channel must not keep it.
writeFileSync(
  script,
  `import { gatewayRestarter } from ${JSON.stringify(built)};
   if (process.argv[2] === 'gone') process.disconnect();
   console.log(JSON.stringify(await gatewayRestarter(process)()));`,
);

let child: ChildProcess | null = null;
afterEach(() => {
  child?.kill('SIGKILL');
});

/** What the asker is told, once it has ended by itself. */
async function told(answer: (message: unknown) => object | null, args: string[] = []): Promise<unknown> {
  const asker = fork(script, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  child = asker;
  let text = '';
  asker.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  asker.on('message', (message) => {
    const given = answer(message);
    if (given !== null) asker.send(given);
  });
  await new Promise((resolve) => asker.once('close', resolve));
  return JSON.parse(text) as unknown;
}

test('granted', async () => {
  const heard: unknown[] = [];
  const refused = await told((message) => {
    heard.push(message);
    return { restart: 'gateway', refused: null };
  });
  expect({ refused, heard }).toEqual({ refused: null, heard: [{ restart: 'gateway' }] });
});

test('refused, with the reason', async () => {
  expect(await told(() => ({ restart: 'gateway', refused: 'not now' }))).toBe('not now');
});

test('a parent that speaks of something else does not count', async () => {
  expect(await told(() => ({ restart: 'other', refused: null }))).toBe('the supervisor does not answer');
});

test('a parent that has gone', async () => {
  expect(await told(() => null, ['gone'])).toBe('the supervisor is gone');
});

test('without a channel nobody can restart the Gateway', () => {
  const none = (): void => undefined;
  expect(gatewayRestarter({ connected: false, on: none, off: none })).toBeNull();
});
