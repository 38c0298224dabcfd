// Place, modify, cancel, answer and silence: the requests that change orders. A reject is an error under 200, a
// malformed request is 400 or 500; both as observed and documented for the Web API.
import type { Answer, Handlers } from '../../call.ts';
import { toFields, toFlag, toList, toNumber, toText } from '../reading.ts';
import { badRequest, reject, serverError } from '../refusal.ts';
import { DAY_MS } from '../times.ts';
import type { World } from '../world.ts';
import type { Account } from '../portfolio/book.ts';
import { isOpen, type Order } from './order.ts';
import { touchOf } from './prices.ts';
import { costOf, preview } from './preview.ts';
import { questions, type Situation } from './questions.ts';
import type { Pending } from './replies.ts';
import { parseTicket, type Ticket } from './ticket.ts';

const MAX_SUPPRESSED = 51;

export const placingHandlers: Handlers = {
  submitNewOrder: (call, world) => {
    const account = world.account(call.params.accountId);
    const tickets = readTickets(world, call.body);
    world.replies.discard();
    for (const ticket of tickets) {
      refuseDuplicate(world, ticket);
      refuseOrphan(world, tickets, ticket);
      refuseUnaffordable(world, account, ticket);
    }
    return world.replies.start({
      messages: questionsFor(world, tickets),
      release: () => accepted(world.exchange.submit(account, tickets)),
    });
  },

  previewMarginImpact: (call, world) => {
    const account = world.account(call.params.accountId);
    const [ticket] = readTickets(world, call.body);
    world.replies.discard();
    if (ticket === undefined) throw badRequest('orders needed');
    const [question] = questionsFor(world, [ticket]);
    return { json: preview(world, account, ticket, question?.text ?? null) };
  },

  modifyOpenOrder: (call, world) => {
    world.account(call.params.accountId);
    world.replies.discard();
    const order = findOpen(world, call.params);
    if (Object.keys(toFields(call.body)).length === 0) throw badRequest("body can't be empty");
    const ticket = parseTicket(world, call.body);
    if (ticket.conid !== order.ticket.conid)
      throw reject(`Order ${order.id}: the contract cannot be modified`);
    if (ticket.side !== order.ticket.side) throw reject(`Order ${order.id}: the side cannot be modified`);
    if (ticket.quantity < order.filled) {
      throw reject(
        `Order ${order.id}: ${order.filled} are filled already, the size cannot be ${ticket.quantity}`,
      );
    }
    return world.replies.start({
      messages: questionsFor(world, [ticket]),
      release: () => {
        if (!isOpen(order)) throw unknownOrder(String(order.id));
        world.exchange.modify(order, ticket);
        return accepted([order]);
      },
    });
  },

  cancelOpenOrder: (call, world) => {
    const account = world.account(call.params.accountId);
    world.replies.discard();
    if (call.params.orderId === '-1') {
      const open = world.exchange.orders().filter((order) => order.accountId === account.id && isOpen(order));
      for (const order of open) world.exchange.cancel(order);
      return { json: { msg: 'Request was submitted', order_id: -1, conid: -1, account: null } };
    }
    const order = findOpen(world, call.params);
    world.exchange.cancel(order);
    return { json: { msg: 'Request was submitted', order_id: order.id, conid: -1, account: null } };
  },

  confirmOrderReply: (call, world) => {
    const confirmed = toFields(call.body).confirmed;
    if (confirmed === undefined) throw badRequest('confirmed needed');
    return world.replies.answer(call.params.replyId ?? '', toFlag(confirmed));
  },

  suppressOrderReplies: (call, world) => {
    const messageIds = toList(toFields(call.body).messageIds).flatMap((messageId) => toText(messageId) ?? []);
    if (messageIds.length === 0) throw badRequest('messageIds needed');
    if (messageIds.length > MAX_SUPPRESSED) throw badRequest(`no more than ${MAX_SUPPRESSED} messageIds`);
    world.replies.suppress(messageIds);
    return { json: { status: 'submitted' } };
  },

  resetOrderSuppression: (_call, world) => {
    world.replies.resetSuppressed();
    return { json: { status: 'submitted' } };
  },

  /** The answer to a prompt of the order system; recorded as plain text. */
  ackServerPrompt: (call) => {
    const { orderId, reqId, text } = toFields(call.body);
    if (toNumber(orderId) === undefined || toText(reqId) === undefined || toText(text) === undefined) {
      throw badRequest('orderId, reqId and text are required');
    }
    return { text: 'Success', headers: { 'content-type': 'text/plain; charset=utf-8' } };
  },
};

function readTickets(world: World, body: unknown): Ticket[] {
  const inputs = toList(toFields(body).orders);
  if (body === undefined) throw badRequest("body can't be empty");
  if (inputs.length === 0) throw badRequest('orders needed');
  const tickets = inputs.map((input) => parseTicket(world, input));
  const related = tickets.every(
    (ticket) => ticket.singleGroup || ticket.parentId !== undefined || ticket.localId !== undefined,
  );
  if (tickets.length > 1 && !related)
    throw serverError('Only bracket and OCA orders can be submitted together.');
  return tickets;
}

function refuseDuplicate(world: World, { localId }: Ticket): void {
  const since = world.clock.now() - DAY_MS;
  const known = world.exchange
    .orders()
    .some((order) => order.ticket.localId === localId && order.placedMs > since);
  if (localId !== undefined && known) {
    throw reject(`Order couldn't be submitted: Local order ID=${localId} is already registered.`);
  }
}

function refuseOrphan(world: World, batch: Ticket[], { parentId }: Ticket): void {
  const known = [...batch, ...world.exchange.orders().map(({ ticket }) => ticket)];
  if (parentId !== undefined && !known.some(({ localId }) => localId === parentId)) {
    throw reject(`Order couldn't be submitted: parent order ${parentId} is not found.`);
  }
}

/** A child only closes what its parent opens. */
function refuseUnaffordable(world: World, account: Account, ticket: Ticket): void {
  const { shortfall, available, initial } = costOf(world, account, ticket);
  if (shortfall <= 0 || ticket.parentId !== undefined) return;
  throw reject(
    `YOUR ORDER IS NOT ACCEPTED. Available funds of ${available.toFixed(2)} USD do not cover the initial margin ` +
      `and commission of ${initial.toFixed(2)} USD.`,
  );
}

function questionsFor(world: World, tickets: Ticket[]): Pending['messages'] {
  const situations = tickets.map((ticket): Situation => ({
    ticket,
    touch: touchOf(world.market, ticket),
    hasMarketData: ticket.instrument.subscribed && world.streams.isOpen(ticket.conid),
    value: costOf(world, world.selectedAccount(), ticket).value,
  }));
  return questions.flatMap(({ messageId, applies, text, options, more }) => {
    const situation = situations.find(applies);
    if (situation === undefined) return [];
    return [{ messageId, text: text(situation), options, ...(more && { more }) }];
  });
}

function accepted(orders: Order[]): Answer {
  return {
    json: orders.map(({ id, status }) => ({
      order_id: String(id),
      order_status: status,
      encrypt_message: '1',
    })),
  };
}

function findOpen(world: World, params: Record<string, string>): Order {
  const order = world.exchange.find(Number(params.orderId));
  if (order === undefined || order.accountId !== params.accountId || !isOpen(order))
    throw unknownOrder(params.orderId ?? '');
  return order;
}

function unknownOrder(id: string): Error {
  return reject(`OrderID ${id} doesn't exist`);
}
