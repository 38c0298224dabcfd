// One order and the statuses it can have (IBKR Web API documentation, order status).
import type { Ticket } from './ticket.ts';

export type Status =
  'Inactive' | 'PendingSubmit' | 'PreSubmitted' | 'Submitted' | 'Filled' | 'PendingCancel' | 'Cancelled';

export interface Order {
  id: number;
  accountId: string;
  ticket: Ticket;
  status: Status;
  filled: number;
  /** Of what is filled; 0 before the first fill. */
  averagePrice: number;
  lastPrice: number;
  placedMs: number;
  changedMs: number;
  /** The order that must fill first. */
  parent: Order | undefined;
  /** Orders with the same group cancel each other when one fills. */
  group: string | undefined;
  /** Best price seen since it trails, and the stop this gives. */
  trail: { best: number; stop: number } | undefined;
  /** A stop whose price was reached works like its plain order from then on. */
  triggered: boolean;
  reason: string | undefined;
}

export const isOpen = ({ status }: Order): boolean =>
  status === 'PendingSubmit' || status === 'PreSubmitted' || status === 'Submitted';

export const remaining = (order: Order): number => Math.max(order.ticket.quantity - order.filled, 0);
