// Every operation the brokerage answers itself; the rest of the contract is answered from its own examples.
import type { Handler, Handlers } from '../call.ts';
import { currencyHandlers } from './contracts/currencies.ts';
import { definitionHandlers } from './contracts/definitions.ts';
import { ruleHandlers } from './contracts/rules.ts';
import { scheduleHandlers } from './contracts/schedules.ts';
import { searchHandlers } from './contracts/search.ts';
import { historyHandlers } from './market/history.ts';
import { scannerHandlers } from './market/scanner.ts';
import { snapshotHandlers } from './market/snapshot.ts';
import { alertHandlers } from './notices/alert-requests.ts';
import { fyiHandlers } from './notices/fyi.ts';
import { watchlistHandlers } from './notices/watchlists.ts';
import { placingHandlers } from './orders/placing.ts';
import { orderHandlers } from './orders/showing.ts';
import { accountHandlers } from './portfolio/accounts.ts';
import { allocationHandlers } from './portfolio/allocation.ts';
import { fundHandlers } from './portfolio/funds.ts';
import { ledgerHandlers } from './portfolio/ledger.ts';
import { performanceHandlers } from './portfolio/performance.ts';
import { positionHandlers } from './portfolio/positions.ts';
import { profitHandlers } from './portfolio/profit.ts';
import { summaryHandlers } from './portfolio/summary.ts';
import { Refusal } from './refusal.ts';

const topics: Handlers[] = [
  accountHandlers,
  searchHandlers,
  ruleHandlers,
  definitionHandlers,
  scheduleHandlers,
  currencyHandlers,
  snapshotHandlers,
  historyHandlers,
  scannerHandlers,
  placingHandlers,
  orderHandlers,
  positionHandlers,
  ledgerHandlers,
  summaryHandlers,
  fundHandlers,
  profitHandlers,
  allocationHandlers,
  performanceHandlers,
  alertHandlers,
  watchlistHandlers,
  fyiHandlers,
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
