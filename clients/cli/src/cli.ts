// What every command is given: where to ask, where to tell, and when to stop.

import type { Client } from 'bezant-client';
import { resolveAccount } from './account.ts';
import { Refusal } from './failure.ts';
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
  /** A path as it is, and its answer as it comes. */
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
}

/** Flags are known when a command begins. */
export function createCli(io: Io, flags: GlobalFlags): Cli {
  const settings = readSettings(flags, io.env);
  const output = createOutput(io, { format: flags.output, pretty: flags.pretty ?? false });
  let opened: Promise<Door> | undefined;
  const door = (): Promise<Door> => (opened ??= openDoor(settings));
  const client = async (): Promise<Client> => (await door()).client;
  return {
    io,
    settings,
    output,
    client,
    account: (given) => resolveAccount(given ?? settings.account, client, io.signal),
    async get(path, headers = {}) {
      const { apiKey, url } = settings;
      const authorization = apiKey === undefined ? undefined : { authorization: `Bearer ${apiKey}` };
      const { fetch } = await door();
      const root = url.replace(/\/+$/, '').replace(/\/v1\/(api|portal)$/, '');
      const signal = AbortSignal.any([io.signal, AbortSignal.timeout(getTimeoutMs)]);
      const init = { headers: { ...authorization, ...headers }, redirect: 'manual', signal } as const;
      return fetch(root + path, init).catch((cause: unknown): never => {
        io.signal.throwIfAborted();
        throw unanswered(cause, url);
      });
    },
  };
}

const getTimeoutMs = 10_000;

function unanswered(cause: unknown, url: string): Refusal {
  const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = reason instanceof Error && 'code' in reason ? String(reason.code) : String(reason);
  const hint = 'Is it running? BEZANT_URL or --url names another address.';
  return new Refusal('unreachable', 'unreachable', `${url} does not answer (${code}).`, hint);
}

interface Door {
  readonly client: Client;
  readonly fetch: typeof fetch;
}

async function openDoor(settings: Settings): Promise<Door> {
  const { server, url, apiKey } = settings;
  const { createClient } = await import('bezant-client');
  if (server === 'bezant') return { client: createClient({ server, baseUrl: url, apiKey }), fetch };
  const { createGatewayFetch } = await import('./gateway-fetch.ts');
  const gatewayFetch = createGatewayFetch(url, settings);
  return { client: createClient({ server, baseUrl: url, fetch: gatewayFetch }), fetch: gatewayFetch };
}
