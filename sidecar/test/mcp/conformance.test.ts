// The protocol's own conformance suite, of which those scenarios apply that need no tool of a certain name: the others call
// tools, prompts and resources of a reference server, or ask for what bezant does not offer. 2026 is not in the suite yet.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startSimulator, type SimulatorProcess } from '../io/events-simulator.ts';
import { startSidecar, type Sidecar } from '../io/sidecar-process.ts';

const command = join(import.meta.dirname, '../../../node_modules/.bin/conformance');
const run = (...args: string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, [command, ...args], { timeout: 25_000 });

const applying = [
  'server-initialize',
  'ping',
  'tools-list',
  'resources-list',
  'server-sse-multiple-streams',
  'dns-rebinding-protection',
];

/** And why they do not apply. */
const others: Readonly<Record<string, RegExp>> = {
  'of the reference server’s tools': /^(tools-call-|elicitation-|json-schema-2020-12)/,
  'of the reference server’s resources': /^resources-(read|templates|subscribe|unsubscribe)/,
  'of the reference server’s prompts, completions and log': /^(prompts-|completion-|logging-)/,
  'of streams that are resumed, which bezant does not offer': /^server-sse-polling$/,
};

let simulator: SimulatorProcess;
let sidecar: Sidecar;
beforeAll(async () => {
  simulator = await startSimulator();
  sidecar = await startSidecar(simulator.apiUrl);
});
afterAll(async () => {
  await sidecar.stop();
  await simulator.stop();
});

test.each(applying)('%s', async (scenario) => {
  const { stdout } = await run(
    'server',
    '--url',
    `${sidecar.url.replace(/\/$/, '')}/mcp`,
    '--scenario',
    scenario,
  );
  expect(stdout).toMatch(/Passed: (\d+)\/\1, 0 failed, 0 warnings/);
});

test('every other scenario is known not to apply', async () => {
  const { stdout } = await run('list');
  const servers = stdout.split('Client scenarios')[0] ?? '';
  const scenarios = [...servers.matchAll(/^ {2}- (\S+)/gm)].map(([, name = '']) => name);
  expect(scenarios).toEqual(expect.arrayContaining(applying));
  const patterns = Object.values(others);
  const unknown = scenarios.filter(
    (name) => !applying.includes(name) && !patterns.some((pattern) => pattern.test(name)),
  );
  expect(unknown).toEqual([]);
});
