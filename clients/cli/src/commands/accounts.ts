// The accounts of this login.

import type { Define } from '../commands.ts';
import { column, rowsOf } from '../report.ts';

const columns = ['accountId', 'accountTitle', 'currency', 'type'].map((key) => column(key));

export const define: Define = (command, open) => {
  command.action(async () => {
    const { client, output, io } = open();
    const data = await (await client()).portfolio.getAllAccounts({ signal: io.signal });
    output.print({ data, rows: rowsOf(data), columns, empty: 'IBKR lists no account.' });
  });
};
