// Every position of an account in one answer.

import type { Contract } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { callOf } from '../request/call.ts';
import { positionPages } from '../request/position-pages.ts';
import type { Composite } from './composite.ts';

export function allPositions(deps: { contract: Contract }): Composite {
  const operation = deps.contract.byId.get('getPaginatedPositions');
  if (operation === undefined) throw new Error('the contract has no operation getPaginatedPositions');
  return {
    method: 'GET',
    path: '/accounts/{accountId}/positions/all',
    operation: 'allPositions',
    summary: 'Returns every position of an account, all pages in one answer.',
    parameters: [],
    async run({ path, run, caller }) {
      const accountId = path['accountId'] ?? '';
      const all = await positionPages(
        (pageId) => run(callOf(operation, caller, { path: { accountId, pageId } })),
        pageRows,
      );
      return 'rows' in all ? { json: all.rows } : all.page;
    },
  };
}

/** A page's rows; null when it is an error of IBKR's. */
function pageRows({ status, body }: GatewayAnswer): unknown[] | null {
  if (status !== 200) return null;
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Problem('upstream_decode_error', 'A page of positions is not JSON.', { cause });
  }
  return Array.isArray(json) ? json : null;
}
