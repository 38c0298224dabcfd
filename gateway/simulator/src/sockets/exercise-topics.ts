// Exercising an option by dialogue: `shs` shows what could be exercised, `inp` does it at once. The documented topics
// are only named, so the frames are ours; what counts is that `inp` moves positions.
import { afterTrade, emptyPosition, type Account } from '../brokerage/portfolio/book.ts';
import type { Instrument } from '../brokerage/contracts/instrument.ts';
import { toNumber } from '../brokerage/reading.ts';
import type { Request } from './frame.ts';
import type { Connection, Topic } from './subscription.ts';

export const exerciseTopics: Record<string, Topic> = {
  shs: {
    brokerage: true,
    run: (connection, request) => {
      const option = optionOf(connection, request);
      if (option === undefined) return;
      const { quantity } = heldOf(connection.world.selectedAccount(), option);
      connection.send({
        topic: request.head,
        args: { conid: option.conid, position: quantity, CEX: option.conid },
      });
    },
  },
  inp: {
    brokerage: true,
    run: (connection, request) => {
      const option = optionOf(connection, request);
      const account = connection.world.selectedAccount();
      if (option === undefined || heldOf(account, option).quantity <= 0) return;
      exercise(account, option);
      connection.send({
        topic: request.head,
        args: { conid: option.conid, message: 'Request was submitted' },
      });
    },
  },
};

function optionOf({ world }: Connection, { targets, args }: Request): Instrument | undefined {
  const instrument = world.contracts.find(toNumber(args?.CEX) ?? 0);
  return targets[0] === 'exercise' && instrument?.secType === 'OPT' ? instrument : undefined;
}

function heldOf(account: Account, { conid }: Instrument): { quantity: number } {
  return account.positions.get(conid) ?? emptyPosition(conid);
}

/** All that is held: the options go, the shares come (or go) at the strike. */
function exercise(account: Account, option: Instrument): void {
  const { derivative, multiplier, currency } = option;
  if (derivative === null) return;
  const { quantity } = heldOf(account, option);
  const shares = quantity * multiplier * (derivative.right === 'C' ? 1 : -1);
  const before =
    account.positions.get(derivative.underlyingConid) ?? emptyPosition(derivative.underlyingConid);
  account.positions.set(before.conid, afterTrade(before, shares, derivative.strike, 0).position);
  account.positions.delete(option.conid);
  account.cash.set(currency, (account.cash.get(currency) ?? 0) - shares * derivative.strike);
}
