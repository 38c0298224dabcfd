// What the built supervisor tells of its processes: /livez, /readyz, /metrics, and bezant-probe before them.
import { afterEach, expect, test } from '@jest/globals';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { metricsText } from '../src/metrics.ts';
import { newVitals } from '../src/vitals.ts';
import { entry, readyAt, supervise, until, type Supervised } from './supervise.ts';
import { freePort } from './free-port.ts';

let current: Supervised | null = null;
afterEach(() => {
  for (const pid of current?.alive() ?? []) process.kill(pid, 'SIGKILL');
  current?.signal('SIGKILL');
});

interface Asked {
  status: number;
  text: string;
}

async function ask(port: number, path: string, host = `127.0.0.1:${port}`, method = 'GET'): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on('error', reject).end();
  });
}

const probeBin = join(import.meta.dirname, '..', 'bin', 'bezant-probe.js');

async function probeOf(args: string[], env = {}): Promise<{ code: unknown; stderr: string }> {
  try {
    const { stderr } = await promisify(execFile)(process.execPath, [probeBin, ...args], {
      env: { ...process.env, NODE_OPTIONS: '', ...env },
    });
    return { code: 0, stderr };
  } catch (error) {
    const { code, stderr } = error as { code: unknown; stderr: string };
    return { code, stderr };
  }
}

const quick = { minMs: 10, maxMs: 20, budget: 5, windowMs: 60_000 };
const pidOf = (run: Supervised, name: string): number =>
  Number(
    /pid=(\d+)/.exec(run.lines.findLast((line) => line.startsWith(name) && line.includes('pid=')) ?? '')?.[1],
  );

test('alive from the start, ready when all answer, and it says who does not and why', async () => {
  const [admin, a, b] = [await freePort(), await freePort(), await freePort()];
  current = supervise({
    admin: { address: `127.0.0.1:${admin}`, setting: 'ADMIN' },
    processes: [
      entry('gateway', { port: a, status: 503 }, { ready: readyAt(a, { deadlineMs: 60_000 }) }),
      entry('sidecar', { port: b }, { ready: readyAt(b) }),
    ],
  });
  const run = current;
  await run.line(/gateway .*answering 503/);
  expect(await ask(admin, '/livez')).toEqual({ status: 200, text: '{"live":true}\n' });
  await until(async () => (await ask(admin, '/readyz')).text.includes('status 503'));
  const { status, text } = await ask(admin, '/readyz');
  expect(status).toBe(503);
  expect(JSON.parse(text)).toEqual({
    ready: false,
    processes: [
      { name: 'gateway', ready: false, reason: 'it answers with status 503' },
      { name: 'sidecar', ready: false, reason: 'it has not been started yet' },
    ],
  });
  expect(await probeOf([`http://127.0.0.1:${admin}/readyz`])).toEqual({
    code: 1,
    stderr: 'it answers with status 503\n',
  });
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
});

