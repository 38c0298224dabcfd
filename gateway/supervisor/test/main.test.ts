// The built supervisor over real processes: order, readiness, restarts, hangs, stops, exit codes, nothing left behind.
import { afterEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

import { entry, folder, readyAt, supervise, supervisePlan, until, type Supervised } from './supervise.ts';
import { freePort } from './free-port.ts';

let current: Supervised | null = null;
afterEach(() => {
  for (const pid of current?.alive() ?? []) process.kill(pid, 'SIGKILL');
  current?.signal('SIGKILL');
});

function start(plan: object | string, env?: Record<string, string>): Supervised {
  current = supervise(plan, env);
  return current;
}

const quick = { minMs: 10, maxMs: 20, budget: 3, windowMs: 60_000 };
const indexOf = (run: Supervised, pattern: RegExp): number =>
  run.lines.findIndex((line) => pattern.test(line));

test('starts in order, each when the one before answers; stops in reverse; leaves with 0', async () => {
  const [a, b] = [await freePort(), await freePort()];
  const run = start({
    banner: ['open ${WHAT:-nothing}', '', 'stop with Ctrl-C'],
    processes: [
      entry('first', { port: a, unreadyAnswers: 2 }, { ready: readyAt(a) }),
      entry('second', { port: b, status: 302 }, { ready: readyAt(b, { status: [302] }) }),
    ],
  });
  await run.line(/^stop with Ctrl-C$/);
  expect(run.lines).toContain('open nothing');
  expect(run.lines).toContain('first      | answering 503');
  expect(indexOf(run, /second .*start 1/)).toBeGreaterThan(indexOf(run, /first .*answering 200/));
  expect(indexOf(run, /^open/)).toBeGreaterThan(indexOf(run, /second is ready/));
  expect(run.alive()).toHaveLength(2);

  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(indexOf(run, /first .*got TERM/)).toBeGreaterThan(indexOf(run, /second .*got TERM/));
  expect(run.alive()).toEqual([]);
});

test('a crash restarts the one that crashed and no other', async () => {
  const [a, b] = [await freePort(), await freePort()];
  const startsFile = join(folder(), 'starts');
  const run = start({
    processes: [
      entry('steady', { port: a }, { ready: readyAt(a) }),
      entry(
        'shaky',
        { port: b, startsFile, crash: { times: 2, code: 3 } },
        { ready: readyAt(b), restart: quick },
      ),
    ],
  });
  await run.line(/shaky is ready/);
  expect(
    run.lines.filter((line) => /shaky ended with code 3; starting it again in \d+ ms/.test(line)),
  ).toHaveLength(2);
  expect(run.lines.filter((line) => /^steady .*start/.test(line))).toHaveLength(1);
  run.signal('SIGINT');
  expect(await run.ended).toBe(0);
  expect(run.alive()).toEqual([]);
});

test('a spent budget stops everything and leaves with the code of the crash', async () => {
  const a = await freePort();
  const startsFile = join(folder(), 'starts');
  const run = start({
    banner: ['all is well'],
    processes: [
      entry('steady', { port: a }, { ready: readyAt(a) }),
      entry('broken', { startsFile, crash: { times: 99, code: 7 } }, { ready: readyAt(1), restart: quick }),
    ],
  });
  expect(await run.ended).toBe(7);
  expect(run.lines.filter((line) => /about to crash/.test(line))).toHaveLength(4);
  expect(run.lines).toContain('supervisor | broken ended with code 7; its budget of 3 restarts is spent');
  expect(indexOf(run, /steady .*got TERM/)).toBeGreaterThan(0);
  expect(indexOf(run, /all is well/)).toBe(-1);
  expect(run.alive()).toEqual([]);
});

test('an end that another start does not mend stops everything at once', async () => {
  const startsFile = join(folder(), 'starts');
  const run = start({
    processes: [
      entry('steady', {}),
      entry('set-wrong', { startsFile, crash: { times: 99, code: 2 } }, { restart: quick, final: [2, 9] }),
    ],
  });
  expect(await run.ended).toBe(2);
  expect(run.lines.filter((line) => /about to crash/.test(line))).toHaveLength(1);
  expect(run.lines).toContain('supervisor | set-wrong ended with code 2, which another start does not mend');
  expect(run.alive()).toEqual([]);
});

test('a process that a signal ended leaves its number behind, as in a shell', async () => {
  const run = start({
    processes: [entry('killed', {}, { restart: { ...quick, budget: 0 } })],
  });
  await run.line(/killed is ready/);
  await run.line(/killed .*listening/);
  process.kill(run.alive()[0] ?? 0, 'SIGKILL');
  expect(await run.ended).toBe(137);
  await run.line(/killed was ended by SIGKILL; its budget of 0 restarts is spent/);
});

test('what it prints before it ends is all there', async () => {
  const script = 'for (let i = 0; i < 20000; i += 1) console.log("line " + i); process.exitCode = 4;';
  const run = start({
    processes: [
      {
        name: 'talker',
        command: process.execPath,
        args: ['-e', script],
        restart: { ...quick, budget: 0 },
      },
    ],
  });
  expect(await run.ended).toBe(4);
  expect(run.lines.filter((line) => line.startsWith('talker     | line '))).toHaveLength(20_000);
});

test('a process that leaves with 0 again and again is a failure too', async () => {
  const startsFile = join(folder(), 'starts');
  const run = start({
    processes: [entry('quitter', { startsFile, crash: { times: 99, code: 0 } }, { restart: quick })],
  });
  expect(await run.ended).toBe(1);
});

test('a process that is not ready in time is stopped and counted', async () => {
  const a = await freePort();
  const run = start({
    processes: [
      entry(
        'late',
        { port: a, status: 500 },
        {
          ready: readyAt(a, { deadlineMs: 300 }),
          restart: { ...quick, budget: 0 },
        },
      ),
    ],
  });
  expect(await run.ended).toBe(1);
  await run.line(/late was not ready within 300 ms \(it answers with status 500\); stopping it/);
  expect(run.alive()).toEqual([]);
});

test('a hang is noticed and cured by a restart', async () => {
  const a = await freePort();
  const startsFile = join(folder(), 'starts');
  const run = start({
    processes: [
      entry(
        'sleepy',
        { port: a, startsFile, hangsAfter: 3 },
        {
          ready: readyAt(a, { timeoutMs: 100 }),
          watch: { everyMs: 10, failures: 2 },
          restart: quick,
        },
      ),
    ],
  });
  await run.line(/sleepy stopped answering \(no answer within 100 ms, 2 times in a row\); starting it again/);
  await run.line(/start 2/);
  await run.line(/sleepy .*answering 200/);
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(run.alive()).toEqual([]);
});

test('who ignores TERM is killed, with its helpers, and the code says so', async () => {
  const a = await freePort();
  const run = start({
    processes: [
      entry('stubborn', { port: a, ignoresTerm: true, helper: true }, { ready: readyAt(a), stopMs: 200 }),
    ],
  });
  await run.line(/stubborn is ready/);
  expect(run.alive().length).toBeGreaterThan(0);
  run.signal('SIGTERM');
  await run.line(/got TERM/);
  expect(await run.ended).toBe(1);
  expect(run.alive()).toEqual([]);
});

test('what a crashed process leaves behind is gone before it starts again', async () => {
  const a = await freePort();
  const run = start({
    processes: [
      entry('parent', { port: a, helper: true }, { ready: readyAt(a), restart: quick, stopMs: 200 }),
    ],
  });
  await run.line(/parent is ready/);
  await run.line(/pid=/, 2);
  const [parent, helper] = run.alive();
  process.kill(parent ?? 0, 'SIGKILL');
  await run.line(/parent was ended by SIGKILL; starting it again/);
  await run.line(/pid=/, 4);
  expect(run.alive()).not.toContain(helper);
  run.signal('SIGTERM');
  await run.ended;
  expect(run.alive()).toEqual([]);
});

test('asking twice kills at once', async () => {
  const a = await freePort();
  const run = start({
    processes: [entry('stubborn', { port: a, ignoresTerm: true }, { ready: readyAt(a), stopMs: 60_000 })],
  });
  await run.line(/stubborn is ready/);
  run.signal('SIGINT');
  await run.line(/got TERM/);
  // The second wish counts once it cannot be the same Ctrl-C reported twice; until then it is asked again.
  const again = setInterval(() => run.signal('SIGINT'), 50);
  expect(await run.ended).toBe(130);
  clearInterval(again);
  expect(run.alive()).toEqual([]);
});

test('a wish to stop during a start is heard', async () => {
  const a = await freePort();
  const run = start({
    processes: [
      entry('slow', { port: a, unreadyAnswers: 1e9 }, { ready: readyAt(a, { deadlineMs: 60_000 }) }),
      entry('never', {}),
    ],
  });
  await run.line(/answering 503/);
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
  expect(indexOf(run, /^never/)).toBe(-1);
  expect(run.alive()).toEqual([]);
});

test('a wish to stop during the wait before a restart is heard', async () => {
  const startsFile = join(folder(), 'starts');
  const run = start({
    processes: [
      entry(
        'broken',
        { startsFile, crash: { times: 99, code: 5 } },
        {
          restart: { minMs: 60_000, maxMs: 60_000, budget: 9, windowMs: 60_000 },
        },
      ),
    ],
  });
  await run.line(/starting it again/);
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
});

test('a command that does not exist', async () => {
  const run = start({
    processes: [{ name: 'a', command: 'bezant-no-such-command', restart: { ...quick, budget: 0 } }],
  });
  expect(await run.ended).toBe(127);
  await run.line(/bezant-no-such-command was not found on PATH; run through npm/);
});

test('a taken port names the setting, and nothing is started', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  const run = start({
    processes: [entry('a', {}, { listens: [{ address: `127.0.0.1:${port}`, setting: 'SOME_PORT' }] })],
  });
  expect(await run.ended).toBe(2);
  expect(run.lines.at(-1)).toBe(
    `  a: 127.0.0.1:${port} is used by another program; set SOME_PORT to a free port`,
  );
  expect(run.alive()).toEqual([]);
  stranger.close();
});

