import { expect, test } from '@jest/globals';
import { loadScenario, parseScenario, scenarioNames } from '../src/scenario.ts';

test.each(scenarioNames())('%s is usable', (name) => {
  expect(loadScenario(name)).toMatchObject({ name, description: expect.stringMatching(/\.$/) });
});

const wrong: { given: unknown; want: string }[] = [
  { given: [], want: 'must be an object, it is a list' },
  { given: {}, want: 'description must be a string, it is a undefined' },
  { given: { description: '', sesion: {} }, want: 'sesion is not known here (known: description, session' },
  {
    given: { description: '', session: { brokerage: 'on' } },
    want: 'session.brokerage must be one of up, down, competing, it is "on"',
  },
  {
    given: { description: '', session: { authDelayMs: -1 } },
    want: 'session.authDelayMs must be a number from 0, it is -1',
  },
  {
    given: { description: '', session: { reset: { ends: 'sso' } } },
    want: 'session.reset.outageMs must be a number',
  },
  {
    given: { description: '', faults: { paths: [{ status: 500 }] } },
    want: 'faults.paths[0].path must be a string',
  },
  {
    given: { description: '', faults: { socket: 'quiet' } },
    want: 'faults.socket must be one of normal, silent',
  },
];
test.each(wrong)('$given is refused with a reason', ({ given, want }) => {
  expect(() => parseScenario('mine', given)).toThrow(want);
  expect(() => parseScenario('mine', given)).toThrow('Scenario mine is not usable');
});

test('all faults are reported together', () => {
  expect(() => parseScenario('mine', { description: 1, faults: { pacing: 'on', upstream: 'off' } })).toThrow(
    /description .*\n.*faults\.pacing .*\n.*faults\.upstream /,
  );
});

test('a name that is not shipped lists those that are', () => {
  expect(() => loadScenario('demoo')).toThrow(/no scenario "demoo"\. Give one of .*demo.*logged-out/);
});
