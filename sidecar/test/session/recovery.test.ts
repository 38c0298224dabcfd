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

describe('with a supervisor', () => {
  const unreachable = new Problem('upstream_unreachable', 'x');

  /** Without a brokerage session for ever; a restart takes the Gateway away until it is let back. */
  function supervised(refused: string | null = null): {
    open: (settings?: { compete?: boolean }) => RunningSession;
    asked: number[];
  } {
    const asked: number[] = [];
    return {
      asked,
      open(settings = {}) {
        const open = running.open({
          ...settings,
          restartGateway: () => {
            asked.push(Math.round((open.clock.now() - 1_700_000_000_000) / second));
            if (refused === null) open.ibkr.all(unreachable);
            return Promise.resolve(refused);
          },
        });
        return open;
      },
    };
  }

  function withoutSession({ ibkr }: RunningSession): void {
    ibkr.says(withoutBrokerage);
    ibkr.on({ init: answer(200, withoutBrokerage), logout: answer(200, { status: true }) });
  }

  async function restarting(): Promise<{
    first: RunningSession;
    open: () => RunningSession;
    asked: number[];
  }> {
    const { open, asked } = supervised();
    const first = open();
    withoutSession(first);
    await start(first);
    await first.clock.advance(5 * minute);
    expect(asked).toHaveLength(1);
    return { first, open, asked };
  }

  test('the Gateway is restarted once, and the human is called when it answers, not before', async () => {
    const { first, asked } = await restarting();
    expect(rungs(first)).toEqual(['init', 'logout-init']);
    expect(first.moves()).toEqual(['no-brokerage', 'down']);
    expect(first.of('session').at(-1)?.reason).toMatch(/is being restarted.*A login is needed afterwards/);
    await first.clock.advance(3 * minute);
    expect(rungs(first)).toEqual(['init', 'logout-init']);

    first.ibkr.all(loggedOut);
    await first.clock.advance(2 * minute);
    expect(rungs(first)).toEqual(['init', 'logout-init', 'restart ok', 'stop']);
    expect(first.moves()).toEqual(['no-brokerage', 'down', 'login-required']);
    expect(first.session.state().reason).toMatch(/was restarted.*the login went with it\. Log in again here/);
    // And it stays so, however often IBKR asks for a login.
    await first.clock.advance(hour);
    expect(first.session.state().reason).toMatch(/the login went with it/);
    expect(asked).toHaveLength(1);
  });

  test('a login that does not help either is followed by no second restart, but by a lock', async () => {
    const { first, asked } = await restarting();
    first.ibkr.all(loggedOut);
    await first.clock.advance(2 * minute);
    withoutSession(first);
    first.session.loginCompleted();
    await first.clock.advance(20 * minute);
    expect(first.session.state()).toMatchObject({ name: 'locked-out' });
    expect(first.of('recovery').findLast(({ rung }) => rung === 'restart')?.detail).toBe(
      'Skipped: the Gateway was restarted within the last day.',
    );
    expect(asked).toHaveLength(1);
  });

  test('a day later it may be asked for again', async () => {
    const { first, asked } = await restarting();
    first.ibkr.all(loggedOut);
    await first.clock.advance(24 * hour);
    withoutSession(first);
    first.session.loginCompleted();
    await first.clock.advance(20 * minute);
    expect(asked).toHaveLength(2);
  });

  test('a session that is there afterwards needs nobody', async () => {
    const { first } = await restarting();
    first.ibkr.on({ status: answer(200, live), tickle: answer(200, tickled(live)), init: answer(200, live) });
    await first.clock.advance(2 * minute);
    expect(rungs(first)).toEqual(['init', 'logout-init', 'restart ok']);
    expect(first.session.state().name).toBe('live');
  });

  test('this server restarted meanwhile goes on waiting, and asks no second time', async () => {
    const { first, open, asked } = await restarting();
    await first.session.stop();
    const again = await start(open());
    await again.clock.advance(minute);
    expect(rungs(again)).toEqual([]);
    again.ibkr.all(loggedOut);
    await again.clock.advance(2 * minute);
    expect(rungs(again)).toEqual(['restart ok', 'stop']);
    expect(again.session.state().reason).toMatch(/the login went with it/);
    expect(asked).toHaveLength(1);
  });

  test('a Gateway that does not come back is told', async () => {
    const { first, asked } = await restarting();
    await first.clock.advance(20 * minute);
    expect(rungs(first)).toEqual(['init', 'logout-init', 'restart', 'stop']);
    expect(first.of('recovery').at(-1)?.detail).toMatch(/has not answered since\. Look at its log/);
    await first.clock.advance(hour);
    expect(rungs(first)).toHaveLength(4);
    expect(asked).toHaveLength(1);
  });

  test('a refusal leads to the human at once', async () => {
    const { open, asked } = supervised('the plan does not allow it');
    const first = open();
    withoutSession(first);
    await start(first);
    await first.clock.advance(hour);
    expect(rungs(first)).toEqual(['init', 'logout-init', 'restart', 'stop']);
    expect(first.of('recovery')[2]?.detail).toBe('Refused: the plan does not allow it.');
    expect(first.session.state().name).toBe('locked-out');
    expect(asked).toHaveLength(1);
  });

  test('another platform is no reason for a restart', async () => {
    const { open, asked } = supervised();
    const first = open({ compete: true });
    first.ibkr.says(competing);
    first.ibkr.on({ init: answer(200, competing) });
    await start(first);
    await first.clock.advance(hour);
    expect(first.of('recovery').find(({ rung }) => rung === 'restart')?.detail).toMatch(
      /other platform let go/,
    );
    // Recovery has given up, and the state goes on saying what there is, not now this and now that.
    expect(first.moves()).toEqual(['competing', 'locked-out', 'competing']);
    await first.clock.advance(10 * hour);
    expect(first.moves()).toHaveLength(3);
    // The next day it may try again.
    first.ibkr.calls.length = 0;
    await first.clock.advance(14 * hour);
    expect(attempts(first)).not.toEqual([]);
    expect(asked).toEqual([]);
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
