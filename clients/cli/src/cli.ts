// What every command is given: where to ask, where to tell, and when to stop.

import type { Client } from 'bezant-client';
import { resolveAccount } from './account.ts';
import { createOutput, type Format, type Output, type Streams } from './output.ts';
import { readSettings, type Env, type Flags, type Settings } from './settings.ts';

export interface Io extends Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly env: Env;
  /** Ctrl-C, or nobody reads any more. */
  readonly signal: AbortSignal;
}

export interface GlobalFlags extends Flags {
  readonly output?: Format;
  readonly pretty?: boolean;
}

export interface Cli {
  readonly io: Io;
  readonly settings: Settings;
  readonly output: Output;
  readonly client: () => Promise<Client>;
  /** The one given, the one set, or the only one there is. */
  readonly account: (given?: string) => Promise<string>;
}

/** Flags are known when a command begins. */
export function createCli(io: Io, flags: GlobalFlags): Cli {
  const settings = readSettings(flags, io.env);
  const output = createOutput(io, { format: flags.output, pretty: flags.pretty ?? false });
  let connected: Promise<Client> | undefined;
  const client = (): Promise<Client> => (connected ??= connect(settings));
  return {
    io,
    settings,
    output,
    client,
    account: (given) => resolveAccount(given ?? settings.account, client, io.signal),
  };
}

async function connect(settings: Settings): Promise<Client> {
  const { server, url, apiKey, timeoutMs } = settings;
  const { createClient } = await import('bezant-client');
  if (server === 'bezant') return createClient({ server, baseUrl: url, apiKey, timeoutMs });
  const { createGatewayFetch } = await import('./gateway-fetch.ts');
  return createClient({ server, baseUrl: url, timeoutMs, fetch: createGatewayFetch(url, settings) });
}
