// docs/simulator.md names everything that a bot author can use, and nothing that is not there.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { commands } from '../src/control.ts';
import {
  defaultFaults,
  dispatcherTypes,
  loggedOutForms,
  loginFaults,
  pacingRules,
  socketFaults,
} from '../src/faults.ts';
import { scenarioNames } from '../src/scenario.ts';
import { sessionDefaults } from '../src/session.ts';
import { actionNames } from '../src/world-actions.ts';

const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
const code = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(([, text]) => text ?? ''));
const section = (title: string): string => page.split(/^## /m).find((part) => part.startsWith(title)) ?? '';

test('every scenario has its place in the table, and only those', () => {
  const named = [...section('Scenarios').matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''),
  );
  expect(named.sort()).toEqual(scenarioNames());
});

test.each([
  ...Object.keys(defaultFaults),
  ...socketFaults,
  ...loginFaults,
  ...loggedOutForms,
  ...dispatcherTypes,
  ...pacingRules,
])('the fault member or value %s is named', (name) => {
  expect([...code].some((text) => text.split(/[ :,]+/).includes(name))).toBe(true);
});

test.each([...Object.keys(sessionDefaults), 'ends', 'outageMs', 'afterMs', 'timeZone'])(
  'the session setting %s is named',
  (name) => expect(code).toContain(name),
);

test.each([...Object.keys(commands), ...actionNames])('the call "%s" is named', (name) => {
  const path = `/simulator${name.split(' ')[1] ?? ''}`.replace(/\/(?:reject|cancel)$/, '');
  expect(section('Control')).toContain(path);
});
