// The brokerage beside the contract: every handler names a real operation, and what has none is known by name.
import { expect, test } from '@jest/globals';
import { handlers } from '../../src/brokerage/handlers.ts';
import { loadContract } from '../../src/operation.ts';

const { operations } = loadContract();

/** Answered from the contract's examples: event contracts and the tools of advisors. */
const fromExamples = (path: string): boolean =>
  path.startsWith('/forecast/') || path.startsWith('/iserver/account/allocation/');

/** Answered by the session, not by the brokerage. */
const session = [
  '/iserver/auth/',
  '/iserver/reauthenticate',
  '/tickle',
  '/sso/validate',
  '/logout',
  '/one/user',
  '/ssodh/',
  '/ws',
];

test('every handler belongs to an operation of the contract', () => {
  const ids = new Set(operations.map(({ id }) => id));
  expect(Object.keys(handlers).filter((id) => !ids.has(id))).toEqual([]);
});

test('every operation of the Gateway is answered by someone', () => {
  const open = operations.filter(
    ({ id, path, servedBy }) =>
      servedBy === 'gateway' &&
      handlers[id] === undefined &&
      !fromExamples(path) &&
      !session.some((start) => path.startsWith(start)),
  );
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
});
