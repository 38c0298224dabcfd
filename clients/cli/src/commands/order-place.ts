// An order, and what it would cost.

import type { OrderTicket } from 'bezant-client';
import type { Command } from 'commander';
import { withAccount } from '../account.ts';
import type { Cli } from '../cli.ts';
import { confirm } from '../confirm.ts';
import { UsageError } from '../failure.ts';
import { policyOf, sendOptions, tellOutcome, type SendFlags } from '../order-outcome.ts';
import { column, isRow, type Row } from '../report.ts';
import { conidOf, symbolOptions, type SymbolFlags } from '../symbol.ts';
import { positive, readTickets, ticketOptions, ticketText, toTicket, type TicketFlags } from '../ticket.ts';

interface OrderFlags extends SymbolFlags, TicketFlags {
  readonly account?: string;
  readonly ticket?: string;
}

function orderArguments(command: Command): Command {
  command
    .argument('[side]', 'buy or sell')
    .argument('[quantity]', 'how many')
    .argument('[symbol]', 'a symbol or a conid')
    .option('--id <id>', 'your own id of the order (cOID)')
    .option('--ticket <file>', "IBKR's own JSON instead, for brackets and the rest; - is stdin");
  return symbolOptions(ticketOptions(command));
}

export function definePlace(command: Command, open: () => Cli): void {
  sendOptions(orderArguments(command)).action(
    async (side?: string, quantity?: string, symbol?: string, flags: OrderFlags & SendFlags = {}) => {
      const cli = open();
      const { tickets, text } = await ordered(cli, side, quantity, symbol, flags);
      const accountId = await cli.account(flags.account);
      await confirm(cli, `${text} in ${accountId}`, flags.yes === true);
      const client = await cli.client();
      const options = { confirm: policyOf(cli, flags), signal: cli.io.signal };
      const outcome = await withAccount(cli, accountId, () => client.placeOrder(accountId, tickets, options));
      await tellOutcome(cli, outcome);
    },
  );
}

export function definePreview(command: Command, open: () => Cli): void {
  orderArguments(command)
    .option('--account <account>', 'BEZANT_ACCOUNT, or the only one there is')
    .action(async (side?: string, quantity?: string, symbol?: string, flags: OrderFlags = {}) => {
      const cli = open();
      const { tickets } = await ordered(cli, side, quantity, symbol, flags);
      const { orders } = await cli.client();
      const data = await withAccount(cli, flags.account, (accountId): Promise<unknown> =>
        orders.previewMarginImpact(accountId, { orders: tickets }, { signal: cli.io.signal }),
      );
      const preview = isRow(data) ? data : {};
      cli.output.print({ data, rows: effects(preview), columns: effectColumns });
      for (const warning of warnings(preview)) cli.output.note(`IBKR warns: ${warning}`);
    });
}

async function ordered(
  cli: Cli,
  side: string | undefined,
  quantity: string | undefined,
  symbol: string | undefined,
  flags: OrderFlags,
): Promise<{ tickets: OrderTicket[]; text: string }> {
  if (flags.ticket !== undefined) {
    if (side !== undefined)
      throw new UsageError('--ticket is the whole order.', 'Leave side and symbol away.');
    const tickets = readTickets(flags.ticket);
    return { tickets, text: tickets.map((ticket) => ticketText(ticket)).join(', ') };
  }
  const meant = side?.toUpperCase();
  if (meant !== 'BUY' && meant !== 'SELL') {
    throw new UsageError(`${side === undefined ? 'The side is missing' : `"${side}" is no side`}.`, example);
  }
  if (quantity === undefined || symbol === undefined) {
    throw new UsageError(
      `${quantity === undefined ? 'Quantity and symbol are' : 'The symbol is'} missing.`,
      example,
    );
  }
  const count = quantityOf(quantity);
  // What is wrong with the prices needs no call to be seen
  toTicket({ conid: 0, side: meant, quantity: count }, flags);
  const conid = await conidOf(cli, symbol, flags);
  const ticket = toTicket({ conid, side: meant, quantity: count }, flags);
  return {
    tickets: [ticket],
    text: ticketText(ticket, /^\d+$/.test(symbol) ? undefined : symbol.toUpperCase()),
  };
}

const example = 'Such as `bezant orders place buy 10 AAPL --limit 180`.';

function quantityOf(text: string): number {
  try {
    return positive(text);
  } catch {
    throw new UsageError(`"${text}" is no quantity.`, example);
  }
}

const effectColumns = [
  column('what', 'text', { title: '' }),
  column('current', 'text', { alignsRight: true }),
  column('change', 'text', { alignsRight: true }),
  column('after', 'text', { alignsRight: true }),
];

/** Amounts come as text with their currency. */
function effects(preview: Row): Row[] {
  const amounts = isRow(preview['amount']) ? preview['amount'] : {};
  return [
    ...['amount', 'commission', 'total'].map((what) => ({ what, change: amounts[what] })),
    ...['position', 'equity', 'initial', 'maintenance'].map((what) => ({
      what: what === 'initial' || what === 'maintenance' ? `${what} margin` : what,
      ...(isRow(preview[what]) ? preview[what] : {}),
    })),
  ];
}

function warnings({ warns, warn, error }: Row): string[] {
  const list: unknown[] = Array.isArray(warns) ? warns : [warn];
  // IBKR numbers them: `21/The price exceeds …`
  return [...list, error].flatMap((text) =>
    typeof text === 'string' && text !== '' ? [text.replace(/^\d+\//, '').replaceAll(/\s+/g, ' ')] : [],
  );
}
