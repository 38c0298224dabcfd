// The orders of today. IBKR's first answer in a session may say nothing, and says so (`snapshot: false`): bezant asks again
// by itself, and before the Gateway we do.

import type { Cli } from './cli.ts';
import { isRow, rowsOf, type Row } from './report.ts';
import { sleep } from './sleep.ts';

/** IBKR Web API documentation, pacing limits: /iserver/account/orders once in five seconds. */
const pacedMs = 5_000;

export async function liveOrders(cli: Cli, accountId: string): Promise<readonly Row[]> {
  const { signal } = cli.io;
  const { orders } = await cli.client();
  const ask = async (): Promise<Row> => {
    const answer: unknown = await orders.getOpenOrders({ accountId }, { signal });
    return isRow(answer) ? answer : { orders: answer };
  };
  let answer = await ask();
  if (
    cli.settings.server === 'gateway' &&
    answer['snapshot'] === false &&
    rowsOf(answer['orders']).length === 0
  ) {
    cli.output.progress('IBKR is looking the orders up …');
    await sleep(pacedMs, signal);
    answer = await ask();
  }
  return rowsOf(answer['orders']);
}
