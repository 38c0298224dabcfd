// A symbol or a conid on the command line → the contract. Which of several a symbol means is the client's to know.

import type { Command } from 'commander';
import type { Cli } from './cli.ts';
import { UsageError } from './failure.ts';

export interface SymbolFlags {
  readonly secType?: string;
  readonly exchange?: string;
  readonly name?: string;
  readonly expiry?: string;
}

export function symbolOptions(command: Command): Command {
  return command
    .option('--sec-type <type>', 'what the symbol is: STK (unless said otherwise), IND, FUT, CASH, CRYPTO, …')
    .option('--exchange <exchange>', 'the listing meant, such as LSE')
    .option('--name <text>', "part of the company's name")
    .option('--expiry <month>', 'of a future: YYYYMM or YYYYMMDD');
}

/** A number is a conid already. */
export async function conidOf(cli: Cli, symbol: string, flags: SymbolFlags = {}): Promise<number> {
  if (/^\d+$/.test(symbol)) return Number(symbol);
  const secType = flags.secType?.toUpperCase();
  if (secType === 'OPT' || secType === 'FOP') {
    throw new UsageError(
      'An option has no symbol of its own.',
      'Its conid is found by `bezant call getContractStrikes` and `bezant call getContractInfo`.',
    );
  }
  const client = await cli.client();
  const { exchange, name, expiry } = flags;
  return client.conidOf(symbol, { secType, exchange, name, expiry, signal: cli.io.signal });
}
