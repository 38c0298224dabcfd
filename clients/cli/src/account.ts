// Which account a command is about, and what to say when it is none of this login's. IBKR itself answers a foreign account
// with an empty list, or with an error that names anything but the account.

import type { Client } from 'bezant-client';
import { Refusal } from './failure.ts';

type Connect = () => Promise<Client>;

/** The one given, or the only one there is. */
export async function resolveAccount(
  given: string | undefined,
  client: Connect,
  signal: AbortSignal,
): Promise<string> {
  if (given !== undefined) return given;
  const [only, ...others] = await accountIds(client, signal);
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw new Refusal('unknown', 'not-found', 'IBKR lists no account.', noneHint);
  const message = `There are several accounts: ${[only, ...others].join(', ')}.`;
  throw new Refusal('ambiguous', 'ambiguous', message, 'Name the account, or set BEZANT_ACCOUNT.');
}

const noneHint = 'Is this login allowed to trade? `bezant doctor` looks closer.';

/** Does what is to be done; when that fails or finds nothing, looks whether the account is the reason. */
export async function withAccount<Value>(
  cli: { client: Connect; account: (given?: string) => Promise<string>; io: { signal: AbortSignal } },
  given: string | undefined,
  use: (accountId: string) => Promise<Value>,
): Promise<Value> {
  const { client, io } = cli;
  const accountId = await cli.account(given);
  try {
    const value = await use(accountId);
    if (Array.isArray(value) && value.length === 0) await checkAccount(accountId, client, io.signal);
    return value;
  } catch (error) {
    if (mayBeTheAccount(error)) await checkAccount(accountId, client, io.signal);
    throw error;
  }
}

function mayBeTheAccount(error: unknown): boolean {
  const kind = error instanceof Error && 'kind' in error ? error.kind : undefined;
  return ['not-found', 'bad-request', 'refused', 'unavailable', 'server-fault'].includes(String(kind));
}

async function checkAccount(accountId: string, client: Connect, signal: AbortSignal): Promise<void> {
  const ids: string[] = await accountIds(client, signal).catch(() => []);
  if (ids.length === 0 || ids.includes(accountId)) return;
  const message = `This login has no account ${accountId}.`;
  throw new Refusal('unknown', 'not-found', message, `There is ${ids.join(', ')}.`);
}

async function accountIds(client: Connect, signal: AbortSignal): Promise<string[]> {
  const found = await (await client()).portfolio.getAllAccounts({ signal });
  return found.flatMap(({ accountId, id }) => accountId ?? id ?? []);
}
