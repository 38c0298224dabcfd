// The command as people start it.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { send } from './client.ts';

const command = fileURLToPath(new URL('../bin/bezant-simulator.js', import.meta.url));

interface Running {
  child: ChildProcess;
  output: () => string;
  exit: Promise<number | null>;
}

function run(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [command, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const exit = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, output: () => text, exit };
}

async function said({ output, exit, child }: Running, pattern: RegExp): Promise<RegExpExecArray> {
  const found = () => pattern.exec(output());
  const seen = new Promise<void>((resolve) =>
    child.stdout?.on('data', () => (found() === null ? undefined : resolve())),
  );
  await Promise.race([seen, exit]);
  const match = found();
  if (match === null) throw new Error(`it never said ${String(pattern)}: ${output()}`);
  return match;
}

test('it says where it is, serves, and leaves cleanly on either signal', async () => {
  const folder = mkdtempSync(`${tmpdir()}/simulator-`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const running = run(['--port', '0', '--write-cert', `${folder}/ca.pem`, '--time-scale', '60']);
    const [, url = '', port = ''] = await said(
      running,
      /listens on (https:\/\/127\.0\.0\.1:\d+) \(port (\d+),.*scenario demo\)[^]*control .*state\n/,
    );
    const to = { url, port: Number(port), cert: readFileSync(`${folder}/ca.pem`, 'utf8') };
    expect((await send(to, 'GET', '/v1/api/iserver/auth/status')).json).toMatchObject({
      authenticated: true,
    });
    expect((await send(to, 'GET', '/simulator/state')).json).toMatchObject({ clock: { scale: 60 } });
    running.child.kill(signal);
    expect(await running.exit).toBe(0);
  }
  rmSync(folder, { recursive: true });
});

test('a request that hangs does not keep it from leaving', async () => {
  const running = run([], {
    BEZANT_SIMULATOR_PORT: '0',
    BEZANT_SIMULATOR_NO_TLS: 'yes',
    BEZANT_SIMULATOR_VERBOSE: 'yes',
  });
  const [, port = ''] = await said(running, /port (\d+)/);
  const hanging = send({ url: '', port: Number(port), cert: undefined }, 'GET', '/status').catch(
    () => 'broken',
  );
  await said(running, /GET \/status hangs/);
  running.child.kill('SIGTERM');
  expect(await running.exit).toBe(0);
  expect(await hanging).toBe('broken');
});

test('--help is help', async () => {
  const running = run(['--help']);
  expect(await running.exit).toBe(0);
  expect(running.output()).toContain('--scenario NAME|FILE');
});

const refusals: { args: string[]; want: string }[] = [
  { args: ['--port', 'high'], want: 'bezant-simulator: --port is a number from 0 to 65535, not "high"' },
  { args: ['--scenario', 'none'], want: 'There is no scenario "none"' },
  { args: ['--port', '0', '--no-tls', '--write-cert', 'x.pem'], want: '--write-cert has nothing to write' },
];
test.each(refusals)('$args ends with a reason', async ({ args, want }) => {
  const running = run(args);
  expect(await running.exit).toBe(1);
  expect(running.output()).toContain(want);
  expect(existsSync('x.pem')).toBe(false);
});

test('a scenario file is read, and its faults are told with their place', async () => {
  const folder = mkdtempSync(`${tmpdir()}/simulator-`);
  const file = `${folder}/mine.json`;
  writeFileSync(file, JSON.stringify({ description: 'Mine.', session: { brokerage: 'on' } }));
  const running = run(['--port', '0', '--scenario', file]);
  expect(await running.exit).toBe(1);
  expect(running.output()).toContain('session.brokerage must be one of up, down, competing');
  rmSync(folder, { recursive: true });
});
