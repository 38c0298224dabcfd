import { expect, test } from '@jest/globals';
import type { Scope } from '../../src/api-keys.ts';
import { loadContract, type Operation } from '../../src/contract.ts';
import { Problem } from '../../src/errors.ts';
import { guard } from '../../src/request/guard.ts';
import { call } from './operations.ts';

const { byId } = loadContract();
const row = (id: string): Operation => {
  const found = byId.get(id);
  if (found === undefined) throw new Error(id);
  return found;
};

interface Case {
  id: string;
  path?: Record<string, string>;
  query?: string;
  json?: unknown;
  readOnly?: boolean;
  allowDestructive?: boolean;
  scopes?: Scope[];
  want: string;
}

test.each<Case>([
  { id: 'getAllAccounts', want: 'ok' },
  { id: 'submitNewOrder', want: 'ok' },
  { id: 'submitNewOrder', readOnly: true, want: 'read_only' },
  { id: 'previewMarginImpact', readOnly: true, want: 'ok' },
  { id: 'tickle', readOnly: true, want: 'ok' },
  { id: 'logout', readOnly: true, want: 'ok' },
  { id: 'cancelOpenOrder', path: { orderId: '17' }, want: 'ok' },
  { id: 'cancelOpenOrder', path: { orderId: '-1' }, want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { orderId: '-01' }, want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { orderId: ' -1' }, want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { orderId: '-1.0' }, want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { orderId: '-1;x' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '-1/' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '%2D1' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '-\uFF11' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '-0x1' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '-1L' }, want: 'bad_request' },
  { id: 'cancelOpenOrder', path: { orderId: '17' }, query: 'orderId=-1', want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { orderId: '17' }, json: { orderId: -1 }, want: 'destructive_refused' },
  { id: 'cancelOpenOrder', path: { accountId: '..', orderId: '17' }, want: 'bad_request' },
  { id: 'deleteAlert', path: { alertId: '\u0660' }, want: 'bad_request' },
  { id: 'previewMarginImpact', path: { accountId: 'U1' }, want: 'ok' },
  { id: 'previewMarginImpact', path: { accountId: 'U1/orders?' }, want: 'bad_request' },
  { id: 'getPaginatedPositions', path: { accountId: 'U1', pageId: '..' }, want: 'bad_request' },
  { id: 'getPaginatedPositions', path: { accountId: 'U1', pageId: '' }, want: 'bad_request' },
  { id: 'getPaginatedPositions', path: { accountId: 'U/1', pageId: '0' }, want: 'ok' },
  { id: 'cancelOpenOrder', path: { orderId: '-1' }, allowDestructive: true, want: 'ok' },
  {
    id: 'cancelOpenOrder',
    path: { orderId: '-1' },
    allowDestructive: true,
    readOnly: true,
    want: 'read_only',
  },
  { id: 'deleteAlert', path: { alertId: '0' }, want: 'destructive_refused' },
  { id: 'deleteAlert', path: { alertId: '00' }, want: 'destructive_refused' },
  { id: 'deleteAlert', path: { alertId: '5' }, want: 'ok' },
  { id: 'closeAllMdStreams', want: 'destructive_refused' },
  { id: 'getRegulatorySnapshot', want: 'costs_money_refused' },
  { id: 'getRegulatorySnapshot', allowDestructive: true, want: 'ok' },
  { id: 'generateToken', want: 'not_served' },
  { id: 'getAllAccounts', scopes: ['read'], want: 'ok' },
  { id: 'submitNewOrder', scopes: ['read'], want: 'scope_refused' },
  { id: 'logout', scopes: ['read'], want: 'scope_refused' },
  { id: 'submitNewOrder', scopes: ['read', 'trade'], want: 'ok' },
])('$id $path $query $json $scopes readOnly=$readOnly allowDestructive=$allowDestructive: $want', (given) => {
  const { id, path = {}, query = '', json, readOnly = false, allowDestructive = false, scopes, want } = given;
  const principal = scopes === undefined ? null : { name: 'test', scopes: new Set(scopes) };
  const asked = call(row(id), { path, query: new URLSearchParams(query), json });
  expect(codeOf(() => guard(asked, { readOnly, allowDestructive }, principal))).toBe(want);
});

test('nothing that IBKR’s cloud alone serves goes to the Gateway', () => {
  const cloud = [...byId.values()].filter(({ servedBy }) => servedBy === 'cloud');
  expect(cloud.length).toBeGreaterThan(50);
  for (const each of cloud) {
    expect(codeOf(() => guard(call(each), { readOnly: false, allowDestructive: true }, null))).toBe(
      'not_served',
    );
  }
});

function codeOf(run: () => void): string {
  try {
    run();
    return 'ok';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
