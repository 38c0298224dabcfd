// Placing and changing orders. IBKR may answer an order with a question, and the answer to that with another; the order does
// not exist until all of them are confirmed. Which ones may be is the caller's policy, by message id; without one, none.

import type { Caller, CallOptions } from './call.ts';
import { BezantError, invalidArgument } from './errors.ts';
import type { SingleOrderSubmissionRequest } from './generated/models.ts';
import { orders } from './generated/orders.ts';
import { isRecord } from './refusal.ts';

export type OrderTicket = SingleOrderSubmissionRequest;

export interface OrderQuestion {
  /** What to reply to. */
  readonly id: string;
  /** IBKR’s ids of what it asks, such as o163 for a price far from the market. */
  readonly messageIds: readonly string[];
  /** In IBKR’s words, without markup. */
  readonly messages: readonly string[];
}

/** The message ids that may be confirmed, or a function that decides. A question with any other id is handed back. */
export type ConfirmPolicy = readonly string[] | ((question: OrderQuestion) => boolean | Promise<boolean>);

export interface OrderOptions extends CallOptions {
  readonly confirm?: ConfirmPolicy | undefined;
}

export interface SubmittedOrder {
  readonly orderId: string;
  readonly status: string;
}

export type OrderOutcome =
  | {
      readonly kind: 'submitted';
      readonly orders: readonly SubmittedOrder[];
      /** What was confirmed on the way. */
      readonly confirmed: readonly OrderQuestion[];
    }
  | {
      readonly kind: 'question';
      readonly question: OrderQuestion;
      readonly confirmed: readonly OrderQuestion[];
      /** At once, and before any other order: IBKR forgets the question otherwise. False withdraws the order. */
      answer(confirmed: boolean): Promise<OrderOutcome>;
    }
  | { readonly kind: 'withdrawn'; readonly confirmed: readonly OrderQuestion[] };

/** IBKR asks three or four times at most; a chain without end is handed back. */
const maxRounds = 20;

/** Several tickets are one bracket or one-cancels-all group. Rejects with `rejected` when IBKR will not have it. */
export function placeOrder(
  caller: Caller,
  accountId: string,
  ticket: OrderTicket | readonly OrderTicket[],
  options: OrderOptions = {},
): Promise<OrderOutcome> {
  const tickets = Array.isArray(ticket) ? (ticket as readonly OrderTicket[]) : [ticket as OrderTicket];
  return walk(caller, options, [], (call) =>
    orders(caller).submitNewOrder(accountId, { orders: [...tickets] }, call),
  );
}

/** The ticket repeats every member of the order, changed or not. */
export function modifyOrder(
  caller: Caller,
  accountId: string,
  orderId: string | number,
  ticket: OrderTicket,
  options: OrderOptions = {},
): Promise<OrderOutcome> {
  return walk(caller, options, [], (call) =>
    orders(caller).modifyOpenOrder(accountId, orderId, ticket, call),
  );
}

/** Answers a question by its id alone, whoever placed the order. */
export async function answerQuestion(
  caller: Caller,
  questionId: string,
  isConfirmed: boolean,
  options: OrderOptions = {},
): Promise<OrderOutcome> {
  const reply = (call: CallOptions): Promise<unknown> =>
    orders(caller).confirmOrderReply(questionId, { confirmed: isConfirmed }, call);
  if (isConfirmed) return walk(caller, options, [], reply);
  await reply(options);
  return { kind: 'withdrawn', confirmed: [] };
}

/** That it is asked for is not that it is done: the order is cancelled when its events say so. */
export async function cancelOrder(
  caller: Caller,
  accountId: string,
  orderId: string | number,
  options?: CallOptions,
): Promise<void> {
  // IBKR Web API documentation, cancel order
  if (String(orderId).trim() === '-1') {
    throw invalidArgument(
      'order -1 means every open order; if that is meant, call orders.cancelOpenOrder(accountId, -1)',
    );
  }
  const answer: unknown = await orders(caller).cancelOpenOrder(accountId, orderId, undefined, options);
  if (isRecord(answer) && typeof answer['error'] === 'string') throw refusal(answer);
}

async function walk(
  caller: Caller,
  options: OrderOptions,
  before: readonly OrderQuestion[],
  first: (call: CallOptions) => Promise<unknown>,
): Promise<OrderOutcome> {
  const { confirm = [], ...call } = options;
  const confirmed = [...before];
  const reply = (id: string, yes: boolean): Promise<unknown> =>
    orders(caller).confirmOrderReply(id, { confirmed: yes }, call);
  for (let answer = await first(call); ;) {
    const read = readAnswer(answer);
    if ('orders' in read) return { kind: 'submitted', orders: read.orders, confirmed };
    const { question } = read;
    if (confirmed.length >= maxRounds || !(await mayConfirm(confirm, question))) {
      return {
        kind: 'question',
        question,
        confirmed,
        async answer(yes) {
          if (yes) return walk(caller, options, [...confirmed, question], () => reply(question.id, true));
          await reply(question.id, false);
          return { kind: 'withdrawn', confirmed };
        },
      };
    }
    answer = await reply(question.id, true);
    confirmed.push(question);
  }
}

async function mayConfirm(confirm: ConfirmPolicy, question: OrderQuestion): Promise<boolean> {
  if (typeof confirm === 'function') return confirm(question);
  return question.messageIds.length > 0 && question.messageIds.every((id) => confirm.includes(id));
}

/** All of it comes with status 200. */
export function readAnswer(
  answer: unknown,
): { readonly orders: readonly SubmittedOrder[] } | { readonly question: OrderQuestion } {
  if (isRecord(answer)) throw refusal(answer);
  const rows = Array.isArray(answer) ? answer.filter(isRecord) : [];
  const asked = rows.find((row) => typeof row['id'] === 'string' && row['message'] !== undefined);
  if (asked !== undefined) {
    const messages = texts(asked['message']).map(withoutMarkup);
    return { question: { id: String(asked['id']), messageIds: texts(asked['messageIds']), messages } };
  }
  const refused = rows.find((row) => typeof row['error'] === 'string');
  if (refused !== undefined) throw refusal(refused);
  const placed = rows.flatMap(({ order_id: id, order_status: status }) =>
    typeof id === 'string' || typeof id === 'number'
      ? [{ orderId: String(id), status: typeof status === 'string' ? status : '' }]
      : [],
  );
  if (placed.length > 0) return { orders: placed };
  throw new BezantError('bad-answer', 'IBKR’s answer to the order is none that is known.', {
    body: answer,
    hint: 'Whether the order exists is unknown: look it up before sending it again.',
  });
}

function refusal(answer: Readonly<Record<string, unknown>>): BezantError {
  const said = answer['error'] ?? answer['text'] ?? answer['message'];
  const message = typeof said === 'string' ? withoutMarkup(said) : 'IBKR will not have the order.';
  // A question is gone as soon as another order is placed, or some minutes have passed
  if (/reply id not found/i.test(message)) {
    const hint = 'The question has lapsed and the order with it. Look for the order before placing it again.';
    return new BezantError('not-found', message, { body: answer, status: 200, hint });
  }
  const kind = /not found|doesn't exist/i.test(message) ? 'not-found' : 'rejected';
  return new BezantError(kind, message, { body: answer, status: 200 });
}

function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.filter((each) => typeof each === 'string');
}

function withoutMarkup(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/[ \t]+/g, ' ')
    .trim();
}
