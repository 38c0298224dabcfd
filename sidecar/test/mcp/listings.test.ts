// Which contract a symbol means.

import { expect, test } from '@jest/globals';
import { pickListing, type Listing } from '../../src/mcp/listings.ts';

const listing = (conid: number, exchange: string, isUS: boolean, name = 'A CO'): Listing => ({
  conid,
  exchange,
  isUS,
  name,
});
const nasdaq = listing(1, 'NASDAQ', true);
const london = listing(2, 'LSE', false);
const xetra = listing(3, 'IBIS', false, 'B AG');

test.each([
  { name: 'the only one', found: [london], exchange: undefined, want: 2 },
  { name: 'the one in the US among others', found: [london, nasdaq, xetra], exchange: undefined, want: 1 },
  { name: 'the one at the exchange named', found: [london, nasdaq], exchange: 'lse', want: 2 },
])('$name', ({ found, exchange, want }) => {
  expect(pickListing(found, 'A', exchange).conid).toBe(want);
});

test.each([
  { name: 'none', found: [], exchange: undefined, says: 'no stock or fund “A”' },
  { name: 'several abroad', found: [london, xetra], exchange: undefined, says: '2 contracts' },
  {
    name: 'several in the US',
    found: [nasdaq, listing(4, 'NYSE', true, 'C INC')],
    exchange: undefined,
    says: '2 contracts',
  },
  { name: 'none at the exchange named', found: [nasdaq], exchange: 'TSE', says: 'not listed at TSE' },
])('$name: nothing is guessed', ({ found, exchange, says }) => {
  expect(() => pickListing(found, 'A', exchange)).toThrow(says);
});

test('the choice is told', () => {
  const fault = (() => {
    try {
      return pickListing([london, xetra], 'A', undefined);
    } catch (error) {
      return error as { nextStep: string };
    }
  })();
  expect('nextStep' in fault && fault.nextStep).toContain('2 (A CO, LSE); 3 (B AG, IBIS)');
});
