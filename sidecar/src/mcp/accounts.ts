// Which account is meant. A login with one account needs no name for it, and a wrong name is answered with the right ones
// instead of with what IBKR says about accounts that it does not know.

import type { Ask, Caller } from './calls.ts';
import { ToolFault } from './fault.ts';
import { records, text } from './reading.ts';

export interface Accounts {
  /** The id given, or the only one there is. */
  resolve(caller: Caller, given: unknown): Promise<string>;
}

export function createAccounts(deps: { ask: Ask; epoch: () => number }): Accounts {
  let remembered: { epoch: number; ids: readonly string[] } | null = null;

  async function list(caller: Caller): Promise<readonly string[]> {
    if (remembered !== null && remembered.epoch === deps.epoch()) return remembered.ids;
    const epoch = deps.epoch();
    const rows = records(await deps.ask(caller, 'getAllAccounts'));
    const ids = rows.flatMap((row) => text(row['accountId']) ?? text(row['id']) ?? []);
    remembered = { epoch, ids };
    return ids;
  }

  return {
    async resolve(caller, given) {
      const wanted = text(given);
      const ids = await list(caller);
      const [only] = ids;
      if (wanted === undefined && only !== undefined && ids.length === 1) return only;
      if (wanted !== undefined && ids.includes(wanted)) return wanted;
      const problem =
        wanted === undefined
          ? 'This login has several accounts, and account_id says which one is meant.'
          : `This login has no account ${wanted}.`;
      throw new ToolFault('wrong_account', problem, `Its accounts: ${ids.join(', ') || 'none'}.`);
    },
  };
}
