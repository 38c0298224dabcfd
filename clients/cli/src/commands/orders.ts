// An account's orders of today, and everything that is done with one.

import { withAccount } from '../account.ts';
import type { Define } from '../commands.ts';
import { liveOrders } from '../live-orders.ts';
import { column } from '../report.ts';
import { defineCancel, defineModify, defineReply } from './order-change.ts';
import { definePlace, definePreview } from './order-place.ts';

const columns = [
  column('orderId'),
  column('ticker'),
  column('side'),
  column('totalSize', 'number'),
  column('filledQuantity', 'number'),
  column('status'),
  column('orderType'),
  column('price', 'price', { drops: true }),
  column('timeInForce', 'text', { title: 'tif', drops: true }),
];

const steps = [
  { name: 'place', summary: 'place an order', define: definePlace },
  { name: 'preview', summary: 'what an order would cost', define: definePreview },
  { name: 'modify', summary: 'change an open order', define: defineModify },
  { name: 'cancel', summary: 'take an order back', define: defineCancel },
  { name: 'reply', summary: "answer IBKR's question about an order", define: defineReply },
];

export const define: Define = (command, open) => {
  command.argument('[account]', 'BEZANT_ACCOUNT, or the only one there is').action(async (given?: string) => {
    const cli = open();
    const rows = await withAccount(cli, given, (accountId) => liveOrders(cli, accountId));
    cli.output.print({ data: rows, rows, columns, empty: 'The account has no orders today.' });
  });
  for (const { name, summary, define: defineStep } of steps) {
    defineStep(command.command(name).summary(summary).description(summary), open);
  }
};
