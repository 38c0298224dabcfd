// What instruments cost now.

import type { Define } from '../commands.ts';
import { column, type Row } from '../report.ts';
import { quoteFields, snapshot } from '../snapshot.ts';
import { conidOf, symbolOptions, type SymbolFlags } from '../symbol.ts';

const columns = [
  column('symbol'),
  column('conid'),
  column('last', 'price'),
  column('bid', 'price'),
  column('bid_size', 'amount'),
  column('ask', 'price'),
  column('ask_size', 'amount'),
  column('volume', 'amount'),
];

export const define: Define = (command, open) => {
  symbolOptions(command.argument('<symbols...>', 'symbols or conids')).action(
    async (symbols: string[], flags: SymbolFlags) => {
      const cli = open();
      const conids: number[] = [];
      for (const symbol of symbols) conids.push(await conidOf(cli, symbol, flags));
      const found = await snapshot(cli, conids);
      const rows = symbols.map((symbol, at) => quote(symbol, conids[at] ?? 0, found.get(conids[at] ?? 0)));
      // One symbol is one object, as it always was
      cli.output.print({ data: rows.length === 1 ? rows[0] : rows, rows, columns });
    },
  );
};

function quote(symbol: string, conid: number, row: Row = {}): Row {
  const values = Object.entries(quoteFields).map(([name, field]): [string, unknown] => [
    name,
    row[field] ?? null,
  ]);
  return { symbol, conid, ...(Object.fromEntries(values) as Row) };
}
