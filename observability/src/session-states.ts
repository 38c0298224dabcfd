// The states of the session as panels show them. The sidecar's own table is sidecar/src/session-state.ts; a test compares.

import type { Colour, Words } from './panel.ts';
import { of } from './selectors.ts';

const states = [
  ['live', 'green'],
  ['authenticating', 'blue'],
  ['yielded', 'purple'],
  ['maintenance', 'yellow'],
  ['no-brokerage', 'orange'],
  ['competing', 'orange'],
  ['login-required', 'red'],
  ['down', 'red'],
  ['locked-out', 'red'],
] as const satisfies readonly (readonly [name: string, colour: Colour])[];

export type SessionState = (typeof states)[number][0];

export const stateNames: readonly SessionState[] = states.map(([name]) => name);

/** One number for the state it is in, so that one bar and one tile can show it. */
export const stateNumber = `max without (state) (
  ${states.map(([name], index) => `(${of('bezant_session_state', `state="${name}"`)} == 1) * 0 + ${index}`).join('\n  or ')}
)`;

export const stateWords: Words = Object.fromEntries(
  states.map(([name, colour], index) => [index, [name, colour]]),
);
