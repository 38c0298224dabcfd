// An account's orders of today.

import { withAccount } from '../account.ts';
import type { Define } from '../commands.ts';
import { liveOrders } from '../live-orders.ts';
import { column } from '../report.ts';

const columns = [
  column('orderId'),
  column('ticker'),
  column('side'),
  column('totalSize', 'number'),
  column('filledQuantity', 'number'),
  column('status'),
  column('orderType'),
];

export const define: Define = (command, open) => {
  command.argument('[account]', 'BEZANT_ACCOUNT, or the only one there is').action(async (given?: string) => {
    const cli = open();
    const rows = await withAccount(cli, given, (accountId) => liveOrders(cli, accountId));
    cli.output.print({ data: rows, rows, columns, empty: 'The account has no orders today.' });
  });
};
