// From a symbol to the one contract that is meant. A symbol that several companies or exchanges have is answered with the
// choice; nothing is guessed but the US listing, which is what a bare symbol means nearly everywhere.

import type { Ask, Caller } from './calls.ts';
import { Problem } from '../errors.ts';
import { ToolFault } from './fault.ts';
import { record, records, text, whole, type Json } from './reading.ts';

export interface Listing {
  readonly conid: number;
  readonly name: string | undefined;
  readonly exchange: string | undefined;
  readonly isUS: boolean;
}

/** All listings of stocks and funds under exactly this symbol. */
export async function listingsOf(ask: Ask, caller: Caller, symbol: string): Promise<Listing[]> {
  const bySymbol = record(
    await ask(caller, 'getStockBySymbol', { params: { symbols: symbol.toUpperCase() } }),
  );
  const companies = Object.entries(bySymbol).find(([name]) => name.toUpperCase() === symbol.toUpperCase());
  return records(companies?.[1]).flatMap((company) =>
    records(company['contracts']).flatMap((contract) => listing(company, contract)),
  );
}

function listing(company: Json, contract: Json): Listing[] {
  const conid = whole(contract['conid']);
  if (conid === undefined) return [];
  return [
    {
      conid,
      name: text(company['name']),
      exchange: text(contract['exchange']),
      isUS: contract['isUS'] === true,
    },
  ];
}

export function pickListing(
  found: readonly Listing[],
  symbol: string,
  exchange: string | undefined,
): Listing {
  const wanted = exchange?.toUpperCase();
  const there =
    wanted === undefined ? found : found.filter((each) => each.exchange?.toUpperCase() === wanted);
  const inUS = there.filter(({ isUS }) => isUS);
  const fitting = wanted === undefined && inUS.length > 0 ? inUS : there;
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  if (found.length === 0) throw new Problem('symbol_not_found', `IBKR lists no stock or fund “${symbol}”.`);
  const candidates = fitting.length === 0 ? found : fitting;
  const shown = candidates
    .slice(0, 8)
    .map(({ conid, name, exchange: at }) => `${conid} (${[name, at].filter(Boolean).join(', ')})`);
  throw new ToolFault(
    'ambiguous_symbol',
    fitting.length === 0
      ? `“${symbol}” is not listed at ${exchange ?? ''}.`
      : `“${symbol}” is the symbol of ${candidates.length} contracts.`,
    `Name the exchange, or use one of these conids: ${shown.join('; ')}.`,
  );
}

/** The contract that a tool's arguments name, by `conid` or by `symbol`. */
export async function contractOf(
  ask: Ask,
  caller: Caller,
  { conid, symbol }: { conid?: unknown; symbol?: unknown },
): Promise<{ conid: number; symbol: string | undefined }> {
  const name = text(symbol);
  if (conid !== undefined && name !== undefined)
    throw new ToolFault('bad_arguments', 'Both symbol and conid are given.', 'Give one of them.');
  if (typeof conid === 'number') return { conid, symbol: undefined };
  if (name === undefined)
    throw new ToolFault('bad_arguments', 'Neither symbol nor conid is given.', 'Give one of them.');
  const found = pickListing(await listingsOf(ask, caller, name), name, undefined);
  return { conid: found.conid, symbol: name.toUpperCase() };
}
