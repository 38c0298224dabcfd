// The package's face. An area alone, for a small bundle, is at bezant-client/areas/….

export { createClient, type Client, type ClientOptions } from './client.ts';
export { createTransport, type Transport, type TransportOptions } from './transport.ts';
export type { ApiRequest, Caller, CallOptions } from './call.ts';
export { BezantError, type ErrorDetails, type ErrorKind, type Fault } from './errors.ts';
export { health, type Health } from './health.ts';
export { startKeepalive, type Keepalive, type KeepaliveOptions } from './keepalive.ts';
export { createConidOf, type ConidOf, type ConidOptions, type Listing } from './conid.ts';
export {
  answerQuestion,
  modifyOrder,
  placeOrder,
  type ConfirmPolicy,
  type OrderOptions,
  type OrderOutcome,
  type OrderQuestion,
  type OrderTicket,
  type SubmittedOrder,
} from './order.ts';
export {
  events,
  headCursor,
  type BezantEvent,
  type CursorExpired,
  type EventOptions,
  type EventTopic,
} from './events.ts';
export {
  startLive,
  type Live,
  type LiveOptions,
  type LiveState,
  type LiveSubscription,
  type OnFrame,
} from './live.ts';
export type { WebSocketClass, WebSocketLike } from './live-connection.ts';
export type { Frame, LiveArguments } from './live-topics.ts';
export { positionPages, positions } from './positions.ts';
export type { Server } from './server.ts';
export type { Time } from './time.ts';
export type * from './generated/models.ts';
