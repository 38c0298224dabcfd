import { expect, test } from '@jest/globals';
import { createClock } from '../src/clock.ts';
import { createRandom } from '../src/random.ts';
import { createSession, sessionDefaults, type SessionSettings } from '../src/session.ts';

const minuteMs = 60_000;
const hourMs = 3_600_000;

function start(settings: Partial<SessionSettings>) {
  // Noon in New York.
  const clock = createClock({ scale: 0, startMs: Date.parse('2026-01-15T17:00:00Z') });
  const session = createSession({
    clock,
    random: createRandom(1),
    settings: { ...sessionDefaults, loggedIn: true, brokerage: 'up', ...settings },
  });
  const keepAlive = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += minuteMs) {
      session.touch();
      clock.advance(minuteMs);
    }
  };
  return { clock, session, keepAlive };
}

test('brokerage idles out after six minutes, the login after ten', () => {
  const { clock, session } = start({ reset: null });
  clock.advance(6 * minuteMs - 1);
  expect(session.brokerage).toBe('up');
  clock.advance(1);
  expect(session.authStatus()).toMatchObject({ authenticated: false, connected: true, competing: false });
  expect(session.loggedIn).toBe(true);
  clock.advance(4 * minuteMs);
  expect(session.loggedIn).toBe(false);
});

test('activity moves both ends, and ssoExpires counts down from 600000', () => {
  const { clock, session, keepAlive } = start({ reset: null });
  keepAlive(hourMs);
  expect(session.brokerage).toBe('up');
  session.touch();
  expect(session.ssoExpiresMs).toBe(600_000);
  clock.advance(45_000);
  expect(session.ssoExpiresMs).toBe(555_000);
});

test('a day is the longest life', () => {
  const { session, keepAlive } = start({ reset: null });
  keepAlive(24 * hourMs - minuteMs);
  expect(session.loggedIn).toBe(true);
  keepAlive(minuteMs);
  expect(session.loggedIn).toBe(false);
});

test('midnight in New York ends the login and is followed by the outage', () => {
  const { clock, session, keepAlive } = start({
    reset: { at: '00:00', timeZone: 'America/New_York', ends: 'sso', outageMs: 5 * minuteMs },
  });
  keepAlive(12 * hourMs - minuteMs);
  expect(session.loggedIn).toBe(true);
  keepAlive(minuteMs);
  expect([session.loggedIn, session.maintenance]).toEqual([false, true]);
  session.login({});
  expect(session.connect(true)).toBe(false);
  clock.advance(5 * minuteMs);
  expect(session.connect(true)).toBe(true);
});

test('a brokerage restart leaves the login', () => {
  const { clock, session } = start({ reset: { afterMs: 1000, ends: 'brokerage', outageMs: 0 } });
  clock.advance(1000);
  expect([session.loggedIn, session.brokerage, session.connected]).toEqual([true, 'down', false]);
});

const claims: { rival: 'yields' | 'stubborn'; compete: boolean; want: boolean }[] = [
  { rival: 'yields', compete: true, want: true },
  { rival: 'yields', compete: false, want: false },
  { rival: 'stubborn', compete: true, want: false },
];
test.each(claims)('a rival that $rival, compete $compete: $want', ({ rival, compete, want }) => {
  const { session } = start({ brokerage: 'competing', rival });
  expect(session.authStatus()).toMatchObject({ authenticated: false, competing: true, connected: true });
  expect(session.connect(compete)).toBe(want);
  expect(session.brokerage).toBe(want ? 'up' : 'competing');
});

test('logout ends brokerage only, and shows the short status without MAC', () => {
  const { session } = start({});
  session.logout();
  expect(session.loggedIn).toBe(true);
  expect(session.authStatus()).toEqual({
    authenticated: false,
    established: false,
    competing: false,
    connected: false,
    MAC: null,
  });
});

test('a new login has a new token, forgets preflights and tells who listens', () => {
  const { session } = start({});
  const before = session.token;
  session.accountsQueried = true;
  session.portfolioQueried = true;
  let changes = 0;
  const stop = session.on('change', () => (changes += 1));
  session.end();
  session.login({ username: 'other', paper: false });
  expect([session.username, session.paper, session.accountsQueried, session.portfolioQueried]).toEqual([
    'other',
    false,
    false,
    false,
  ]);
  expect(session.token).not.toBe(before);
  expect(changes).toBe(2);
  stop();
  session.end();
  expect(changes).toBe(2);
});
