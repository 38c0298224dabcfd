// Prices of the past, a bar a line.

import type { Define } from '../commands.ts';
import { column, isRow, rowsOf } from '../report.ts';
import { conidOf, symbolOptions, type SymbolFlags } from '../symbol.ts';

const columns = [
  column('t', 'time', { title: 'time' }),
  column('o', 'price', { title: 'open' }),
  column('h', 'price', { title: 'high' }),
  column('l', 'price', { title: 'low' }),
  column('c', 'price', { title: 'close' }),
  column('v', 'number', { title: 'volume' }),
];

interface Flags extends SymbolFlags {
  readonly period: string;
  readonly bar: string;
  readonly outsideRth?: boolean;
}

export const define: Define = (command, open) => {
  symbolOptions(command.argument('<symbol>', 'a symbol or a conid'))
    .option('--period <period>', 'how far back: 30min, 8h, 5d, 4w, 6m, 2y', '1d')
    .option('--bar <bar>', 'one line: 1min, 5min, 1h, 1d, 1w, 1m', '5min')
    .option('--outside-rth', 'trading outside regular hours too')
    .action(async (symbol: string, { period, bar, outsideRth = false, ...flags }: Flags) => {
      const cli = open();
      const conid = await conidOf(cli, symbol, flags);
      const { marketData } = await cli.client();
      const query = { conid, period, bar, outsideRth };
      cli.output.progress(`Reading ${period} of ${symbol} …`);
      const data: unknown = await marketData.getMdHistory(query, { signal: cli.io.signal });
      const rows = rowsOf(isRow(data) ? data['data'] : []);
      cli.output.print({ data, rows, columns, empty: 'IBKR has no prices for that time.' });
    });
};
