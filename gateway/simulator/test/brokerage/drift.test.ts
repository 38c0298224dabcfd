// Our answers beside the contract's own schemas: the sidecar compares samples of what it forwards with them, and a
// simulator that differs would cry wolf.
import { expect, test } from '@jest/globals';
import validators from '../../../../spec/generated/response-validators.js';
import { handlers } from '../../src/brokerage/handlers.ts';
import { cases, refused } from './cases.ts';
import { openDesk } from './desk.ts';

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
  expect(check === undefined || json === undefined || check(json) ? [] : check.errors).toEqual([]);
});
