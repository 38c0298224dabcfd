// The session over time: keepalive, watch, what passes by, login, health. Recovery has its own file.

import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../src/errors.ts';
import { answer, competing, live, loggedOut, loginRedirect, tickled, withoutBrokerage } from './answers.ts';
import { runningSession, type RunningSession } from './running-session.ts';

const running = runningSession();
const second = 1000;
const minute = 60 * second;
const refused = new Problem('upstream_unreachable', 'refused');
const timedOut = new Problem('upstream_timeout', 'late');

/** A session that is live, with its start-up calls forgotten. */
async function opened(settings?: Parameters<typeof running.open>[0]): Promise<RunningSession> {
  const open = running.open(settings);
  open.session.start();
  await open.clock.advance(0);
  open.ibkr.recent();
  return open;
}

const times = ({ ibkr }: RunningSession, operation: string): number[] =>
  ibkr.calls.filter((call) => call.operation === operation).map(({ at }) => at);

describe('the keepalive', () => {
  test('comes first after one interval, then at every interval', async () => {
    const open = await opened();
    await open.clock.advance(5 * minute);
    expect(times(open, 'tickle')).toEqual([60, 120, 180, 240, 300]);
    expect(times(open, 'status')).toEqual([0]);
  });

  test.each([
    {
      name: 'an unauthenticated 200',
      outcome: answer(200, tickled(withoutBrokerage)),
      detail: 'There is no brokerage session.',
    },
    {
      name: '200 with an error',
      outcome: answer(200, { error: 'no session' }),
      detail: 'IBKR asks for a login.',
    },
    { name: '401', outcome: loggedOut, detail: 'IBKR asks for a login.' },
    { name: '503', outcome: answer(503), detail: 'IBKR answers with status 503.' },
    { name: 'a timeout', outcome: timedOut, detail: 'The Gateway does not answer: IBKR may be unreachable.' },
  ])('$name is no success, and the next one comes all the same', async ({ outcome, detail }) => {
    const open = await opened();
    open.ibkr.on({ tickle: outcome });
    await open.clock.advance(minute);
    open.ibkr.says(live);
    await open.clock.advance(minute);
    expect(open.of('keepalive')).toEqual([
      expect.objectContaining({ ok: false, detail }),
      expect.objectContaining({ ok: true, ssoExpiresMs: 599_000 }),
    ]);
  });

  test('an interval that passes while one hangs is not made up for', async () => {
    const open = await opened();
    let release = (): void => undefined;
    const late = new Promise<ReturnType<typeof answer>>(
      (resolve) => (release = () => resolve(answer(200, tickled(live)))),
    );
    open.ibkr.on({ tickle: late });
    await open.clock.advance(3 * minute);
    expect(times(open, 'tickle')).toEqual([60]);
    release();
    await open.clock.advance(minute);
    expect(times(open, 'tickle')).toEqual([60, 240]);
  });

  test('its session token goes nowhere', async () => {
    const open = await opened();
    await open.clock.advance(minute);
    expect(JSON.stringify([open.happenings, open.session.state()])).not.toMatch(/0123456789abcdef|12345678/);
    expect(open.session.ssoExpiresMs()).toBe(599_000);
  });

  test('what breaks in it is told, and it goes on', async () => {
    const open = await opened();
    open.ibkr.on({
      tickle: () => {
        throw new TypeError('a bug');
      },
    });
    await open.clock.advance(2 * minute);
    expect(open.of('warning').map(({ message }) => message)).toEqual([
      'Looking after the session failed: a bug',
      'Looking after the session failed: a bug',
    ]);
  });
});

describe('an interval of 0', () => {
  test('sends nothing that nobody asked for, whatever is seen', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    await open.clock.advance(10 * minute);
    open.session.saw({ operation: 'getPositions', outcome: answer(200, []) });
    open.session.saw({ operation: 'getPositions', outcome: answer(503) });
    open.session.saw({ operation: 'getPositions', outcome: loggedOut });
    open.session.loginCompleted();
    await open.clock.advance(10 * minute);
    expect(open.ibkr.calls).toEqual([]);
    expect(open.moves()).toEqual(['login-required', 'authenticating', 'login-required']);
  });

  test('lets whoever looks at the state bring it up to date, at most every 5 s', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    for (let look = 0; look < 10; look += 1) {
      open.session.refresh();
      await open.clock.advance(second);
    }
    expect(open.ibkr.recent()).toEqual(['status', 'status']);
    expect(open.session.state().name).toBe('live');
  });
});

