// The first step of an order: IBKR's own check of it, shown, and a token for exactly this order.

import { randomBytes } from 'node:crypto';
import type { Accounts } from '../accounts.ts';
import type { Ask } from '../calls.ts';
import { ToolFault } from '../fault.ts';
import { known, record, text, texts, type Json } from '../reading.ts';
import type { ToolAnswer, ToolCaller } from '../tool.ts';
import { isWorking, statusOf } from '../tools/orders.ts';
import type { Pending } from './pending.ts';
import { bodyOf, changesOf, sentence, ticketOf, type Ticket } from './ticket.ts';

/** An order on its way: what it is, and the question of IBKR's that it waits for. */
export interface Order {
  readonly sentence: string;
  readonly orderRef: string | null;
  question: { readonly replyId: string; readonly messages: readonly string[] } | null;
}

export interface Previewed extends Order {
  readonly ticket: Ticket;
  readonly cost: string;
  wasSent: boolean;
}

export interface PreviewDeps {
  ask: Ask;
  accounts: Accounts;
  previews: Pending<Previewed>;
}

export async function preview(deps: PreviewDeps, args: Json, caller: ToolCaller): Promise<ToolAnswer> {
  const { ask, accounts, previews } = deps;
  const ticket = ticketOf(args);
  await accounts.resolve(caller, ticket.accountId);
  const symbol = await symbolOf(ask, ticket, caller);
  const changes = ticket.orderId === null ? undefined : await changesTo(ask, ticket, caller);
  // IBKR Web API documentation, what-if: a snapshot of the contract comes first. Without prices it is still a preview.
  await ask(caller, 'getMdSnapshot', { params: { conids: ticket.conid, fields: '31,84,86' } }).catch(
    () => null,
  );
  const params = { accountId: ticket.accountId };
  const body = { orders: [bodyOf(ticket, null)] };
  const whatIf = record(await ask(caller, 'previewMarginImpact', { params, body }));
  const shown = sentence(ticket, symbol);
  const answer = previewOf(whatIf);
  const errors = answer['errors'];
  const isRefused = Array.isArray(errors) && errors.length > 0;
  const head = { order: shown, ...answer, changes };
  if (isRefused)
    return {
      json: known({ ...head, next_step: 'IBKR would refuse this order: correct it and preview again.' }),
    };
  if (!caller.mayOrder)
    return {
      json: known({ ...head, next_step: 'Orders are not allowed for this client, so it ends here.' }),
    };
  const { key, expiresMs } = previews.add(caller.principal, {
    ticket,
    sentence: shown,
    cost: [text(answer['total']), text(answer['commission'])]
      .map((part) => part ?? '?')
      .join(', commission '),
    orderRef: ticket.orderId === null ? `mcp-${randomBytes(9).toString('base64url')}` : null,
    wasSent: false,
    question: null,
  });
  return {
    json: known({
      ...head,
      preview_token: key,
      expires_at: new Date(expiresMs).toISOString(),
      next_step:
        'Show this to the user; when the user agrees, call place_order with the same arguments and the token.',
    }),
  };
}

async function symbolOf(ask: Ask, { conid }: Ticket, caller: ToolCaller): Promise<string> {
  const details = record(await ask(caller, 'getInstrumentInfo', { params: { conid } }));
  const symbol = text(details['local_symbol']) ?? text(details['symbol']);
  if (symbol !== undefined) return symbol;
  throw new ToolFault(
    'unknown_contract',
    `IBKR knows no contract ${conid}.`,
    'Find it with search_contracts.',
  );
}

/** A changed order must still be the same one: IBKR changes neither contract nor side, and nor may a slip. */
async function changesTo(ask: Ask, ticket: Ticket, caller: ToolCaller): Promise<string[]> {
  const order = await statusOf(ask, caller, ticket.orderId);
  const wrong = (['conid', 'side', 'account_id'] as const).filter(
    (name) => order[name] !== undefined && order[name] !== ticket.stated[name],
  );
  if (wrong.length > 0)
    throw new ToolFault(
      'wrong_order',
      `Order ${String(ticket.orderId)} has another ${wrong.join(' and ')}: ${String(order['description'])}.`,
      'Find the right order with list_orders.',
    );
  if (!isWorking(order))
    throw new ToolFault(
      'wrong_order',
      `Order ${String(ticket.orderId)} is ${String(order['status'])}.`,
      'Nothing of it can be changed.',
    );
  return changesOf(ticket, order);
}

/** The texts of IBKR's what-if, which come with a number before them: `23/…`. */
function previewOf(whatIf: Json): Json {
  const amount = record(whatIf['amount']);
  const after = (name: string): string | undefined => text(record(whatIf[name])['after']);
  const several = (one: string, many: string): string[] => {
    const all = [...texts(whatIf[many] ?? []), ...texts(whatIf[one] ?? [])];
    return [...new Set(all.map((each) => each.replace(/^\d+\//, '')))];
  };
  const warnings = several('warn', 'warns');
  const errors = several('error', 'errors');
  return known({
    amount: text(amount['amount']),
    commission: text(amount['commission']),
    total: text(amount['total']),
    equity_after: after('equity'),
    initial_margin_after: after('initial'),
    maintenance_margin_after: after('maintenance'),
    position_after: after('position'),
    warnings: warnings.length === 0 ? undefined : warnings,
    errors: errors.length === 0 ? undefined : errors,
  });
}
