// Our answers beside the contract's own schemas: the sidecar compares samples of what it forwards with them, and a
// simulator that differs would cry wolf.
import { expect, test } from '@jest/globals';
import validators from '../../../../spec/generated/response-validators.js';
import { handlers } from '../../src/brokerage/handlers.ts';
import { cases, refused } from './cases.ts';
import { openDesk } from './desk.ts';

/** Where the service was seen, or shows itself in its own examples, to answer otherwise than its schema says. */
const permitted: Record<string, string> = {
  'getManySubaccounts ': 'the bare list of a login with one account',
  'getContractInfo ': 'a list when an option chain is asked for',
  'getInstrumentDefinition /secdef/0/displayRule': 'an object in every example',
  'getInstrumentDefinitionFromBody /secdef/0/displayRule': 'an object in every example',
  'previewMarginImpact /equity': 'null when the money does not suffice',
};

test('there is a request for every handler', () => {
  const known = new Set(cases.map(({ id }) => id));
  expect(Object.keys(handlers).filter((id) => !known.has(id))).toEqual(refused);
});

test.each(cases)('$id answers what the contract says', ({ id, request = {}, before, accounts = 1 }) => {
  const desk = openDesk({ accounts });
  before?.(desk);
  const answer = desk.call(id, typeof request === 'function' ? request(desk) : request);
  expect(answer.status ?? 200).toBe(200);
  const check = validators[id]?.['200']?.['application/json'];
  const json: unknown = answer.json === undefined ? undefined : JSON.parse(JSON.stringify(answer.json));
  const faults = check === undefined || json === undefined || check(json) ? [] : (check.errors ?? []);
  expect(faults.filter(({ instancePath }) => permitted[`${id} ${instancePath}`] === undefined)).toEqual([]);
});
