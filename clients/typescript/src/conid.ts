// Symbol → conid. A symbol alone means several contracts: IBM is listed in New York, London and Mexico. One is picked only
// when there is no doubt about it; otherwise the error lists what there is. What was found stays known, failures never do.

import type { Caller, CallOptions } from './call.ts';
import { BezantError, invalidArgument } from './errors.ts';
import { contracts } from './generated/contracts.ts';
import type { SecdefSearchResponse } from './generated/models.ts';

export interface ConidOptions extends CallOptions {
  /** STK unless said otherwise. Options have no symbol of their own: see contracts.getContractStrikes. */
  readonly secType?: string | undefined;
  /** The listing exchange, such as NYSE or LSE. */
  readonly exchange?: string | undefined;
  /** Part of the company’s name. */
  readonly name?: string | undefined;
  /** Without this, a stock’s listings in the United States are preferred. */
  readonly isUS?: boolean | undefined;
  /** Of a future: YYYYMM or YYYYMMDD. */
  readonly expiry?: string | undefined;
}

/** A contract that the symbol may mean. */
export interface Listing {
  readonly conid: number;
  readonly name: string;
  readonly exchange: string;
  readonly isUS?: boolean;
  readonly expiry?: string;
}

type Finder = (caller: Caller, symbol: string, secType: string, options: CallOptions) => Promise<Listing[]>;

const finders: Readonly<Record<string, Finder>> = { STK: stocks, FUT: futures };

export type ConidOf = (symbol: string, options?: ConidOptions) => Promise<number>;

/** Remembers for as long as it lives itself; a conid never changes its meaning. */
export function createConidOf(caller: Caller): ConidOf {
  const known = new Map<string, number>();
  return async (symbol, options = {}) => {
    const { secType = 'STK', exchange, name, isUS, expiry, ...call } = options;
    const wanted = symbol.trim();
    if (wanted === '' || wanted.includes(',')) throw invalidArgument(`"${symbol}" is not one symbol`);
    if (secType === 'OPT' || secType === 'FOP') {
      throw invalidArgument('an option has no symbol of its own: see client.contracts.getContractStrikes');
    }
    const key = JSON.stringify([wanted, secType, exchange, name, isUS, expiry]);
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const listings = await (finders[secType] ?? searched)(caller, wanted, secType, call);
    const conid = pick(wanted, secType, listings, { exchange, name, isUS, expiry });
    known.set(key, conid);
    return conid;
  };
}

type Wanted = Pick<ConidOptions, 'exchange' | 'name' | 'isUS' | 'expiry'>;

/** The one listing that is meant. */
export function pick(symbol: string, secType: string, listings: readonly Listing[], wanted: Wanted): number {
  const fitting = listings.filter((listing) => fits(listing, wanted));
  const american = fitting.filter(({ isUS }) => isUS === true);
  const meant = wanted.isUS === undefined && american.length > 0 ? american : fitting;
  const [first, ...others] = new Set(meant.map(({ conid }) => conid));
  if (first !== undefined && others.length === 0) return first;
  const details = { body: listings, operation: 'conidOf' };
  if (first !== undefined) {
    throw new BezantError('ambiguous', `${symbol} may be ${told(meant)}.`, {
      ...details,
      hint: secType === 'FUT' ? 'Say which one with expiry.' : undefined,
    });
  }
  const message =
    listings.length === 0
      ? `No contract of type ${secType} has the symbol ${symbol}.`
      : `No ${symbol} is what was asked for; there is ${told(listings)}.`;
  throw new BezantError('not-found', message, {
    ...details,
    hint: 'client.contracts.getContractSymbols({ symbol, name: true }) searches by name too.',
  });
}

function fits({ exchange, name, isUS, expiry }: Listing, wanted: Wanted): boolean {
  return (
    (wanted.exchange === undefined || exchange.toUpperCase() === wanted.exchange.toUpperCase()) &&
    (wanted.name === undefined || name.toUpperCase().includes(wanted.name.toUpperCase())) &&
    (wanted.isUS === undefined || isUS === wanted.isUS) &&
    (wanted.expiry === undefined || expiry?.startsWith(wanted.expiry) === true)
  );
}

const mostTold = 5;

function told(listings: readonly Listing[]): string {
  const each = listings.slice(0, mostTold).map(({ conid, name, exchange, expiry }) => {
    const where = [name, exchange, expiry].filter((part) => part !== undefined && part !== '').join(', ');
    return `${conid} (${where})`;
  });
  const more = listings.length - each.length;
  return each.join(' or ') + (more > 0 ? ` or ${more} more` : '');
}

async function stocks(caller: Caller, symbol: string, _: string, options: CallOptions): Promise<Listing[]> {
  const found = await contracts(caller).getStockBySymbol({ symbols: symbol }, options);
  return Object.values(found)
    .flat()
    .flatMap(({ name = '', contracts: listings = [] }) =>
      listings.flatMap(({ conid, exchange = '', isUS = false }) =>
        conid === undefined ? [] : [{ conid, name, exchange, isUS }],
      ),
    );
}

async function futures(caller: Caller, symbol: string, _: string, options: CallOptions): Promise<Listing[]> {
  const found = await contracts(caller).getFutureBySymbol({ symbols: symbol }, options);
  return Object.values(found)
    .flat()
    .flatMap(({ conid, symbol: name = '', expirationDate }) =>
      conid === undefined ? [] : [{ conid, name, exchange: '', expiry: String(expirationDate ?? '') }],
    );
}

/** Everything else, by IBKR’s search. Without a hit that answers an object instead of a list. */
async function searched(
  caller: Caller,
  symbol: string,
  secType: string,
  options: CallOptions,
): Promise<Listing[]> {
  const query = { symbol, secType: secType as 'IND' };
  const found: unknown = await contracts(caller).getContractSymbols(query, options);
  if (!Array.isArray(found)) return [];
  return (found as SecdefSearchResponse).flatMap(({ conid, companyName, description, sections = [] }) =>
    conid !== undefined && sections.some((section) => section.secType === secType)
      ? [{ conid: Number(conid), name: companyName ?? '', exchange: description ?? '' }]
      : [],
  );
}
