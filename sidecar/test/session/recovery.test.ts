// The ladder back to a brokerage session: what it calls, when it stops, and when it must not begin.

import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/errors.ts';
import { answer, competing, live, loggedOut, tickled, withoutBrokerage } from './answers.ts';
import { runningSession, type RunningSession } from './running-session.ts';

const running = runningSession();
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

async function start(open: RunningSession): Promise<RunningSession> {
  open.session.start();
  await open.clock.advance(0);
  return open;
}

/** Operations that change something, as `init@15`, with the time in seconds. */
const attempts = ({ ibkr }: RunningSession): string[] =>
  ibkr.calls
    .filter(({ operation }) => operation === 'init' || operation === 'logout')
    .map(({ operation, at }) => `${operation}@${at}`);

const rungs = (open: RunningSession): string[] =>
  open.of('recovery').map(({ rung, ok }) => `${rung}${ok ? ' ok' : ''}`);

test('a lost brokerage session is asked for once it is certain, with nothing taken from anybody', async () => {
  const open = running.open();
  open.ibkr.says(withoutBrokerage);
  open.ibkr.on({
    init: () => {
      open.ibkr.says(live);
      return answer(200, live);
    },
  });
  await start(open);
  await open.clock.advance(10 * minute);
  expect(attempts(open)).toEqual(['init@15']);
  expect(open.ibkr.calls.find(({ operation }) => operation === 'init')?.json).toEqual({
    publish: true,
    compete: false,
  });
  expect(open.ibkr.calls.map(({ operation }) => operation).slice(0, 5)).toEqual([
    'status',
    'status',
    'status',
    'tickle',
    'init',
  ]);
  expect({ rungs: rungs(open), moves: open.moves(), epoch: open.session.epoch() }).toEqual({
    rungs: ['init ok'],
    moves: ['no-brokerage', 'live'],
    epoch: 1,
  });
});

test('a proper no leads up the ladder and to a human, within minutes and for good', async () => {
  const open = running.open();
  open.ibkr.says(withoutBrokerage);
  open.ibkr.on({ init: answer(200, withoutBrokerage) });
  await start(open);
  await open.clock.advance(23 * hour);
  const [first, second, third, ...more] = attempts(open);
  expect([first, second?.split('@')[0], third?.split('@')[0], more]).toEqual([
    'init@15',
    'logout',
    'init',
    [],
  ]);
  expect(rungs(open)).toEqual(['init', 'logout-init', 'restart', 'stop']);
  expect(open.moves()).toEqual(['no-brokerage', 'locked-out']);
  expect(open.session.state().reason).toMatch(/Log in again here/);
  const lockedMs = open.session.state().sinceMs - 1_700_000_000_000;
  expect(lockedMs).toBeLessThan(5 * minute);
});

describe('a lock', () => {
  async function locked(): Promise<RunningSession> {
    const open = running.open();
    open.ibkr.says(withoutBrokerage);
    open.ibkr.on({ init: answer(200, withoutBrokerage) });
    await start(open);
    await open.clock.advance(10 * minute);
    expect(open.session.state().name).toBe('locked-out');
    open.ibkr.calls.length = 0;
    return open;
  }

  test('outlives a restart', async () => {
    await (await locked()).session.stop();
    const again = await start(running.open());
    await again.clock.advance(hour);
    expect(again.moves()).toEqual(['no-brokerage', 'locked-out']);
    expect(attempts(again)).toEqual([]);
  });

  test('ends when somebody logs in', async () => {
    const open = await locked();
    open.session.loginCompleted();
    await open.clock.advance(3 * minute);
    expect(attempts(open)[0]).toMatch(/^init@/);
  });

  test('ends when the session turns up by itself', async () => {
    const open = await locked();
    open.ibkr.says(live);
    await open.clock.advance(2 * minute);
    open.ibkr.says(withoutBrokerage);
    await open.clock.advance(2 * minute);
    expect(open.moves()).toEqual(['no-brokerage', 'locked-out', 'live', 'no-brokerage']);
    await open.clock.advance(30 * minute);
    expect(attempts(open)[0]).toMatch(/^init@/);
  });

  test('ends after a day', async () => {
    const open = await locked();
    await open.clock.advance(23 * hour);
    expect(attempts(open)).toEqual([]);
    await open.clock.advance(hour);
    expect(open.moves().slice(2, 3)).toEqual(['no-brokerage']);
    expect(attempts(open)[0]).toMatch(/^init@/);
  });
});

