import { expect, test } from '@jest/globals';
import { generatedFolder, loadContract } from '../../src/contract.ts';
import { Problem } from '../../src/errors.ts';
import { createValidate, loadValidators } from '../../src/request/validate.ts';
import { call } from './operations.ts';

const contract = loadContract();
const validate = createValidate({ contract, validators: await loadValidators(generatedFolder) });
const ticket = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 100 };

interface Case {
  id: string;
  query?: string;
  path?: Record<string, string>;
  json?: unknown;
  want: string[];
}

test.each<Case>([
  { id: 'getMdSnapshot', query: 'conids=265598,8314&fields=31,84', want: [] },
  { id: 'getMdSnapshot', query: 'conids=265598&since=5&anything=x', want: [] },
  { id: 'getMdSnapshot', query: 'fields=31', want: ['/query/conids'] },
  { id: 'getOpenOrders', query: 'force=True', want: [] },
  { id: 'getOpenOrders', query: 'force=perhaps', want: ['/query/force'] },
  { id: 'getInfoAndRules', query: 'isBuy=True', path: { conid: '265598' }, want: [] },
  { id: 'getAllAccountsForConid', path: { conid: 'AAPL' }, want: ['/path/conid'] },
  { id: 'submitNewOrder', path: { accountId: 'DU1' }, json: { orders: [ticket] }, want: [] },
  {
    id: 'submitNewOrder',
    path: { accountId: 'DU1' },
    json: { orders: [{ ...ticket, acctId: 'DU1', isClose: false }] },
    want: [],
  },
  {
    id: 'submitNewOrder',
    path: { accountId: 'DU1' },
    json: { orders: [{ ...ticket, side: 'BUYY' }] },
    want: ['/body/orders/0/side'],
  },
  {
    id: 'submitNewOrder',
    path: { accountId: 'DU1' },
    json: { orders: [{ ...ticket, quantity: 'ten' }] },
    want: ['/body/orders/0/quantity'],
  },
  { id: 'submitNewOrder', path: { accountId: 'DU1' }, json: {}, want: ['/body/orders'] },
  { id: 'submitNewOrder', path: { accountId: 'DU1' }, want: ['/body'] },
  { id: 'getContractRules', json: { conid: '265598', isBuy: true }, want: [] },
  { id: 'getSessionToken', want: [] },
  { id: 'initializeSession', want: [] },
])('$id $query $path $json: $want', ({ id, query = '', path = {}, json, want }) => {
  const operation = contract.byId.get(id);
  if (operation === undefined) throw new Error(id);
  const body = json === undefined ? null : Buffer.from(JSON.stringify(json));
  let pointers: string[] = [];
  try {
    validate(call(operation, { query: new URLSearchParams(query), path, json, body }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.code).toBe('bad_request');
    pointers = (error.extra.errors ?? []).map(({ pointer }) => pointer);
  }
  expect(pointers).toEqual(want);
});

test('the caller’s own value is what is sent: a lenient check works on a copy of the parameters', () => {
  const operation = contract.byId.get('getOpenOrders');
  if (operation === undefined) throw new Error('getOpenOrders');
  const given = call(operation, { target: '/v1/api/iserver/account/orders?force=True' });
  validate(given);
  expect(given.query.get('force')).toBe('True');
});