test.each([
  { plan: '{', want: /is not JSON/ },
  { plan: '{"processes": [{"name": "a"}]}', want: /processes\[0\]\.command: must be a non-empty text/ },
])('a bad plan leaves with 2: $plan', async ({ plan, want }) => {
  const run = start(plan);
  expect(await run.ended).toBe(2);
  await run.line(want);
});

test('an unknown plan leaves with 2 and says which there are', async () => {
  current = supervisePlan('nowhere', {});
  expect(await current.ended).toBe(2);
  await current.line(/known by name: combined, demo, gateway, server;/);
});

test('an output that nobody reads any more stops everything', async () => {
  const run = start({
    processes: [
      {
        name: 'chatty',
        command: process.execPath,
        args: ['-e', 'console.log("pid=" + process.pid); setInterval(() => console.log("tick"), 10)'],
      },
    ],
  });
  await run.line(/tick/);
  run.closeOutput();
  expect(await run.ended).toBe(0);
  expect(run.alive()).toEqual([]);
});

test('secrets in what a process prints are masked', async () => {
  const run = start({
    processes: [
      {
        name: 'chatty',
        command: process.execPath,
        args: ['-e', 'console.log("Cookie: a=b"); console.error("?token=abc"); setInterval(() => {}, 1000)'],
      },
    ],
  });
  await run.line(/^chatty {5}\| Cookie: \[masked\]$/);
  await run.line(/^chatty {5}\| \?token=\[masked\]$/);
  run.signal('SIGTERM');
  await run.ended;
});

