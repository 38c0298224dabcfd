import { expect, test } from '@jest/globals';
import { loadContract } from '../../src/contract.ts';
import { contractTargets, createRoutes, friendlyTargets } from '../../src/request/route.ts';

const contract = loadContract();
const routes = createRoutes(contractTargets(contract));
const friendly = createRoutes(friendlyTargets(contract));
const segments = (path: string): string[] => path.split('/').slice(1);

test.each([
  ['GET', '/portfolio/positions/265598', 'getAllAccountsForConid', { conid: '265598' }],
  ['GET', '/portfolio/DU1/summary', 'getPortfolioSummary', { accountId: 'DU1' }],
  ['GET', '/portfolio/positions/summary', 'getAllAccountsForConid', { conid: 'summary' }],
  ['GET', '/iserver/account/orders', 'getOpenOrders', {}],
  ['POST', '/iserver/account/orders/orders', 'submitNewOrder', { accountId: 'orders' }],
  ['POST', '/iserver/account/DU1/orders/whatif', 'previewMarginImpact', { accountId: 'DU1' }],
  ['DELETE', '/iserver/account/DU1/order/-1', 'cancelOpenOrder', { accountId: 'DU1', orderId: '-1' }],
  ['GET', '/iserver/account/search/summary', 'getDynamicAccounts', { searchPattern: 'summary' }],
])('%s %s is %s', (method, path, id, params) => {
  const match = routes.match(method, segments(path));
  expect(match?.operation.id).toBe(id);
  expect(match?.params).toEqual(params);
});

test('every operation is found by its own template', () => {
  const lost = contract.operations.filter(({ id, method, path }) => {
    const filled = path.replace(/\{[^}]+\}/g, 'x~1');
    return routes.match(method, segments(filled))?.operation.id !== id;
  });
  expect(lost.map(({ id }) => id)).toEqual([]);
});

test('every friendly route is found, and none shadows another', () => {
  const lost = friendlyTargets(contract).filter((target) => {
    const { method = '', path = '' } = target.friendly ?? {};
    const match = friendly.match(method, segments(path.replace(/\{[^}]+\}/g, 'x~1')));
    return match?.operation.id !== target.operation.id;
  });
  expect(lost.map(({ friendly: route }) => route?.path)).toEqual([]);
});

test('an unknown path has no methods, a known one names them', () => {
  expect(routes.match('PUT', segments('/tickle'))).toBeNull();
  expect(routes.methods(segments('/tickle'))).toEqual(['GET', 'POST']);
  expect(routes.methods(segments('/nowhere'))).toEqual([]);
});

test.each([
  ['/iserver/marketdata/UnsubscribeAll', true],
  ['/ISERVER/ACCOUNT/DU1/ORDER/-1', true],
  ['/nowhere', false],
])('%s in other letters is known: %s', (path, want) => {
  expect(routes.knows(segments(path.toLowerCase()))).toBe(want);
});
