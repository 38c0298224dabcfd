// Symbol → conid.

import type { Define } from '../commands.ts';
import { conidOf, symbolOptions, type SymbolFlags } from '../symbol.ts';

export const define: Define = (command, open) => {
  symbolOptions(command.argument('<symbol>')).action(async (symbol: string, flags: SymbolFlags) => {
    const cli = open();
    cli.output.print({ data: { symbol, conid: await conidOf(cli, symbol, flags) } });
  });
};
