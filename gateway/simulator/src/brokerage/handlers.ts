// Every operation the brokerage answers itself; the rest of the contract is answered from its own examples.
import type { Handler, Handlers } from '../call.ts';
import { definitionHandlers } from './contracts/definitions.ts';
import { historyHandlers } from './market/history.ts';
import { snapshotHandlers } from './market/snapshot.ts';
import { placingHandlers } from './orders/placing.ts';
import { orderHandlers } from './orders/showing.ts';
import { accountHandlers } from './portfolio/accounts.ts';
import { fundHandlers } from './portfolio/funds.ts';
import { ledgerHandlers } from './portfolio/ledger.ts';
import { positionHandlers } from './portfolio/positions.ts';
import { profitHandlers } from './portfolio/profit.ts';
import { summaryHandlers } from './portfolio/summary.ts';
import { Refusal } from './refusal.ts';

const topics: Handlers[] = [
  accountHandlers,
  definitionHandlers,
  snapshotHandlers,
  historyHandlers,
  placingHandlers,
  orderHandlers,
  positionHandlers,
  ledgerHandlers,
  summaryHandlers,
  fundHandlers,
  profitHandlers,
];

export const handlers: Handlers = Object.fromEntries(
  topics.flatMap((topic) => Object.entries(topic).map(([id, handler]) => [id, refusing(handler)])),
);

/** A refusal thrown anywhere below is the answer. */
function refusing(handler: Handler): Handler {
  return (call, world) => {
    try {
      return handler(call, world);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };
}
