// Cash, margin and value of an account. IBKR gives some 140 figures, each with its currency, most of them once more for each
// segment of the account: securities (-s), commodities (-c) and so on.

import { withAccount } from '../account.ts';
import type { Define } from '../commands.ts';
import { formatted } from '../format.ts';
import { column, isRow, type Row } from '../report.ts';

const columns = [column('field'), column('value', 'money'), column('currency')];
const ofSegment = /-[a-z]$/;

export const define: Define = (command, open) => {
  command
    .argument('[account]', 'BEZANT_ACCOUNT, or the only one there is')
    .option('--all', 'each segment of the account too, in tables')
    .action(async (given: string | undefined, { all = false }: { all?: boolean }) => {
      const cli = open();
      const { portfolio } = await cli.client();
      const data = await withAccount(cli, given, (accountId): Promise<unknown> =>
        portfolio.getPortfolioSummary(accountId, { signal: cli.io.signal }),
      );
      const rows = (isRow(data) ? figures(data) : []).filter(({ field }) => all || !ofSegment.test(field));
      cli.output.print({ data, rows, columns, empty: 'IBKR has no figures.' });
    });
};

function figures(summary: Row): (Row & { field: string })[] {
  return Object.entries(summary).flatMap(([field, figure]) => {
    if (!isRow(figure)) return [{ field, value: formatted(figure, 'text'), currency: null }];
    const { amount, value, currency, isNull } = figure;
    if (isNull === true) return [];
    // What is no amount is a text, and has 0 as its amount
    return [value === null || value === undefined ? { field, value: amount, currency } : { field, value }];
  });
}