test('with a keepalive, looking at the state costs nothing', async () => {
  const open = await opened();
  for (let look = 0; look < 10; look += 1) {
    open.session.refresh();
    await open.clock.advance(second);
  }
  expect(open.ibkr.recent()).toEqual([]);
});

describe('the watch', () => {
  test('asks ever more rarely while there is no session, and not at all once there is', async () => {
    const open = running.open();
    open.ibkr.all(loggedOut);
    open.session.start();
    await open.clock.advance(4 * minute);
    expect(times(open, 'status')).toEqual([0, 5, 15, 35, 75, 135, 195]);
    open.ibkr.says(live);
    await open.clock.advance(2 * minute);
    open.ibkr.recent();
    await open.clock.advance(10 * minute);
    expect(open.ibkr.recent()).toEqual(Array(10).fill('tickle'));
    expect(open.moves()).toEqual(['login-required', 'live']);
  });

  test('begins anew with each change of state', async () => {
    const open = running.open();
    open.ibkr.all(refused);
    open.session.start();
    await open.clock.advance(3 * minute);
    open.ibkr.all(answer(503));
    await open.clock.advance(35 * second);
    expect(open.moves()).toEqual(['maintenance']);
    expect(times(open, 'status').slice(-3)).toEqual([195, 200, 210]);
  });

  test.each([
    { name: 'refused', outcome: refused, want: 'down' },
    { name: 'a timeout', outcome: timedOut, want: 'maintenance' },
    { name: '500', outcome: answer(500), want: 'maintenance' },
    { name: '503', outcome: answer(503), want: 'maintenance' },
  ])('$name for an hour is never a reason to log in', async ({ outcome, want }) => {
    const open = await opened();
    open.ibkr.all(outcome);
    await open.clock.advance(60 * minute);
    expect(open.session.state().name).toBe(want);
    expect(new Set(open.ibkr.recent())).toEqual(new Set(['status', 'tickle']));
  });

  test('does not run into itself', async () => {
    const open = running.open();
    open.ibkr.on({ status: new Promise(() => undefined) });
    open.session.start();
    await open.clock.advance(10 * minute);
    expect(times(open, 'status')).toEqual([0]);
  });
});

