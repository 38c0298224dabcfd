// smd: quotes. The first frame comes twice and whole, later ones carry what changed (observed). smh: bars, once.
// sbd: depth, first all rows, then those that changed.
import { history } from '../brokerage/market/history.ts';
import { fieldSource, frame, mark } from '../brokerage/market/snapshot.ts';
import { fieldValues } from '../brokerage/market/fields.ts';
import { decimals, toTick } from '../brokerage/figures.ts';
import type { Instrument } from '../brokerage/contracts/instrument.ts';
import { Refusal } from '../brokerage/refusal.ts';
import { toFlag, toList, toText } from '../brokerage/reading.ts';
import type { Request } from './frame.ts';
import { repeat, type Connection, type Topic } from './subscription.ts';

const QUOTES_MS = 500;
const DEPTH_MS = 1_000;
const DEPTH_ROWS = 5;
/** IBKR Web API documentation, historical market data by websocket. */
const MAX_CHARTS = 5;
/** The percent change is text over REST and a number here (observed). */
const CHANGE_PERCENT = '83';

export const marketTopics: Record<string, Topic> = {
  smd: { brokerage: true, run: subscribeQuotes },
  umd: {
    brokerage: true,
    run: (connection, { targets }) => {
      const conidEx = targets[0] ?? '';
      if (connection.drop(`smd+${conidEx}`))
        connection.world.streams.close(connection.id, Number(conidEx.split('@')[0]));
    },
  },
  smh: { brokerage: true, run: subscribeChart },
  umh: {
    brokerage: true,
    run: (connection, { targets }) => {
      const serverId = targets[0] ?? '';
      for (const key of connection.kept('smh+')) if (key.endsWith(`+${serverId}`)) connection.drop(key);
      connection.send({ message: `Unsubscribed ${serverId}` });
    },
  },
  sbd: { brokerage: true, run: subscribeDepth },
  ubd: {
    brokerage: true,
    run: (connection, { targets }) => {
      for (const key of connection.kept(`sbd+${targets[0] ?? ''}`)) connection.drop(key);
    },
  },
};

function subscribeQuotes(connection: Connection, { targets, args, head }: Request): void {
  const { world, id } = connection;
  const conidEx = targets[0] ?? '';
  const instrument = world.contracts.find(Number(conidEx.split('@')[0]));
  if (!world.session.accountsQueried) {
    connection.send({ error: 'No accounts', topic: 'smd' });
    return;
  }
  if (instrument === undefined) return;
  const codes = toList(args?.fields).flatMap((code) => toText(code) ?? []);
  const values = (): Record<string, unknown> => {
    const read = fieldValues(fieldSource(world, instrument), codes);
    const change = read[CHANGE_PERCENT];
    if (typeof change === 'string') read[CHANGE_PERCENT] = Number.parseFloat(change);
    return read;
  };
  let last = values();
  const whole = { topic: head, ...frame(world, instrument, conidEx), ...mark(world, instrument), ...last };
  world.streams.open(id, instrument.conid);
  connection.send(whole);
  connection.send(whole);
  const timer = connection.clock.every(QUOTES_MS, () => {
    // unsubscribeall over REST ends streams here too.
    if (!world.streams.has(id, instrument.conid)) {
      connection.drop(head);
      return;
    }
    const next = values();
    const changed = Object.entries(next).filter(([code, value]) => value !== last[code]);
    last = next;
    if (changed.length === 0) return;
    connection.send({ topic: head, ...frame(world, instrument, conidEx), ...Object.fromEntries(changed) });
  });
  connection.keep(head, { brokerage: true, stop: () => timer.cancel() });
}

function subscribeChart(connection: Connection, { targets, args = {}, head }: Request): void {
  const { world } = connection;
  const instrument = world.contracts.find(Number((targets[0] ?? '').split('@')[0]));
  if (instrument === undefined) return;
  if (connection.kept('smh+').length >= MAX_CHARTS) {
    connection.send({ topic: head, error: `No more than ${MAX_CHARTS} historical data subscriptions` });
    return;
  }
  const serverId = String(world.random.integer(1_000_000, 9_999_999));
  try {
    const bars = history(world, instrument, {
      period: toText(args.period) ?? '1d',
      bar: toText(args.bar),
      outsideRth: toFlag(args.outsideRth),
      startTime: toText(args.startTime),
      serverId,
    });
    connection.keep(`${head}+${serverId}`, { brokerage: true, stop: () => undefined });
    connection.send({ topic: head, ...bars });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    connection.send({ topic: head, ...(error.answer.json as Record<string, unknown>) });
  }
}

function subscribeDepth(connection: Connection, { targets, head }: Request): void {
  const instrument = connection.world.contracts.find(Number(targets[1]));
  if (instrument?.subscribed !== true) return;
  let last = new Map<number, string>();
  const stop = repeat(connection.clock, DEPTH_MS, () => {
    const rows = depth(connection, instrument);
    const data = rows.filter((row) => last.get(row.row) !== JSON.stringify(row));
    last = new Map(rows.map((row) => [row.row, JSON.stringify(row)]));
    if (data.length > 0) connection.send({ topic: head, data });
  });
  connection.keep(head, { brokerage: true, stop });
}

interface DepthRow {
  row: number;
  focus: number;
  price: string;
  bid?: string;
  ask?: string;
}

/** Asks from the far one down, then bids; the focus marks the best of each side. */
function depth({ world }: Connection, instrument: Instrument): DepthRow[] {
  const quote = world.market.quote(instrument);
  const { tick } = instrument;
  const text = (price: number): string => toTick(price, tick).toFixed(decimals(tick));
  const levels = Array.from({ length: DEPTH_ROWS }, (_, level) => level);
  const asks = [...levels].reverse().map((level, row) => ({
    row,
    focus: level === 0 ? 1 : 0,
    price: text(quote.ask + level * tick),
    ask: String(quote.askSize * (level + 1)),
  }));
  const bids = levels.map((level) => ({
    row: DEPTH_ROWS + level,
    focus: level === 0 ? 1 : 0,
    price: text(quote.bid - level * tick),
    bid: String(quote.bidSize * (level + 1)),
  }));
  return [...asks, ...bids];
}
