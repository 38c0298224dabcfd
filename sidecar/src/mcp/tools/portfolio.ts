// Accounts, their money, their positions and how they did.

import { positionPages } from '../../request/position-pages.ts';
import type { Accounts } from '../accounts.ts';
import type { Ask } from '../calls.ts';
import { known, number, record, records, text, whole, type Json } from '../reading.ts';
import type { Tools } from '../tool.ts';

/** Ours, and IBKR's name of the same figure. */
const figures = {
  net_liquidation: 'netliquidation',
  total_cash: 'totalcashvalue',
  settled_cash: 'settledcash',
  buying_power: 'buyingpower',
  available_funds: 'availablefunds',
  excess_liquidity: 'excessliquidity',
  initial_margin: 'initmarginreq',
  maintenance_margin: 'maintmarginreq',
  gross_position_value: 'grosspositionvalue',
} as const;

export function portfolioTools(deps: { ask: Ask; accounts: Accounts }): Tools {
  const { ask, accounts } = deps;
  return {
    async list_accounts(_args, caller) {
      const rows = records(await ask(caller, 'getAllAccounts'));
      return {
        json: {
          accounts: rows.map((row) =>
            known({
              account_id: text(row['accountId']) ?? text(row['id']),
              title: text(row['accountTitle']),
              alias: text(row['accountAlias']),
              type: text(row['type']),
              currency: text(row['currency']),
            }),
          ),
        },
      };
    },

    async account_summary(args, caller) {
      const accountId = await accounts.resolve(caller, args['account_id']);
      const params = { accountId };
      const summary = record(await ask(caller, 'getPortfolioSummary', { params }));
      const ledger = record(await ask(caller, 'getPortfolioLedger', { params }));
      const amounts = Object.entries(figures).map(([name, theirs]) => [
        name,
        number(record(summary[theirs])['amount']),
      ]);
      return {
        json: known({
          account_id: accountId,
          currency: text(record(summary['netliquidation'])['currency']),
          ...(Object.fromEntries(amounts) as Json),
          cash: Object.entries(ledger)
            .filter(([currency]) => currency !== 'BASE')
            .map(([currency, entry]) => cashOf(currency, record(entry))),
        }),
      };
    },

    async positions(args, caller) {
      const accountId = await accounts.resolve(caller, args['account_id']);
      const all = await positionPages(
        (pageId) => ask(caller, 'getPaginatedPositions', { params: { accountId, pageId } }),
        (page) => (Array.isArray(page) ? page : null),
      );
      const rows = records('rows' in all ? all.rows : [])
        .map(positionOf)
        .filter((row) => row['position'] !== 0)
        .sort((one, other) => size(other) - size(one));
      const offset = whole(args['offset']) ?? 0;
      const end = offset + (whole(args['limit']) ?? 100);
      return {
        json: known({
          account_id: accountId,
          positions: rows.slice(offset, end),
          total: rows.length,
          next_offset: end < rows.length ? end : undefined,
        }),
      };
    },

    async pnl(_args, caller) {
      const { upnl } = record(await ask(caller, 'getPnl'));
      return {
        json: { accounts: Object.entries(record(upnl)).map(([key, row]) => profitOf(key, record(row))) },
      };
    },

    async performance(args, caller) {
      const accountId = await accounts.resolve(caller, args['account_id']);
      const answer = record(
        await ask(caller, 'getSinglePerformancePeriod', {
          body: { acctIds: [accountId], period: args['period'] },
        }),
      );
      return { json: performanceOf(accountId, answer) };
    },
  };
}

const cashOf = (currency: string, entry: Json): Json =>
  known({
    currency,
    cash: number(entry['cashbalance']),
    net_liquidation: number(entry['netliquidationvalue']),
    exchange_rate: number(entry['exchangerate']),
  });

function positionOf(row: Json): Json {
  return known({
    conid: whole(row['conid']),
    symbol: text(row['ticker']) ?? text(row['contractDesc']),
    name: text(row['name']) ?? text(row['contractDesc']),
    sec_type: text(row['assetClass']),
    currency: text(row['currency']),
    position: number(row['position']),
    market_price: number(row['mktPrice']),
    market_value: number(row['mktValue']),
    average_cost: number(row['avgCost']),
    unrealized_pnl: number(row['unrealizedPnl']),
    realized_pnl: number(row['realizedPnl']),
  });
}

const size = (row: Json): number => Math.abs(number(row['market_value']) ?? 0);

/** The key is the account with a model after a dot: `U1234567.Core`. */
function profitOf(key: string, row: Json): Json {
  const [account_id, model] = key.split('.');
  return known({
    account_id,
    model: model === 'Core' ? undefined : model,
    daily: number(row['dpl']),
    unrealized: number(row['upl']),
    net_liquidation: number(row['nl']),
    market_value: number(row['mv']),
    excess_liquidity: number(row['uel']) ?? number(row['el']),
  });
}

function performanceOf(accountId: string, { nav, cps }: Json): Json {
  const mine = (part: unknown): Json =>
    records(record(part)['data']).find(({ id }) => id === accountId) ??
    records(record(part)['data'])[0] ??
    {};
  const values = mine(nav);
  const navs = values['navs'];
  const returns = mine(cps)['returns'];
  const total = Array.isArray(returns) ? number(returns.at(-1)) : undefined;
  return known({
    account_id: accountId,
    currency: text(values['baseCurrency']),
    from: day(values['start']),
    to: day(values['end']),
    start_value: number(record(values['startNAV'])['val']),
    end_value: Array.isArray(navs) ? number(navs.at(-1)) : undefined,
    return_percent: total === undefined ? undefined : Math.round(total * 1e6) / 1e4,
  });
}

/** `20260302` → `2026-03-02` */
const day = (value: unknown): string | undefined => text(value)?.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
