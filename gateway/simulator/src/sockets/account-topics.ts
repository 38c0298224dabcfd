// spl: profit and loss. ssd: the account summary. sld: the ledger, where a currency that did not change sends its
// key alone (IBKR Web API documentation, account ledger).
import { summaryFigures } from '../brokerage/portfolio/summary.ts';
import { ledger } from '../brokerage/portfolio/ledger.ts';
import { profits } from '../brokerage/portfolio/profit.ts';
import { toList, toText } from '../brokerage/reading.ts';
import type { Account } from '../brokerage/portfolio/book.ts';
import type { Request } from './frame.ts';
import { repeat, type Connection, type Topic } from './subscription.ts';

const PROFIT_MS = 1_000;
const SUMMARY_MS = 10_000;

export const accountTopics: Record<string, Topic> = {
  spl: {
    brokerage: false,
    run: (connection) => {
      const stop = repeat(connection.clock, PROFIT_MS, () =>
        connection.send({ topic: 'spl', args: profits(connection.world) }),
      );
      connection.keep('spl', { brokerage: false, stop });
    },
  },
  upl: { brokerage: false, run: (connection) => void connection.drop('spl') },
  ssd: { brokerage: false, run: subscribeSummary },
  usd: {
    brokerage: false,
    run: (connection, { targets }) => {
      connection.drop(`ssd+${targets[0] ?? ''}`);
      connection.send({ result: 'unsubscribed from summary' });
    },
  },
  sld: { brokerage: false, run: subscribeLedger },
  uld: {
    brokerage: false,
    run: (connection, { targets }) => {
      connection.drop(`sld+${targets[0] ?? ''}`);
      connection.send({ result: 'unsubscribed from ledger' });
    },
  },
};

/** The ledger's fields as this topic spells them, by their REST names. */
const ledgerNames: Record<string, string> = {
  acctcode: 'acctCode',
  cashbalance: 'cashBalance',
  cashbalancefxsegment: 'cashBalanceFXSegment',
  commoditymarketvalue: 'commodityMarketValue',
  corporatebondsmarketvalue: 'corporateBondsMarketValue',
  dividends: 'dividends',
  exchangerate: 'exchangeRate',
  funds: 'funds',
  futuremarketvalue: 'futureMarketValue',
  interest: 'interest',
  issueroptionsmarketvalue: 'issuerOptionsMarketValue',
  moneyfunds: 'moneyFunds',
  netliquidationvalue: 'netLiquidationValue',
  realizedpnl: 'realizedPnl',
  secondkey: 'secondKey',
  settledcash: 'settledCash',
  severity: 'severity',
  stockmarketvalue: 'stockMarketValue',
  stockoptionmarketvalue: 'optionMarketValue',
  tbillsmarketvalue: 'tBillsMarketValue',
  tbondsmarketvalue: 'tBondsMarketValue',
  unrealizedpnl: 'unrealizedPnl',
  warrantsmarketvalue: 'warrantsMarketValue',
};

function subscribeSummary(connection: Connection, { targets, args, head }: Request): void {
  const account = accountOf(connection, targets);
  if (account === undefined) return;
  const { keys, fields } = wishes(args);
  const stop = repeat(connection.clock, SUMMARY_MS, () => {
    const timestamp = connection.clock.now();
    const result = summaryFigures(connection.world, account)
      .filter(({ key }) => keys.length === 0 || keys.includes(key))
      .map(({ key, amount, currency, value }) => ({
        key,
        timestamp,
        ...chosen(
          { ...(value === null ? { monetaryValue: amount, currency } : { value }), severity: 0 },
          fields,
        ),
      }));
    connection.send({ result, topic: head });
  });
  connection.keep(head, { brokerage: false, stop });
}

function subscribeLedger(connection: Connection, { targets, args, head }: Request): void {
  const account = accountOf(connection, targets);
  if (account === undefined) return;
  const { keys, fields } = wishes(args);
  const last = new Map<string, string>();
  const stop = repeat(connection.clock, SUMMARY_MS, () => {
    const result = Object.entries(ledger(connection.world, account)).flatMap(([currency, row]) => {
      const key = `LedgerList${currency}`;
      if (keys.length > 0 && !keys.includes(key)) return [];
      const named = Object.entries(ledgerNames).map(([rest, name]) => [name, row[rest]] as const);
      const content = chosen(Object.fromEntries(named), fields);
      const before = last.get(key);
      last.set(key, JSON.stringify(content));
      const { timestamp } = row;
      return [before === JSON.stringify(content) ? { key, timestamp } : { ...content, key, timestamp }];
    });
    connection.send({ result, topic: head });
  });
  connection.keep(head, { brokerage: false, stop });
}

function accountOf({ world }: Connection, targets: string[]): Account | undefined {
  return world.accounts.find(({ id }) => id === targets[0]);
}

function wishes(args: Request['args']): { keys: string[]; fields: string[] } {
  const texts = (value: unknown): string[] => toList(value).flatMap((text) => toText(text) ?? []);
  return { keys: texts(args?.keys), fields: texts(args?.fields) };
}

function chosen(content: Record<string, unknown>, fields: string[]): Record<string, unknown> {
  if (fields.length === 0) return content;
  return Object.fromEntries(Object.entries(content).filter(([name]) => fields.includes(name)));
}