test('the environment of an entry goes over the own one, and null takes a variable away', async () => {
  const run = start(
    {
      processes: [
        {
          name: 'env',
          command: process.execPath,
          args: [
            '-e',
            'console.log(process.env.GIVEN, process.env.OWN, process.env.AWAY); setInterval(() => {}, 1000)',
          ],
          env: { OWN: '${GIVEN}-${OTHER:-default}', AWAY: null },
        },
      ],
    },
    { GIVEN: 'given', OWN: 'hidden', AWAY: 'here' },
  );
  await run.line(/^env .* given given-default undefined$/);
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
});

const hasTini = spawnSync('tini', ['--version']).status === 0;
// .ci/run installs it; elsewhere jest prints the skip under this name.
(hasTini ? test : test.skip)(
  'under an init nothing is left, not even zombies (needs Debian’s tini)',
  async () => {
    const a = await freePort();
    // A start script whose own child ignores TERM and outlives it.
    current = supervise(
      {
        processes: [
          entry('parent', { port: a, helper: true }, { ready: readyAt(a), restart: quick, stopMs: 300 }),
        ],
      },
      {},
      ['tini', '-s', '-g', '--'],
    );
    const run = current;
    await run.line(/parent is ready/);
    await run.line(/pid=/, 2);
    const [parent = 0, helper = 0] = run.alive();
    process.kill(parent, 'SIGKILL');
    await run.line(/pid=/, 4);
    await run.line(/parent is ready/, 2);
    // Collected, which a zombie is not.
    await until(() => !existsSync(`/proc/${helper}`));
    expect(existsSync(`/proc/${parent}`)).toBe(false);

    // The helper that ignores TERM had to be killed, and the code says so through the init.
    run.signal('SIGTERM');
    expect(await run.ended).toBe(1);
    expect(run.alive()).toEqual([]);
  },
);