test('an outage while asking is waited out: few attempts, hours of patience, no lock', async () => {
  const open = running.open();
  open.ibkr.says(withoutBrokerage);
  open.ibkr.on({ init: answer(503) });
  await start(open);
  await open.clock.advance(5 * hour);
  const made = attempts(open).map((attempt) => Number(attempt.split('@')[1]));
  expect(made.length).toBeGreaterThan(5);
  expect(made.filter((at) => at <= 600).length).toBeLessThanOrEqual(3);
  expect(made.length).toBeLessThanOrEqual(12);
  expect(open.moves()).not.toContain('locked-out');
  expect(attempts(open).some((attempt) => attempt.startsWith('logout'))).toBe(false);
  open.ibkr.on({
    init: () => {
      open.ibkr.says(live);
      return answer(200, live);
    },
  });
  await open.clock.advance(2 * hour);
  expect(open.session.state().name).toBe('live');
});

test('a session that is lost again and again is asked for twelve times a day, then a human is called', async () => {
  const open = running.open();
  let lives = 0;
  open.ibkr.says(withoutBrokerage);
  open.ibkr.on({
    init: () => {
      lives += 1;
      return answer(200, live);
    },
  });
  await start(open);
  await open.clock.advance(10 * hour);
  expect(lives).toBe(12);
  expect(open.session.epoch()).toBe(12);
  expect(open.session.state()).toMatchObject({
    name: 'locked-out',
    reason: 'The attempts of this day are used up. Log in again here.',
  });
});

test('the attempts of before a restart count after it', async () => {
  const open = running.open();
  open.ibkr.says(withoutBrokerage);
  open.ibkr.on({ init: answer(503) });
  await start(open);
  await open.clock.advance(5 * minute);
  await open.session.stop();
  open.ibkr.calls.length = 0;
  const again = await start(running.open());
  await again.clock.advance(4 * minute);
  expect(attempts(again)).toEqual([]);
});

describe('nothing is asked for', () => {
  test.each([
    { name: 'while the session lives', status: answer(200, live), tickle: answer(200, tickled(live)) },
    { name: 'without a login', status: loggedOut, tickle: loggedOut },
    { name: 'during an outage', status: answer(503), tickle: answer(503) },
    {
      name: 'while the Gateway is away',
      status: new Problem('upstream_unreachable', 'x'),
      tickle: new Problem('upstream_unreachable', 'x'),
    },
    {
      name: 'from another platform, unless told to',
      status: answer(200, competing),
      tickle: answer(200, tickled(competing)),
    },
    {
      name: 'while IBKR connects an authenticated session itself',
      status: answer(200, { ...live, connected: false }),
      tickle: answer(200, tickled({ ...live, connected: false })),
    },
    {
      name: 'when the tickle says that there is a session',
      status: answer(200, withoutBrokerage),
      tickle: answer(200, tickled(live)),
    },
    {
      name: 'when the tickle says that the login is gone',
      status: answer(200, withoutBrokerage),
      tickle: loggedOut,
    },
    { name: 'when the tickle fails', status: answer(200, withoutBrokerage), tickle: answer(500) },
  ])('$name', async ({ status, tickle }) => {
    const open = running.open();
    open.ibkr.on({ status, tickle });
    await start(open);
    await open.clock.advance(3 * hour);
    expect(attempts(open)).toEqual([]);
  });

  test('with a keepalive of 0', async () => {
    const open = running.open({ keepaliveSeconds: 0 });
    open.ibkr.says(withoutBrokerage);
    await start(open);
    await open.session.health();
    await open.clock.advance(hour);
    expect(open.session.state().name).toBe('no-brokerage');
    expect(attempts(open)).toEqual([]);
  });
});

describe('a competing platform', () => {
  test('is left in peace, and the session comes back when it leaves', async () => {
    const open = running.open();
    open.ibkr.says(competing);
    await start(open);
    await open.clock.advance(hour);
    expect(open.session.state().name).toBe('competing');
    open.ibkr.says(withoutBrokerage);
    open.ibkr.on({
      init: () => {
        open.ibkr.says(live);
        return answer(200, live);
      },
    });
    await open.clock.advance(3 * minute);
    expect(open.moves()).toEqual(['competing', 'no-brokerage', 'live']);
  });

  test('loses to BEZANT_COMPETE, but not in a tight loop', async () => {
    const open = running.open({ compete: true });
    open.ibkr.says(competing);
    open.ibkr.on({ init: answer(200, live) });
    await start(open);
    await open.clock.advance(9.5 * minute);
    expect(open.ibkr.calls.find(({ operation }) => operation === 'init')?.json).toEqual({
      publish: true,
      compete: true,
    });
    expect(attempts(open)).toHaveLength(3);
  });
});
