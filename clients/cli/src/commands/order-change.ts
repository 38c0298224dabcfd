// An order that stands: changing it, taking it back, answering what IBKR asks about it.

import { answerQuestion } from 'bezant-client';
import type { Command } from 'commander';
import { withAccount } from '../account.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { Refusal, UsageError } from '../failure.ts';
import { policyOf, sendOptions, tellOutcome, type SendFlags } from '../order-outcome.ts';
import { column, isRow, type Row } from '../report.ts';
import {
  changedTicket,
  positive,
  readTickets,
  ticketOptions,
  ticketText,
  type TicketFlags,
} from '../ticket.ts';

interface ModifyFlags extends TicketFlags, SendFlags {
  readonly quantity?: number;
  readonly ticket?: string;
}

export function defineModify(command: Command, open: () => Cli): void {
  command
    .argument('<orderId>')
    .option('--quantity <number>', 'how many altogether', positive)
    .option('--ticket <file>', "IBKR's own JSON of the whole order instead; - is stdin");
  sendOptions(ticketOptions(command)).action(async (orderId: string, flags: ModifyFlags) => {
    const cli = open();
    checkOrderId(orderId);
    const client = await cli.client();
    const { signal } = cli.io;
    const given = flags.ticket === undefined ? undefined : readTickets(flags.ticket)[0];
    if (given === undefined && !isAnyChange(flags)) {
      throw new UsageError('There is nothing to change.', 'Add --limit, --stop, --quantity or --tif.');
    }
    const status: Row = given === undefined ? await statusOf(cli, orderId) : {};
    const ticket = given ?? changedTicket(status, flags);
    const account = flags.account ?? (typeof status['account'] === 'string' ? status['account'] : undefined);
    const accountId = await cli.account(account);
    const symbol = typeof status['symbol'] === 'string' ? status['symbol'] : undefined;
    await confirm(
      cli,
      `Change ${orderId} to ${ticketText(ticket, symbol)} in ${accountId}`,
      flags.yes === true,
    );
    const options = { confirm: policyOf(cli, flags), signal };
    const outcome = await withAccount(cli, accountId, () =>
      client.modifyOrder(accountId, orderId, ticket, options),
    );
    await tellOutcome(cli, outcome);
  });
}

export function defineCancel(command: Command, open: () => Cli): void {
  command
    .argument('<orderId>')
    .option('-y, --yes', 'send it without asking')
    .option('--account <account>', 'BEZANT_ACCOUNT, or the only one there is')
    .action(async (orderId: string, flags: SendFlags) => {
      const cli = open();
      checkOrderId(orderId);
      const accountId = await cli.account(flags.account);
      await confirm(cli, `Cancel order ${orderId} in ${accountId}`, flags.yes === true);
      const { orders } = await cli.client();
      const data = await withAccount(cli, accountId, async (): Promise<unknown> =>
        orders.cancelOpenOrder(accountId, orderId, {}, { signal: cli.io.signal }),
      );
      // IBKR says no with status 200 too
      if (isRow(data) && typeof data['error'] === 'string') {
        throw new Refusal('refused', 'rejected', data['error'], 'See what became of it: `bezant orders`.');
      }
      const message = isRow(data) ? data['msg'] : null;
      cli.output.print({ data, rows: [{ orderId, message }], columns: cancelColumns });
    });
}

export function defineReply(command: Command, open: () => Cli): void {
  sendOptions(command.argument('<questionId>', 'as it was told when the order was placed'))
    .option('--withdraw', 'say no: the order is not placed')
    .action(async (questionId: string, flags: SendFlags & { readonly withdraw?: boolean }) => {
      const cli = open();
      const isYes = flags.withdraw !== true;
      await confirm(
        cli,
        `${isYes ? 'Confirm' : 'Withdraw'} the order of question ${questionId}`,
        flags.yes === true,
      );
      const options = { confirm: policyOf(cli, flags), signal: cli.io.signal };
      const outcome = await answerQuestion(await cli.client(), questionId, isYes, options);
      if (outcome.kind === 'withdrawn') cli.output.print({ data: { withdrawn: true } });
      else await tellOutcome(cli, outcome);
    });
}

const cancelColumns = [column('orderId'), column('message')];

/** -1 and 0 are every order at once, at IBKR. */
function checkOrderId(orderId: string): void {
  if (/^[1-9]\d*$/.test(orderId)) return;
  throw new UsageError(`"${orderId}" is no order id.`, '`bezant orders` lists them.');
}

function isAnyChange({ quantity, limit, stop, trail, tif, type, outsideRth }: ModifyFlags): boolean {
  return [quantity, limit, stop, trail, tif, type, outsideRth].some((value) => value !== undefined);
}

async function statusOf(cli: Cli, orderId: string): Promise<Row> {
  const { orders } = await cli.client();
  const status: unknown = await orders.getOrderStatus(orderId, { signal: cli.io.signal });
  if (isRow(status)) return status;
  throw new Refusal('unknown', 'not-found', `IBKR knows no order ${orderId}.`, '`bezant orders` lists them.');
}
