// Orders in two steps: the preview gives a token for this very order, and the placing takes it once. Where the client can ask
// its user, the user is asked; IBKR's questions are put to somebody, never answered here.

import type { Clock } from '../../clock.ts';
import type { Accounts } from '../accounts.ts';
import type { Ask } from '../calls.ts';
import { ToolFault } from '../fault.ts';
import { known, plain, record, type Json } from '../reading.ts';
import type { ToolAnswer, ToolCaller, Tools } from '../tool.ts';
import { statusOf } from '../tools/orders.ts';
import { readOrderAnswer } from './answers.ts';
import { createPending } from './pending.ts';
import { preview, type Order, type Previewed } from './preview.ts';
import { sendOnce } from './sending.ts';
import { bodyOf, differences, ticketOf } from './ticket.ts';

/** Long enough to ask somebody, short enough for the price still to mean something. */
const previewMs = 120_000;
/** IBKR drops a question that is not answered at once; how soon is not documented. */
const questionMs = 60_000;

export function orderingTools(deps: { ask: Ask; accounts: Accounts; clock: Clock }): Tools {
  const { ask, accounts, clock } = deps;
  const previews = createPending<Previewed>({ clock, lifetimeMs: previewMs });
  const questions = createPending<Order>({ clock, lifetimeMs: questionMs });

  async function place(args: Json, caller: ToolCaller): Promise<ToolAnswer> {
    const token = String(args['preview_token']);
    const previewed = previews.find(caller.principal, token);
    if (previewed === null)
      throw new ToolFault(
        'preview_unknown',
        'This preview_token is unknown, used or too old.',
        'Call preview_order again.',
      );
    const differing = differences(ticketOf(args).stated, previewed.ticket.stated);
    if (differing.length > 0)
      throw new ToolFault(
        'order_differs',
        `This is not the order that was previewed: ${differing.join(', ')} differs.`,
        'Call preview_order with the order that is meant.',
      );
    // The same call comes again with what the user said to IBKR's question.
    if (previewed.wasSent) return answerQuestion(previewed, caller, true);

    if (caller.canAsk) {
      const key = `order-${token.slice(0, 8)}`;
      const said = caller.said(key);
      if (said === null)
        return { ask: { key, message: `${previewed.sentence}. Cost: ${previewed.cost}. Send it?` } };
      if (said === 'no') {
        previews.drop(token);
        return { json: { status: 'declined', next_step: 'The user declined; nothing was sent.' } };
      }
    }
    // From here on the token is used, whatever comes of it.
    previewed.wasSent = true;
    if (!caller.canAsk) previews.drop(token);
    return submit(previewed, caller);
  }

  async function submit(previewed: Previewed, caller: ToolCaller): Promise<ToolAnswer> {
    const { ticket, orderRef } = previewed;
    const { accountId, orderId } = ticket;
    const answer = await sendOnce(
      () =>
        orderId === null
          ? ask(caller, 'submitNewOrder', {
              params: { accountId },
              body: { orders: [bodyOf(ticket, orderRef)] },
            })
          : ask(caller, 'modifyOpenOrder', { params: { accountId, orderId }, body: bodyOf(ticket, null) }),
      orderId === null ? 'the order' : 'the change',
      whereToLook(orderRef, orderId),
    );
    return outcome(answer, previewed, caller);
  }

  function outcome(answer: unknown, order: Order, caller: ToolCaller): Promise<ToolAnswer> {
    const read = readOrderAnswer(answer);
    const order_ref = order.orderRef ?? undefined;
    if (read.kind === 'taken') {
      order.question = null;
      const json = known({
        status: 'placed',
        order_id: read.orderId,
        order_status: read.status,
        order_ref,
        next_step: 'Follow it with order_status, or with events of the topic orders.',
      });
      return Promise.resolve({ json });
    }
    order.question = read;
    questions.add(caller.principal, order, read.replyId);
    if (caller.canAsk) return answerQuestion(order, caller, true);
    const json = known({
      status: 'question',
      question_id: read.replyId,
      messages: read.messages,
      order_ref,
      next_step:
        'The order waits. Show the question to the user and call answer_order_question within a minute.',
    });
    return Promise.resolve({ json });
  }

  /** Has the user agree, where the client can ask. */
  async function answerQuestion(order: Order, caller: ToolCaller, confirmed: boolean): Promise<ToolAnswer> {
    const { question } = order;
    if (question === null)
      throw new ToolFault('preview_used', 'This order was sent already.', whereToLook(order.orderRef, null));
    const { replyId, messages } = question;
    let isAgreed = confirmed;
    if (caller.canAsk && confirmed) {
      const key = `question-${replyId}`;
      const said = caller.said(key);
      if (said === null)
        return {
          ask: { key, message: `IBKR asks about ${order.sentence}: ${messages.join(' ')} Continue?` },
        };
      isAgreed = said === 'yes';
    }
    order.question = null;
    const answer = await sendOnce(
      () => ask(caller, 'confirmOrderReply', { params: { replyId }, body: { confirmed: isAgreed } }),
      'the answer to its question',
      `it may no longer have waited for one; ${whereToLook(order.orderRef, null)}`,
    ).catch((error: unknown) => {
      // IBKR says to a "no" that the order was not confirmed, as a refusal.
      if (!isAgreed && error instanceof ToolFault && error.code === 'ibkr_refused') return null;
      throw error;
    });
    if (isAgreed) return outcome(answer, order, caller);
    return {
      json: { status: 'declined', next_step: 'The question was declined; the order was not placed.' },
    };
  }

  return {
    preview_order: (args, caller) => preview({ ask, accounts, previews }, args, caller),
    place_order: place,

    async answer_order_question(args, caller) {
      const questionId = String(args['question_id']);
      const order = questions.find(caller.principal, questionId);
      const open = order?.question?.replyId;
      // A client that asks its user calls again with the first question's id when IBKR has put another one.
      const isOpen = open === questionId || (open !== undefined && caller.said(`question-${open}`) !== null);
      if (order === null || !isOpen)
        throw new ToolFault(
          'question_unknown',
          'There is no such question, or it is answered or too old.',
          'See list_orders; if the order is not there, call preview_order again.',
        );
      return answerQuestion(order, caller, args['confirmed'] === true);
    },

    async cancel_order(args, caller) {
      const accountId = await accounts.resolve(caller, args['account_id']);
      const orderId = args['order_id'];
      if (caller.canAsk) {
        const key = `cancel-${String(orderId)}`;
        const said = caller.said(key);
        if (said === null) {
          const order = await statusOf(ask, caller, orderId);
          return {
            ask: { key, message: `Cancel order ${String(orderId)} (${String(order['description'])})?` },
          };
        }
        if (said === 'no')
          return { json: { order_id: orderId, message: 'The user declined; the order stays.' } };
      }
      const answer = record(
        await sendOnce(
          () => ask(caller, 'cancelOpenOrder', { params: { accountId, orderId } }),
          'the cancellation',
          `order_status ${String(orderId)} tells whether the order still works.`,
        ),
      );
      return {
        json: known({
          order_id: orderId,
          message: plain(answer['msg']) ?? 'IBKR has taken the request.',
          next_step: 'The order is gone when order_status says Cancelled.',
        }),
      };
    },
  };
}

const whereToLook = (orderRef: string | null, orderId: number | null): string =>
  orderRef === null
    ? `look at the order with ${orderId === null ? 'list_orders' : `order_status ${orderId}`} first.`
    : `look for order_ref ${orderRef} in list_orders (all: true) first.`;
