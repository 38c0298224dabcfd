// The portfolio analyst: what today's holdings would have been worth on each day before, as simulated accounts have
// no older history of their own, and the transactions that really happened here.
import type { Handlers } from '../../call.ts';
import { round } from '../figures.ts';
import { lookUp, toFields, toList, toNumber, toText, type Fields } from '../reading.ts';
import { badRequest } from '../refusal.ts';
import { DAY_MS, dayStamp, newYork, newYorkMidnight } from '../times.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { worthAt } from './valuation.ts';

const periods: Record<string, (nowMs: number) => number> = {
  '1D': () => 1,
  '7D': () => 7,
  MTD: (nowMs) => Math.max(newYork(nowMs).day - 1, 1),
  '1M': () => 30,
  '3M': () => 91,
  '6M': () => 182,
  '12M': () => 365,
  YTD: (nowMs) => Math.max(Math.floor((nowMs - Date.UTC(newYork(nowMs).year, 0, 1)) / DAY_MS), 1),
};

export const performanceHandlers: Handlers = {
  getSinglePerformancePeriod: (call, world) => {
    const body = toFields(call.body);
    const accounts = accountsOf(world, body);
    const period = toText(body.period) ?? '12M';
    const days = lookUp(periods, period);
    if (days === undefined) throw badRequest(`period is not valid: ${period}`);
    const count = days(world.clock.now());
    const series = accounts.map((account) => ({ account, ...navs(world, account, count) }));
    const dates = series[0]?.dates ?? [];
    const frame = (account: Account): Record<string, unknown> => ({
      id: account.id,
      idType: 'acctid',
      start: dates[0],
      end: dates.at(-1),
      baseCurrency: 'USD',
    });
    return {
      json: {
        currencyType: 'base',
        rc: 0,
        pm: 'TWR',
        nd: dates.length,
        id: 'getPerformanceData',
        included: accounts.map(({ id }) => id),
        cps: {
          freq: 'D',
          dates,
          data: series.map(({ account, returns }) => ({ ...frame(account), returns })),
        },
        tpps: {
          freq: 'M',
          dates: months(dates),
          data: series.map((one) => ({ ...frame(one.account), returns: byMonth(one) })),
        },
        nav: {
          freq: 'D',
          dates,
          data: series.map(({ account, startNAV, values }) => ({
            ...frame(account),
            startNAV,
            navs: values,
          })),
        },
      },
    };
  },

  getPerformanceAllPeriods: (call, world) => {
    const accounts = accountsOf(world, toFields(call.body));
    const perAccount = accounts.map((account) => {
      const all = Object.entries(periods).map(([period, days]) => {
        const { dates, values, returns, startNAV } = navs(world, account, days(world.clock.now()));
        return [period, { freq: 'D', startNAV, dates, nav: values, cps: returns }] as const;
      });
      const { dates } = navs(world, account, 365);
      return [
        account.id,
        {
          ...Object.fromEntries(all),
          baseCurrency: 'USD',
          start: dates[0],
          end: dates.at(-1),
          periods: Object.keys(periods),
          lastSuccessfulUpdate: new Date(world.clock.now()).toISOString().slice(0, 19).replace('T', ' '),
        },
      ] as const;
    });
    const ids = accounts.map(({ id }) => id);
    return {
      json: {
        pm: 'TWR',
        rc: 0,
        nd: 365,
        id: 'getPerformanceAllPeriods',
        currencyType: 'base',
        view: ids,
        included: ids,
        ...Object.fromEntries(perAccount),
      },
    };
  },

  getTransactions: (call, world) => {
    const body = toFields(call.body);
    const accounts = accountsOf(world, body);
    const conids = toList(body.conids).flatMap((conid) => toNumber(conid) ?? []);
    if (conids.length === 0) throw badRequest('conids needed');
    const nowMs = world.clock.now();
    const days = toNumber(body.days) ?? 90;
    const since = newYorkMidnight(nowMs) - days * DAY_MS;
    const found = accounts
      .flatMap(({ executions }) => executions)
      .filter(({ instrument, atMs }) => conids.includes(instrument.conid) && atMs >= since);
    return {
      json: {
        rc: 0,
        nd: days,
        rpnl: { data: [], amt: '0.0' },
        currency: toText(body.currency) ?? 'USD',
        from: since,
        id: 'getTransactions',
        to: nowMs,
        includesRealTime: true,
        transactions: found.map(({ instrument, side, size, price, atMs, order }) => ({
          cur: instrument.currency,
          date: new Date(newYorkMidnight(atMs)).toUTCString().replace(',', ''),
          rawDate: dayStamp(atMs),
          fxRate: world.market.rate(instrument.currency, 'USD'),
          pr: price,
          qty: side === 'BUY' ? size : -size,
          acctid: order.accountId,
          amt: round((side === 'BUY' ? -1 : 1) * size * price * instrument.multiplier, 2),
          conid: instrument.conid,
          type: side === 'BUY' ? 'Buy' : 'Sell',
          desc: instrument.name,
        })),
      },
    };
  },

  getPerformanceSummary: (call, world) => {
    const accounts = accountsOf(world, toFields(call.body));
    return {
      json: {
        total: Object.fromEntries(
          accounts.map((account) => {
            const { values, startNAV } = navs(world, account, 1);
            return [account.id, { startVal: startNAV.val, endVal: values.at(-1) }];
          }),
        ),
        id: 'getSummary',
      },
    };
  },
};

interface Series {
  dates: string[];
  values: number[];
  /** Since the start of the series. */
  returns: number[];
  startNAV: { date: string; val: number };
}

function navs(world: World, account: Account, days: number): Series {
  const today = newYorkMidnight(world.clock.now());
  const at = (ms: number): number => round(worthAt(world, account, ms), 2);
  const moments = Array.from({ length: days }, (_, index) => today - (days - 1 - index) * DAY_MS).filter(
    (ms) => days === 1 || ![0, 6].includes(newYork(ms + DAY_MS / 2).weekday),
  );
  const firstMs = (moments[0] ?? today) - DAY_MS;
  const val = at(firstMs);
  const values = moments.map(at);
  return {
    dates: moments.map((ms) => dayStamp(ms)),
    values,
    returns: values.map((value) => round(value / val - 1, 8)),
    startNAV: { date: dayStamp(firstMs), val },
  };
}

const months = (dates: string[]): string[] => [...new Set(dates.map((date) => date.slice(0, 6)))];

/** The return within each month. */
function byMonth({ dates, values, startNAV }: Series): number[] {
  let before = startNAV.val;
  return months(dates).map((month) => {
    const end = values[dates.findLastIndex((date) => date.startsWith(month))] ?? before;
    const gain = end / before - 1;
    before = end;
    return round(gain, 8);
  });
}

function accountsOf(world: World, body: Fields): Account[] {
  const ids = toList(body.acctIds).flatMap((id) => toText(id) ?? []);
  if (ids.length === 0) throw badRequest('acctIds needed');
  return ids.map((id) => world.account(id));
}
