// What became of an order, and IBKR's questions on the way: confirmed by --confirm, asked on a terminal, handed back otherwise.

import type { Command } from 'commander';
import type { ConfirmPolicy, OrderOutcome, OrderQuestion } from 'bezant-client';
import type { Cli } from './cli.ts';
import { ask, canAsk } from './confirm.ts';
import { Refusal } from './failure.ts';
import { column, rowsOf } from './report.ts';

export interface SendFlags {
  readonly yes?: boolean;
  readonly account?: string;
  readonly confirm?: readonly string[];
}

export function sendOptions(command: Command): Command {
  return command
    .option('-y, --yes', 'send it without asking')
    .option('--account <account>', 'BEZANT_ACCOUNT, or the only one there is')
    .option('--confirm <ids>', "IBKR's questions to confirm: o163,o354 or all", (text) => text.split(','));
}

export function policyOf(cli: Cli, { confirm = [] }: SendFlags): ConfirmPolicy {
  return async (question) => {
    if (confirm.includes('all')) return true;
    const { messageIds } = question;
    if (messageIds.length > 0 && messageIds.every((id) => confirm.includes(id))) return true;
    return canAsk(cli) && ask(cli, `${questionText(question)}\nConfirm?`);
  };
}

/** Prints what was placed; anything else is an end of its own. */
export async function tellOutcome(cli: Cli, outcome: OrderOutcome): Promise<void> {
  if (outcome.kind === 'submitted') {
    const { orders, confirmed } = outcome;
    cli.output.print({ data: { orders, confirmed }, rows: rowsOf(orders), columns });
    return;
  }
  if (outcome.kind === 'question' && !canAsk(cli)) throw unanswered(outcome.question);
  if (outcome.kind === 'question') await outcome.answer(false);
  const hint = 'IBKR has forgotten it. Place it again to change your mind.';
  throw new Refusal('unconfirmed', 'withdrawn', 'Withdrawn: the order was not placed.', hint);
}

const columns = [column('orderId'), column('status')];

function unanswered(question: OrderQuestion): Refusal {
  const { id, messageIds, messages } = question;
  const next = `\`bezant orders reply ${id} --yes\` confirms it, at once`;
  const nextTime = messageIds.length === 0 ? '' : `; --confirm ${messageIds.join(',')} does so the next time`;
  const message = `IBKR asks, and the order waits: ${questionText(question)}`;
  return new Refusal('unconfirmed', 'question', message, `${next}${nextTime}.`, {
    replyId: id,
    messageIds,
    messages,
  });
}

function questionText({ messages, messageIds }: OrderQuestion): string {
  const text = messages.join(' ').replaceAll(/\s+/g, ' ').trim();
  return messageIds.length === 0 ? text : `${text} (${messageIds.join(', ')})`;
}
