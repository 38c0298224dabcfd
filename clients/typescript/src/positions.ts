// Every position of an account. IBKR gives them in pages, says nowhere how many there are, and asks for the list of accounts
// first (IBKR Web API documentation, /portfolio/{accountId}/positions/{pageId}).

import type { Caller, CallOptions } from './call.ts';
import type { IndividualPosition } from './generated/models.ts';
import { portfolio } from './generated/portfolio.ts';
import type { Server } from './server.ts';

/** IBKR documents 100 a page and formerly 30: a page of fewer than 30 is the last by either. */
const smallestPageSize = 30;

export async function* positionPages(
  caller: Caller,
  accountId: string,
  server: Server,
  options?: CallOptions,
): AsyncGenerator<readonly IndividualPosition[], void, undefined> {
  const { getAllAccounts, getPaginatedPositions } = portfolio(caller);
  // bezant makes this call by itself
  if (server === 'gateway') await getAllAccounts(options);
  const seen = new Set<string>();
  for (let page = 0; ; page += 1) {
    const rows = await getPaginatedPositions(accountId, page, undefined, options);
    const fresh = rows.filter((row) => !seen.has(keyOf(row)));
    // A server that gives the same page whatever is asked has told all it has
    if (fresh.length === 0) return;
    for (const row of fresh) seen.add(keyOf(row));
    yield fresh;
    if (rows.length < (rows[0]?.pageSize ?? smallestPageSize)) return;
  }
}

export async function positions(
  caller: Caller,
  accountId: string,
  server: Server,
  options?: CallOptions,
): Promise<IndividualPosition[]> {
  const all: IndividualPosition[] = [];
  for await (const page of positionPages(caller, accountId, server, options)) all.push(...page);
  return all;
}

function keyOf({ acctId, conid, model }: IndividualPosition): string {
  return `${acctId ?? ''} ${conid ?? ''} ${model ?? ''}`;
}
