// Price history by symbol: looks the contract up, then asks for its bars.

import type { Contract, Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { GatewayAnswer } from '../gateway.ts';
import { callOf } from '../request/call.ts';
import type { Composite } from './composite.ts';

interface Listing {
  conid: number;
  exchange?: string;
  isUS?: boolean;
}

export function historyBySymbol(deps: { contract: Contract }): Composite {
  const lookUp = need(deps.contract, 'getStockBySymbol');
  const history = need(deps.contract, 'getMdHistory');
  const parameters = history.parameters.filter(({ name }) => name !== 'conid');
  return {
    method: 'GET',
    path: '/market/{symbol}/history',
    operation: 'historyBySymbol',
    summary: 'Returns price bars of a stock by its symbol, of the US listing unless an exchange is named.',
    parameters,
    async run({ path, query, run, caller }) {
      const symbol = path['symbol'] ?? '';
      const found = await run(callOf(lookUp, caller, { query: new URLSearchParams({ symbols: symbol }) }));
      if (found.status !== 200) return found;
      const listing = pick(listings(found, symbol), query.get('exchange'));
      if (listing === undefined)
        throw new Problem('symbol_not_found', `IBKR lists no stock "${symbol}" there.`);
      const asked = new URLSearchParams({ conid: String(listing.conid) });
      for (const { name } of parameters) {
        const value = query.get(name);
        if (value !== null) asked.set(name, value);
      }
      return run(callOf(history, caller, { query: asked }));
    },
  };
}

function need(contract: Contract, id: string): Operation {
  const operation = contract.byId.get(id);
  if (operation === undefined) throw new Error(`the contract has no operation ${id}`);
  return operation;
}

/** `{ AAPL: [{ name, contracts: [{ conid, exchange, isUS }] }] }` */
function listings(answer: GatewayAnswer, symbol: string): Listing[] {
  try {
    const bySymbol = JSON.parse(answer.body.toString('utf8')) as Record<string, { contracts?: Listing[] }[]>;
    const name = [symbol, symbol.toUpperCase()].find((spelling) => Object.hasOwn(bySymbol, spelling));
    const companies = name === undefined ? [] : (bySymbol[name] ?? []);
    return companies.flatMap(({ contracts }) => contracts ?? []);
  } catch (cause) {
    throw new Problem('upstream_decode_error', 'The list of stocks is not JSON of the expected shape.', {
      cause,
    });
  }
}

function pick(found: readonly Listing[], exchange: string | null): Listing | undefined {
  if (exchange !== null)
    return found.find((listing) => listing.exchange?.toUpperCase() === exchange.toUpperCase());
  return found.find((listing) => listing.isUS) ?? found[0];
}