test('metrics of every process, which follow its lives', async () => {
  const [admin, a, b] = [await freePort(), await freePort(), await freePort()];
  current = supervise({
    admin: { address: `127.0.0.1:${admin}`, setting: 'ADMIN' },
    processes: [
      entry(
        'gateway',
        { port: a },
        {
          ready: readyAt(a, { timeoutMs: 1_000 }),
          watch: { everyMs: 20, failures: 2 },
          restart: quick,
          stopMs: 500,
        },
      ),
      entry('sidecar', { port: b }, { ready: readyAt(b), restart: quick }),
    ],
  });
  const run = current;
  await run.line(/sidecar is ready/);
  const value = async (series: string): Promise<number> => {
    const { text } = await ask(admin, '/metrics');
    return Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1],
    );
  };
  expect((await ask(admin, '/readyz')).status).toBe(200);
  expect(await probeOf([`http://\${BIND:-127.0.0.1:${admin}}/readyz`])).toEqual({ code: 0, stderr: '' });
  expect(await value('bezant_process_up{process="gateway"}')).toBe(1);
  for (const reason of ['exit', 'hang', 'asked'])
    expect(await value(`bezant_process_restarts_total{process="sidecar",reason="${reason}"}`)).toBe(0);
  const startedAt = await value('bezant_process_start_timestamp_seconds{process="gateway"}');
  expect(Math.abs(startedAt - Date.now() / 1000)).toBeLessThan(60);
  expect(await value('bezant_process_probe_seconds{process="gateway"}')).toBeGreaterThan(0);
  if (process.platform === 'linux') {
    expect(await value('bezant_process_resident_memory_bytes{process="gateway"}')).toBeGreaterThan(
      10_000_000,
    );
    expect(await value('bezant_process_threads{process="sidecar"}')).toBeGreaterThan(1);
    expect(await value('bezant_process_open_fds{process="sidecar"}')).toBeGreaterThan(3);
    expect(await value('bezant_process_cpu_seconds_total{process="sidecar"}')).toBeGreaterThan(0);
  }
  const first = pidOf(run, 'gateway');
  const sidecar = pidOf(run, 'sidecar');

  // Stopped, it still takes connections and answers none.
  process.kill(first, 'SIGSTOP');
  await run.line(
    /gateway stopped answering \(no answer within 1000 ms, 2 times in a row\); starting it again/,
  );
  await run.line(/gateway is ready/, 2);
  expect(await value('bezant_process_restarts_total{process="gateway",reason="hang"}')).toBe(1);
  expect(await value('bezant_process_probe_failures_total{process="gateway"}')).toBe(2);
  expect(await value('bezant_process_restart_budget{process="gateway"}')).toBe(4);
  expect(await value('bezant_process_start_timestamp_seconds{process="gateway"}')).toBeGreaterThan(startedAt);

  process.kill(sidecar, 'SIGKILL');
  await run.line(/sidecar is ready/, 2);
  expect(await value('bezant_process_restarts_total{process="sidecar",reason="exit"}')).toBe(1);
  expect(await value('bezant_process_up{process="sidecar"}')).toBe(1);
  expect(run.lines.filter((line) => /^gateway .*pid=/.test(line))).toHaveLength(2);

  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(await probeOf([`http://127.0.0.1:${admin}/livez`])).toEqual({
    code: 1,
    stderr: 'no answer: ECONNREFUSED\n',
  });
});

test('a foreign name, method or path gets nothing', async () => {
  const admin = await freePort();
  current = supervise({
    admin: { address: `localhost:${admin}`, setting: 'ADMIN' },
    processes: [entry('a', {})],
  });
  await current.line(/a is ready/);
  expect((await ask(admin, '/metrics', 'attacker.example')).status).toBe(421);
  expect((await ask(admin, '/livez', undefined, 'POST')).status).toBe(405);
  expect(await ask(admin, '/')).toEqual({ status: 404, text: 'Here are /livez, /readyz and /metrics.\n' });
  current.signal('SIGTERM');
  await current.ended;
});

test('an address that cannot be had is told by its setting', async () => {
  current = supervise({
    admin: { address: '192.0.2.1:9091', setting: 'SOME_BIND' },
    processes: [entry('a', {})],
  });
  expect(await current.ended).toBe(2);
  expect(current.lines.at(-1)).toBe(
    '  supervisor: 192.0.2.1:9091 is not an address of this machine; set SOME_BIND to a free port',
  );
});

test.each([
  { args: [], want: 'usage: bezant-probe URL\n' },
  { args: ['ftp://x/'], want: 'the URL must be an http or https one\n' },
])('bezant-probe $args: $want', async ({ args, want }) => {
  expect(await probeOf(args)).toEqual({ code: 1, stderr: want });
});

test('a name that Prometheus must escape', () => {
  expect(metricsText([newVitals('a"\\\n', 1)], 0)).toContain('bezant_process_up{process="a\\"\\\\\\n"} 0\n');
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
// .ci/run installs it; elsewhere jest prints the skip under this name.
(hasPromtool ? test : test.skip)('promtool finds no fault in them (needs Debian’s prometheus)', () => {
  expect(existsSync('/proc/self/stat')).toBe(true);
  const text = metricsText(
    [
      { ...newVitals('gateway', 5), pid: process.pid, startedAtMs: 1, probeMs: 3, fault: null },
      newVitals('sidecar', 5),
    ],
    1_700_000_000_123,
  );
  expect(text.match(/^# TYPE /gm)).toHaveLength(11);
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
});
