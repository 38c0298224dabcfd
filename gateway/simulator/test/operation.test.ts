import { expect, test } from '@jest/globals';
import { handlers } from '../src/brokerage/handlers.ts';
import { createMatcher, loadContract } from '../src/operation.ts';

const contract = loadContract();
const match = createMatcher(contract.operations);

const cases: { method: string; path: string; want: string | undefined; params?: Record<string, string> }[] = [
  { method: 'GET', path: '/portfolio/positions/265598', want: '/portfolio/positions/{conid}' },
  {
    method: 'GET',
    path: '/portfolio/U1/positions/0',
    want: '/portfolio/{accountId}/positions/{pageId}',
    params: { accountId: 'U1', pageId: '0' },
  },
  { method: 'GET', path: '/iserver/account/U1/alerts', want: '/iserver/account/{accountId}/alerts' },
  { method: 'GET', path: '/iserver/account/alert/7', want: '/iserver/account/alert/{alertId}' },
  { method: 'GET', path: '/iserver/account/order/status/7', want: '/iserver/account/order/status/{orderId}' },
  {
    method: 'GET',
    path: '/gw/api/v1/enumerations/complex-asset-transfer',
    want: '/gw/api/v1/enumerations/complex-asset-transfer',
  },
  { method: 'POST', path: '/gw/api/v1/bank-instructions:bulk', want: '/gw/api/v1/bank-instructions:bulk' },
  { method: 'POST', path: '/gw/api/v1/bank-instructions', want: '/gw/api/v1/bank-instructions' },
  { method: 'GET', path: '/iserver/account/trades/', want: '/iserver/account/trades' },
  { method: 'GET', path: '/iserver/Accounts', want: undefined },
  { method: 'PUT', path: '/iserver/accounts', want: undefined },
  {
    method: 'GET',
    path: '/iserver/account/search/a%2Fb',
    want: '/iserver/account/search/{searchPattern}',
    params: { searchPattern: 'a/b' },
  },
  {
    method: 'GET',
    path: '/iserver/account/search/100%',
    want: '/iserver/account/search/{searchPattern}',
    params: { searchPattern: '100%' },
  },
];

test.each(cases)('$method $path is $want', ({ method, path, want, params }) => {
  const found = match(method, path);
  expect(found?.operation.path).toBe(want);
  if (params !== undefined) expect(found?.params).toEqual(params);
});

test('every row is found by its own template', () => {
  const lost = contract.operations.filter(
    ({ method, path, id }) => match(method, path.replaceAll(/[{}]/g, ''))?.operation.id !== id,
  );
  expect(lost).toEqual([]);
});

test('every handler belongs to a row', () => {
  const rows = new Set(contract.operations.map(({ id }) => id));
  expect(Object.keys(handlers).filter((id) => !rows.has(id))).toEqual([]);
});
