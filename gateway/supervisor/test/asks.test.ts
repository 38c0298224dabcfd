// Restarts that one process asks of another, over the built supervisor.
import { afterEach, expect, test } from '@jest/globals';

import { answerTo } from '../src/asks.ts';
import { entry, readyAt, supervise, type Supervised } from './supervise.ts';
import { freePort } from './free-port.ts';

let current: Supervised | null = null;
afterEach(() => {
  for (const pid of current?.alive() ?? []) process.kill(pid, 'SIGKILL');
  current?.signal('SIGKILL');
});

test.each([
  { given: { restart: 'a' }, want: { restart: 'a', refused: null } },
  { given: { restart: 'b' }, want: { restart: 'b', refused: 'not now' } },
  { given: { restart: 'c' }, want: { restart: 'c', refused: 'the plan does not allow it' } },
  { given: { restart: 'a', more: 1 }, want: null },
  { given: { restart: 7 }, want: null },
  { given: { stop: 'a' }, want: null },
  { given: 'restart', want: null },
  { given: null, want: null },
])('$given is answered with $want', ({ given, want }) => {
  const restart = (name: string): string | null => (name === 'a' ? null : 'not now');
  expect(answerTo(given, { mayRestart: ['a', 'b'], restart })).toEqual(want);
});

test('a restart that was asked for: once, at once, of that one alone, and not as a crash', async () => {
  const [a, b] = [await freePort(), await freePort()];
  const asks = [{ restart: 'gateway' }, { restart: 'nobody' }, { restart: 'gateway' }, { drop: 'table' }];
  current = supervise({
    processes: [
      // Any crash would end everything.
      entry(
        'gateway',
        { port: a, termCode: 3 },
        { ready: readyAt(a), restart: { minMs: 60_000, maxMs: 60_000, budget: 0, windowMs: 60_000 } },
      ),
      entry('sidecar', { port: b, asks }, { ready: readyAt(b), mayRestart: ['gateway'] }),
    ],
  });
  const run = current;
  await run.line(/supervisor \| gateway is restarted, as sidecar asked; stopping it/);
  await run.line(/gateway .*got TERM/);
  await run.line(/gateway is ready/, 2);
  await run.line(/sidecar .*answer \{"restart":"gateway","refused":null\}/);
  await run.line(/asked for a restart of "nobody", which is refused: the plan does not allow it/);
  await run.line(/sent a message that means nothing here; it is ignored/);
  expect(run.lines.filter((line) => /^sidecar .*pid=/.test(line))).toHaveLength(1);
  expect(run.lines.filter((line) => /^gateway .*pid=/.test(line))).toHaveLength(2);
  run.signal('SIGTERM');
  await run.ended;
  expect(run.alive()).toEqual([]);
});

test('a second one soon after is refused, and the first life of the asker is told why', async () => {
  const [a, b] = [await freePort(), await freePort()];
  current = supervise({
    processes: [
      entry('gateway', { port: a }, { ready: readyAt(a) }),
      entry(
        'sidecar',
        { port: b, asks: [{ restart: 'gateway' }] },
        {
          ready: readyAt(b),
          mayRestart: ['gateway'],
          restart: { minMs: 1, maxMs: 1, budget: 5, windowMs: 60_000 },
        },
      ),
    ],
  });
  const run = current;
  await run.line(/gateway is ready/, 2);
  const [first = ''] = run.lines.filter((line) => /^sidecar .*pid=/.test(line));
  process.kill(Number(/pid=(\d+)/.exec(first)?.[1]), 'SIGKILL');
  await run.line(
    /answer \{"restart":"gateway","refused":"it was restarted on request less than 10 minutes ago"\}/,
  );
  expect(run.lines.filter((line) => /^gateway .*pid=/.test(line))).toHaveLength(2);
  run.signal('SIGTERM');
  expect(await run.ended).toBe(0);
});

test('who has nothing to ask has no channel, and noise on one ends nobody', async () => {
  const noisy =
    "require('fs').writeSync(3, 'not JSON\\n'); console.log('sent=' + (process.send !== undefined));";
  const script = (name: string, code: string, rest: object): object => ({
    name,
    command: process.execPath,
    args: ['-e', `${code} setInterval(() => {}, 1000)`],
    ...rest,
  });
  current = supervise({
    processes: [
      script('quiet', "console.log('sent=' + (process.send !== undefined));", {}),
      script('noisy', noisy, { mayRestart: ['quiet'] }),
    ],
  });
  const run = current;
  await run.line(/quiet .*sent=false/);
  await run.line(/noisy .*sent=true/);
  await run.line(/noisy sent a message that means nothing here/);
  run.signal('SIGTERM');
  await run.ended;
});
