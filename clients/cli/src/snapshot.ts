// Quotes as they stand. IBKR's first answer about a contract has no prices, since it only begins to look: bezant asks again
// by itself, and before the Gateway we do.

import type { Cli } from './cli.ts';
import { rowsOf, type Row } from './report.ts';
import { sleep } from './sleep.ts';

/** IBKR's numbers of what a quote has (IBKR Web API documentation, market data fields). */
export const quoteFields = { last: '31', bid: '84', ask: '86', volume: '87', ask_size: '85', bid_size: '88' };

const againMs = 500;
const attempts = 6;

export async function snapshot(cli: Cli, conids: readonly number[]): Promise<ReadonlyMap<number, Row>> {
  const { signal } = cli.io;
  const { marketData } = await cli.client();
  const query = { conids: conids.map(String), fields: Object.values(quoteFields) } as const;
  const ask = async (): Promise<ReadonlyMap<number, Row>> => {
    const answer: unknown = await marketData.getMdSnapshot(
      { conids: [...query.conids], fields: query.fields },
      { signal },
    );
    return new Map(rowsOf(answer).map((row) => [Number(row['conid']), row]));
  };
  let found = await ask();
  for (let tries = 1; cli.settings.server === 'gateway' && tries < attempts; tries += 1) {
    if (conids.every((conid) => isWhole(found.get(conid)))) break;
    await sleep(againMs, signal);
    found = await ask();
  }
  return found;
}

/** 6509 tells how the data is: it comes with the prices, and for what has none too. */
function isWhole(row: Row | undefined): boolean {
  return row?.['31'] !== undefined || (row?.['84'] !== undefined && row['86'] !== undefined);
}
