// What has happened, from bezant's store, and with --follow what happens next. One event a line.

import type { BezantEvent, EventTopic } from 'bezant-client';
import { Argument } from 'commander';
import type { Cli } from '../cli.ts';
import type { Define } from '../commands.ts';
import { UsageError } from '../failure.ts';
import { follow, needsBezant } from '../follow.ts';
import { countOption, sinceOption } from '../event-options.ts';
import { createLines } from '../lines.ts';
import { conidOf } from '../symbol.ts';
import { anyEvent, anyRow } from '../watched.ts';

const topics = ['orders', 'trades', 'pnl', 'marketdata', 'notifications', 'session', 'gap'] as const;
/** Profit comes every second, and quotes only for who names them. */
const standardTopics: readonly EventTopic[] = ['orders', 'trades', 'notifications', 'session'];
const pageSize = 1000;

interface Flags {
  readonly since?: number | 'now';
  readonly count?: number;
  readonly follow?: boolean;
  readonly raw?: boolean;
  readonly symbol?: readonly string[];
}

export const define: Define = (command, open) => {
  command
    .addArgument(new Argument('[topics...]', 'all but pnl and marketdata unless named').choices(topics))
    .addOption(sinceOption('begin after this cursor; 0 is everything kept'))
    .option('-f, --follow', 'and go on with what happens next, until Ctrl-C')
    .option('--symbol <symbols...>', 'with marketdata: symbols or conids')
    .option('--raw', "with IBKR's frame, in JSON")
    .addOption(countOption())
    .action(async (given: EventTopic[], flags: Flags) => {
      const cli = open();
      needsBezant(cli);
      const named = given.length === 0 ? standardTopics : given;
      const conids: number[] = [];
      for (const symbol of flags.symbol ?? []) conids.push(await conidOf(cli, symbol));
      if (named.includes('marketdata') && conids.length === 0) {
        throw new UsageError('marketdata of what?', 'Add --symbol AAPL.');
      }
      const lines = createLines(cli.output, anyEvent);
      const tell = (event: BezantEvent): void => lines.add(event, anyRow(event));
      const { count, raw, since = flags.follow === true ? 'now' : 0 } = flags;
      if (flags.follow === true) return follow(cli, named, { since, count, conids, raw }, tell);
      const found = await kept(cli, named, { since: since === 'now' ? 0 : since, conids, raw, count });
      for (const event of found.slice(0, count)) tell(event);
      if (found.length === 0 && cli.output.format === 'table') cli.output.write('Nothing has happened.\n');
    });
};

interface KeptOptions {
  readonly since: number;
  readonly conids: readonly number[];
  readonly raw: boolean | undefined;
  /** No more than so many of a topic. */
  readonly count: number | undefined;
}

/** Everything after the cursor, page after page, in the order it happened. */
async function kept(
  cli: Cli,
  named: readonly EventTopic[],
  { since, conids, raw, count = Infinity }: KeptOptions,
): Promise<BezantEvent[]> {
  const client = await cli.client();
  const seen = new Map<number, BezantEvent>();
  const sources = named.flatMap((topic): { topic: EventTopic; conid: number | undefined }[] =>
    topic === 'marketdata' ? conids.map((conid) => ({ topic, conid })) : [{ topic, conid: undefined }],
  );
  for (const { topic, conid } of sources) {
    for (let after = since, left = count; ; left -= pageSize) {
      const query = { since: after, limit: Math.min(pageSize, left), conid, raw };
      const request = { method: 'GET', path: `/events/${topic}`, own: true, read: true, query };
      const page = await client.call<Page | undefined>(request, { signal: cli.io.signal });
      for (const event of page?.events ?? []) seen.set(event.cursor, event);
      if (page === undefined || page.events.length < pageSize || left <= pageSize) break;
      after = page.next_cursor;
      cli.output.progress(`Reading events … ${seen.size}`);
    }
  }
  cli.output.clear();
  return [...seen.values()].sort((one, other) => one.cursor - other.cursor);
}

interface Page {
  readonly events: readonly BezantEvent[];
  readonly next_cursor: number;
}
