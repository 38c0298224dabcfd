// The whole table: what each event makes of each state.

import { describe, expect, test } from '@jest/globals';
import { sessionStates, type SessionStateName } from '../../src/session-state.ts';
import { describedBy, nextState, sessionEvents, type SessionEvent } from '../../src/session/state.ts';

const initials: Record<string, SessionStateName> = {
  D: 'down',
  R: 'login-required',
  A: 'authenticating',
  N: 'no-brokerage',
  L: 'live',
  C: 'competing',
  Y: 'yielded',
  M: 'maintenance',
  X: 'locked-out',
};

// A row is an event, a column the state it meets: D R A N L C Y M X, as the initials say.
const wanted: Record<SessionEvent, string> = {
  //                     D R A N L C Y M X
  authenticated: /*    */ 'L L L L L L L L L',
  competing: /*        */ 'C C A C C C Y C C',
  'not-authenticated': 'N N A N N N Y N X',
  'logged-out': /*     */ 'R R A R R R R R R',
  'login-lost': /*     */ 'R R R R R R R R R',
  unreachable: /*      */ 'D D D D D D D D D',
  outage: /*           */ 'M M A M M M M M M',
  'login-completed': /**/ 'A A A A A A A A A',
  'login-failed': /*   */ 'D R R N L C Y M X',
  'login-incomplete': 'D R N N L C Y M X',
  'recovery-spent': /* */ 'D R A X L X Y M X',
  'recovery-restored': 'D R A N L C Y M N',
  'yield-asked': /*    */ 'Y Y Y Y Y Y Y Y Y',
  'yield-ended': /*    */ 'D R A N L C N M X',
};

const cells = sessionEvents.flatMap((event) =>
  Object.values(initials).map((state, column) => ({
    event,
    state,
    want: initials[wanted[event].split(' ')[column] ?? ''],
  })),
);

describe('every cell', () => {
  test('is written down', () => {
    expect(cells).toHaveLength(sessionStates.length * sessionEvents.length);
    expect(new Set(Object.values(initials))).toEqual(new Set(sessionStates));
  });
  test.each(cells)('$state, $event: $want', ({ state, event, want }) => {
    expect(nextState(state, event)).toBe(want);
  });
});

test('an event explains the state that it usually leads to, and no other', () => {
  expect(Object.fromEntries(sessionEvents.map((event) => [event, describedBy(event)]))).toEqual({
    authenticated: 'live',
    competing: 'competing',
    'not-authenticated': 'no-brokerage',
    'logged-out': 'login-required',
    'login-lost': 'login-required',
    unreachable: 'down',
    outage: 'maintenance',
    'login-completed': 'authenticating',
    'yield-asked': 'yielded',
  });
});