describe('what passes by', () => {
  const positions = 'getPositions';
  test.each([
    { name: 'a redirect to the login', outcome: loginRedirect, want: ['login-required'] },
    { name: 'no bridge', outcome: answer(400, { error: 'Bad Request: no bridge' }), want: ['no-brokerage'] },
    { name: 'a refused connection', outcome: refused, want: ['down'] },
    { name: 'a 401, which may be that operation’s own', outcome: loggedOut, want: [] },
    { name: 'a 503, which may be an unknown order', outcome: answer(503), want: [] },
    { name: 'a timeout, which may be that operation’s own', outcome: timedOut, want: [] },
    { name: 'a good answer', outcome: answer(200, []), want: [] },
  ])('$name', async ({ outcome, want }) => {
    const open = await opened();
    open.session.saw({ operation: positions, outcome });
    expect(open.moves()).toEqual(['live', ...want]);
  });

  test.each([
    { name: 'a 401', outcome: loggedOut },
    { name: 'a 503', outcome: answer(503) },
    { name: 'a timeout', outcome: timedOut },
  ])('$name makes one look, however often it comes', async ({ outcome }) => {
    const open = await opened();
    await open.clock.advance(10 * second);
    for (let turn = 0; turn < 40; turn += 1) {
      open.session.saw({ operation: positions, outcome });
      await open.clock.advance(100);
    }
    expect(open.ibkr.recent()).toEqual(['status']);
    expect(open.moves()).toEqual(['live']);
  });

  test('a call that goes well while IBKR seemed away is reason to look', async () => {
    const open = await opened();
    open.ibkr.all(refused);
    await open.clock.advance(20 * minute);
    open.ibkr.says(live);
    open.ibkr.recent();
    open.session.saw({ operation: positions, outcome: answer(200, []) });
    await open.clock.advance(5 * second);
    expect(open.ibkr.recent()).toContain('status');
    expect(open.session.state().name).toBe('live');
  });

  test('a caller’s tickle or status tells as much as ours', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    open.session.saw({ operation: 'tickle', outcome: answer(200, tickled(live)) });
    open.session.saw({ operation: 'getAuthStatus', outcome: answer(200, competing) });
    open.session.saw({ operation: 'getSessionToken', outcome: answer(503) });
    expect(open.moves()).toEqual(['live', 'competing', 'maintenance']);
  });

  test('a caller’s logout leaves the session alone until somebody asks for it', async () => {
    const open = await opened();
    open.ibkr.says({ ...withoutBrokerage, connected: false });
    open.session.saw({ operation: 'logout', outcome: answer(200, { status: true }) });
    await open.clock.advance(30 * minute);
    expect(open.session.state().name).toBe('yielded');
    expect(open.ibkr.recent()).not.toContain('init');
    open.session.saw({ operation: 'initializeSession', outcome: answer(200, live) });
    expect(open.moves()).toEqual(['live', 'yielded', 'no-brokerage', 'live']);
  });

  test('to have no bridge is no news of a competition', async () => {
    const open = await opened();
    open.ibkr.says(competing);
    open.session.saw({ operation: 'getAuthStatus', outcome: answer(200, competing) });
    open.session.saw({ operation: positions, outcome: answer(400, { error: 'Bad Request: no bridge' }) });
    expect(open.moves()).toEqual(['live', 'competing']);
  });

  test('a logout that failed is none', async () => {
    const open = await opened();
    open.session.saw({ operation: 'logout', outcome: answer(500) });
    open.session.saw({ operation: 'logout', outcome: timedOut });
    expect(open.moves()).toEqual(['live']);
  });
});

describe('the number of the brokerage session', () => {
  test('grows whenever there is one again', () => {
    const open = running.open({ keepaliveSeconds: 0 });
    const { session } = open;
    const numbers = [session.epoch()];
    for (const outcome of [
      answer(200, live),
      answer(200, live),
      answer(503),
      answer(200, live),
      loggedOut,
      answer(200, live),
    ]) {
      session.saw({ operation: 'getAuthStatus', outcome });
      numbers.push(session.epoch());
    }
    expect(numbers).toEqual([0, 1, 1, 1, 2, 2, 3]);
  });
});

describe('after the login page reported success', () => {
  test('IBKR is asked every 2 s until it confirms', async () => {
    const open = running.open();
    open.ibkr.all(loggedOut);
    open.session.start();
    await open.clock.advance(3 * minute);
    open.ibkr.recent();
    open.session.loginCompleted();
    await open.clock.advance(6 * second);
    expect(open.ibkr.recent()).toEqual(['status', 'status', 'status']);
    expect(open.session.state()).toMatchObject({
      name: 'authenticating',
      reason: 'The login page reported success; IBKR is asked to confirm it.',
    });
    open.ibkr.says(withoutBrokerage);
    await open.clock.advance(4 * second);
    open.ibkr.says(live);
    await open.clock.advance(2 * second);
    expect(open.moves()).toEqual(['login-required', 'authenticating', 'live']);
    expect(open.ibkr.calls.filter(({ operation }) => operation === 'init')).toEqual([]);
  });

  test.each([
    {
      name: 'IBKR keeps asking for a login',
      outcome: loggedOut,
      want: 'login-required',
      reason: /still asks for a login/,
    },
    {
      name: 'IBKR gives no brokerage session',
      outcome: answer(200, withoutBrokerage),
      want: 'no-brokerage',
      reason: /no brokerage session/,
    },
  ])('and $name, the wait ends after 90 s', async ({ outcome, want, reason }) => {
    const open = running.open({ keepaliveSeconds: 600 });
    open.ibkr.on({ status: outcome });
    open.session.start();
    open.session.loginCompleted();
    await open.clock.advance(89 * second);
    expect(open.session.state().name).toBe('authenticating');
    await open.clock.advance(second);
    expect(open.session.state()).toMatchObject({
      name: want,
      reason: expect.stringMatching(reason) as unknown,
    });
  });

  test('why it failed is still told when IBKR repeats itself', async () => {
    const open = running.open();
    open.ibkr.all(loggedOut);
    open.session.start();
    open.session.loginCompleted();
    await open.clock.advance(5 * minute);
    expect(open.session.state()).toMatchObject({
      name: 'login-required',
      reason: expect.stringMatching(/still asks for a login/) as unknown,
    });
  });

  test('a second login has its own 90 s', async () => {
    const open = running.open({ keepaliveSeconds: 600 });
    open.ibkr.all(loggedOut);
    open.session.start();
    open.session.loginCompleted();
    await open.clock.advance(60 * second);
    open.session.loginCompleted();
    await open.clock.advance(80 * second);
    expect(open.session.state().name).toBe('authenticating');
    await open.clock.advance(10 * second);
    expect(open.session.state().name).toBe('login-required');
  });
});

