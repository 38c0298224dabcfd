import { expect, test } from '@jest/globals';
import { madeName, operationIds } from '../../src/passes/operation-ids.ts';
import { passTable } from './pass-table.ts';

passTable(operationIds, [
  {
    name: 'missing and empty',
    given: {
      paths: { '/gw/api/v1/accounts/{accountId}': { get: {} }, '/x:bulk': { post: { operationId: '' } } },
    },
    want: {
      paths: {
        '/gw/api/v1/accounts/{accountId}': { get: { operationId: 'get_gw_api_v1_accounts_accountid' } },
        '/x:bulk': { post: { operationId: 'post_x_bulk' } },
      },
    },
    at: ['/paths/~1gw~1api~1v1~1accounts~1{accountId}/get/operationId', '/paths/~1x:bulk/post/operationId'],
  },
  {
    name: 'repeated',
    given: { paths: { '/a': { get: { operationId: 'x' } }, '/b': { get: { operationId: 'x' } } } },
    want: { paths: { '/a': { get: { operationId: 'x' } }, '/b': { get: { operationId: 'x_get_b' } } } },
  },
  {
    name: 'made names that collide',
    given: { paths: { '/a-b': { get: {} }, '/a_b': { get: {} }, '/{a}/b': { get: {} } } },
    want: {
      paths: {
        '/a-b': { get: { operationId: 'get_a_b' } },
        '/a_b': { get: { operationId: 'get_a_b_2' } },
        '/{a}/b': { get: { operationId: 'get_a_b_3' } },
      },
    },
  },
  {
    name: 'a made name does not take one given later',
    given: { paths: { '/a': { get: {} }, '/b': { get: { operationId: 'get_a' } } } },
    want: { paths: { '/a': { get: { operationId: 'get_a_2' } }, '/b': { get: { operationId: 'get_a' } } } },
  },
]);

test('a root path has a name too', () => {
  expect(madeName({ method: 'get', path: '/' })).toBe('get');
});
