// Orders, trades, profit or prices as they change.

import { Argument } from 'commander';
import type { Cli } from '../cli.ts';
import type { Define } from '../commands.ts';
import { UsageError } from '../failure.ts';
import { follow, needsBezant } from '../follow.ts';
import { createLines } from '../lines.ts';
import { countOption, sinceOption } from '../event-options.ts';
import type { Row } from '../report.ts';
import { conidOf, symbolOptions, type SymbolFlags } from '../symbol.ts';
import { watched } from '../watched.ts';

interface Flags extends SymbolFlags {
  readonly since?: number | 'now';
  readonly count?: number;
}

export const define: Define = (command, open) => {
  command
    .addArgument(new Argument('<what>', 'what to watch').choices(Object.keys(watched)))
    .argument('[symbols...]', 'with quotes: symbols or conids')
    .addOption(sinceOption('begin after this cursor; 0 is everything kept').default('now'))
    .addOption(countOption());
  symbolOptions(command).action(async (what: string, symbols: string[], flags: Flags) => {
    const cli = open();
    needsBezant(cli);
    const kind = watched[what];
    if (kind === undefined) return;
    const names = await named(cli, what, symbols, flags);
    const lines = createLines(cli.output, kind.columns);
    const known = new Map<string, Row>();
    const { since = 'now', count } = flags;
    if (cli.io.stdout.isTTY) cli.output.note(`Watching ${[what, ...symbols].join(' ')}. Ctrl-C ends it.`);
    await follow(cli, [kind.topic], { since, count, conids: [...names.keys()] }, (event) => {
      if (event.topic === 'gap') {
        if (cli.output.format === 'json') lines.add(event, {});
        return;
      }
      const key = kind.keyOf(event);
      const payload = { ...known.get(key), ...event.payload };
      known.set(key, payload);
      const symbol = names.get(event.conid ?? 0);
      const row = { ...kind.rowOf(event, payload), ...(symbol !== undefined && { symbol }) };
      lines.add(event, { time: event.received_at, ...row });
    });
  });
};

async function named(
  cli: Cli,
  what: string,
  symbols: readonly string[],
  flags: SymbolFlags,
): Promise<ReadonlyMap<number, string>> {
  const isQuotes = what === 'quotes';
  if (isQuotes && symbols.length === 0) {
    throw new UsageError('Which quotes?', 'Such as `bezant watch quotes AAPL KO`.');
  }
  if (!isQuotes && symbols.length > 0) {
    throw new UsageError(
      `${what} are watched whole, without ${symbols.join(' ')}.`,
      `Use \`bezant watch ${what}\`.`,
    );
  }
  const names = new Map<number, string>();
  for (const symbol of symbols) names.set(await conidOf(cli, symbol, flags), symbol.toUpperCase());
  return names;
}
