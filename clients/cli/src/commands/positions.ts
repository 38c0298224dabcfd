// Every position of an account, whatever their number.

import { withAccount } from '../account.ts';
import type { Define } from '../commands.ts';
import { column, rowsOf } from '../report.ts';

const columns = [
  column('ticker'),
  column('conid'),
  column('position', 'number'),
  column('avgCost', 'price'),
  column('mktPrice', 'price'),
  column('mktValue', 'money'),
  column('currency'),
  // An option has the ticker of its underlying
  column('contractDesc', 'text', { title: 'contract', drops: true }),
  column('unrealizedPnl', 'change', { drops: true }),
];

export const define: Define = (command, open) => {
  command.argument('[account]', 'BEZANT_ACCOUNT, or the only one there is').action(async (given?: string) => {
    const cli = open();
    const client = await cli.client();
    const data = await withAccount(cli, given, (accountId) =>
      client.positions(accountId, { signal: cli.io.signal }),
    );
    cli.output.print({ data, rows: rowsOf(data), columns, empty: 'The account holds nothing.' });
  });
};