describe('health', () => {
  const healthy = { authenticated: true, connected: true, competing: false, message: null };

  test('costs no call while the last answer is fresh, and one when it is not', async () => {
    const open = await opened();
    expect(await open.session.health()).toEqual(healthy);
    await open.clock.advance(2 * second);
    await open.session.health();
    expect(open.ibkr.recent()).toEqual([]);
    await open.clock.advance(1);
    open.ibkr.says(competing);
    expect(await open.session.health()).toMatchObject({ competing: true });
    expect(open.ibkr.recent()).toEqual(['status']);
  });

  test('is one call for all who ask at once', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    const all = await Promise.all(Array.from({ length: 20 }, () => open.session.health()));
    expect(all).toEqual(Array(20).fill(healthy));
    expect(open.ibkr.recent()).toEqual(['status']);
  });

  test('is not remembered when something since has contradicted it', async () => {
    const open = await opened();
    open.ibkr.all(loggedOut);
    open.session.saw({ operation: 'getPositions', outcome: loginRedirect });
    await expect(open.session.health()).rejects.toMatchObject({ code: 'not_authenticated' });
  });

  test('failures are not remembered', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    open.ibkr.all(refused);
    await expect(open.session.health()).rejects.toBe(refused);
    open.ibkr.says(live);
    expect(await open.session.health()).toEqual(healthy);
  });

  test('one who leaves takes nobody along', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    let release = (): void => undefined;
    open.ibkr.on({ status: new Promise((resolve) => (release = () => resolve(answer(200, live)))) });
    const leaving = new AbortController();
    const left = open.session.health(leaving.signal);
    const staying = open.session.health();
    leaving.abort(new Problem('bad_request', 'The caller left.'));
    await expect(left).rejects.toMatchObject({ code: 'bad_request' });
    release();
    expect(await staying).toEqual(healthy);
    expect(open.ibkr.recent()).toEqual(['status']);
  });

  test('one who has left already is not waited for', async () => {
    const open = await opened({ keepaliveSeconds: 0 });
    open.ibkr.all(refused);
    await expect(
      open.session.health(AbortSignal.abort(new Problem('bad_request', 'gone'))),
    ).rejects.toMatchObject({
      code: 'bad_request',
    });
  });
});

test('listeners hear every change once, until they leave', () => {
  const open = running.open({ keepaliveSeconds: 0 });
  const heard: string[] = [];
  const leave = open.session.onChange((from, to, reason) => heard.push(`${from} → ${to}: ${reason}`));
  open.session.saw({ operation: 'getAuthStatus', outcome: answer(200, live) });
  open.session.saw({ operation: 'getAuthStatus', outcome: answer(200, live) });
  leave();
  open.session.saw({ operation: 'getAuthStatus', outcome: loggedOut });
  expect(heard).toEqual(['down → live: IBKR confirms the brokerage session.']);
});

test('stopping ends what is under way and leaves no timer', async () => {
  const open = running.open();
  let aborted = false;
  open.ibkr.call = (_operation, _json, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        aborted = true;
        reject(signal.reason as Error);
      }),
    );
  open.session.start();
  await open.clock.advance(70 * second);
  open.session.loginCompleted();
  await open.session.stop();
  expect({ aborted, pending: open.clock.pending, warnings: open.of('warning') }).toEqual({
    aborted: true,
    pending: 0,
    warnings: [],
  });
});
