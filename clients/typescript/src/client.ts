// The whole client: every area of IBKR's API and what bezant adds, over one transport.

import type { Caller, CallOptions } from './call.ts';
import { createConidOf, type ConidOf } from './conid.ts';
import { invalidArgument } from './errors.ts';
import {
  events,
  headCursor,
  type BezantEvent,
  type CursorExpired,
  type EventOptions,
  type EventTopic,
} from './events.ts';
import { areas, type Areas } from './generated/areas.ts';
import type { IndividualPosition } from './generated/models.ts';
import { health, type Health } from './health.ts';
import { startKeepalive, type Keepalive, type KeepaliveOptions } from './keepalive.ts';
import type { WebSocketClass } from './live-connection.ts';
import { startLive, type Live, type LiveOptions } from './live.ts';
import {
  cancelOrder,
  modifyOrder,
  placeOrder,
  type OrderOptions,
  type OrderOutcome,
  type OrderTicket,
} from './order.ts';
import { positions } from './positions.ts';
import type { Server } from './server.ts';
import { createTransport, type Transport, type TransportOptions } from './transport.ts';

export interface ClientOptions extends TransportOptions {
  /** What answers at `baseUrl`; bezant unless said otherwise. */
  readonly server?: Server | undefined;
  /** For `live`, instead of the global one. */
  readonly WebSocket?: WebSocketClass | undefined;
}

export interface Client extends Caller, Areas {
  /** How the session is; rejects with `login-required` when nobody is logged in. */
  health(options?: CallOptions): Promise<Health>;
  /** Keeps the session alive until it is stopped. bezant does that by itself. */
  keepalive(options?: KeepaliveOptions): Keepalive;
  /** Every position of an account, whatever the number. */
  positions(accountId: string, options?: CallOptions): Promise<IndividualPosition[]>;
  /** The contract a symbol means, picked only where there is no doubt; see ConidOptions. */
  readonly conidOf: ConidOf;
  /** Places an order and answers IBKR's questions as the policy says; without one they are handed back. */
  placeOrder(
    accountId: string,
    ticket: OrderTicket | readonly OrderTicket[],
    options?: OrderOptions,
  ): Promise<OrderOutcome>;
  /** Changes an open order; the ticket repeats all of it. */
  modifyOrder(
    accountId: string,
    orderId: string | number,
    ticket: OrderTicket,
    options?: OrderOptions,
  ): Promise<OrderOutcome>;
  /** Asks for the cancellation of one order. */
  cancelOrder(accountId: string, orderId: string | number, options?: CallOptions): Promise<void>;
  /** The cursor of now: taken before an order is placed, events after it tell all about it. bezant only. */
  headCursor(options?: CallOptions): Promise<number>;
  /** What happens to orders, trades and so on, from a cursor on, without end and without holes. bezant only. */
  events(
    topics: EventTopic | readonly EventTopic[],
    options?: EventOptions,
  ): AsyncGenerator<BezantEvent | CursorExpired, void, undefined>;
  /** IBKR's WebSocket, connected again and subscribed anew whenever it breaks. */
  live(options?: LiveOptions): Live;
}

export function createClient(options: ClientOptions = {}): Client {
  const { server = 'bezant' } = options;
  const transport = createTransport(options);
  const parts = areas(transport);
  // IBKR wants it before orders; bezant makes it by itself
  const firstCall = async ({ signal, timeoutMs }: CallOptions = {}): Promise<void> => {
    if (server === 'gateway') await parts.accounts.getBrokerageAccounts({ signal, timeoutMs });
  };
  return {
    ...parts,
    call: transport.call,
    health: (call) => health(transport, server, call),
    keepalive: (keepalive) => startKeepalive(transport, keepalive, transport.time),
    positions: (accountId, call) => positions(transport, accountId, server, call),
    conidOf: createConidOf(transport),
    async placeOrder(accountId, ticket, order) {
      await firstCall(order);
      return placeOrder(transport, accountId, ticket, order);
    },
    async modifyOrder(accountId, orderId, ticket, order) {
      await firstCall(order);
      return modifyOrder(transport, accountId, orderId, ticket, order);
    },
    async cancelOrder(accountId, orderId, call) {
      await firstCall(call);
      return cancelOrder(transport, accountId, orderId, call);
    },
    headCursor: (call) => headCursor(transport, server, call),
    events: (topics, reading) => events(transport, server, topics, reading),
    live: (live) =>
      startLive(
        {
          url: socketUrl(transport),
          WebSocket: options.WebSocket ?? globalWebSocket(),
          time: transport.time,
          beforeSubscribing: (signal) => firstCall({ signal }),
          keepalive: server === 'gateway' ? 'tic' : null,
        },
        live,
      ),
  };
}

/** A WebSocket takes no headers in a browser, so a key goes into its address. */
function socketUrl({ root, apiKey }: Transport): string {
  const key = apiKey === undefined ? '' : `?key=${encodeURIComponent(apiKey)}`;
  return `${root.replace(/^http/, 'ws')}/v1/api/ws${key}`;
}

function globalWebSocket(): WebSocketClass {
  if (typeof globalThis.WebSocket === 'function') return globalThis.WebSocket;
  throw invalidArgument(
    'this runtime has no WebSocket: give createClient one, such as that of the package ws',
  );
}
