// Every position of an account: IBKR gives them in pages.

import type { Contract } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { callOf } from '../request/call.ts';
import type { Composite } from './composite.ts';

/** IBKR documents 100 rows a page and formerly 30: a page of fewer than 30 is the last by either. */
const smallestPageSize = 30;
/** 10,000 positions and more; a Gateway that never ends is not followed for ever. */
const maxPages = 300;

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
      const rows: unknown[] = [];
      for (let pageId = 0; pageId < maxPages; pageId += 1) {
        const values = { accountId: path['accountId'] ?? '', pageId: String(pageId) };
        const found = pageRows(await run(callOf(operation, caller, { path: values })));
        if ('answer' in found) return found.answer;
        rows.push(...found.rows);
        if (found.rows.length < smallestPageSize) return { json: rows };
      }
      throw new Problem(
        'upstream_status',
        `The Gateway gave ${maxPages} full pages of positions and no end.`,
      );
    },
  };
}

/** A page's rows, or the answer itself when it is an error of IBKR's. */
function pageRows(answer: GatewayAnswer): { rows: unknown[] } | { answer: GatewayAnswer } {
  if (answer.status !== 200) return { answer };
  let json: unknown;
  try {
    json = JSON.parse(answer.body.toString('utf8'));
  } catch (cause) {
    throw new Problem('upstream_decode_error', 'A page of positions is not JSON.', { cause });
  }
  if (!Array.isArray(json)) return { answer };
  return { rows: json };
}
