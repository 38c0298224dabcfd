// The one source of truth: whatever a REST answer or a frame says about accounts, prices or orders is read here.
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Scenario } from '../scenario.ts';
import type { Session } from '../session.ts';
import { createContracts, type Contracts } from './contracts/contracts.ts';
import { createHappenings, type Happenings } from './happenings.ts';
import { createMarket, type Market } from './market/market.ts';
import { createStreams, type Streams } from './market/streams.ts';
import { createAlerts, type Alerts } from './notices/alerts.ts';
import { createNotices, type Notices } from './notices/notices.ts';
import type { Watchlist } from './notices/watchlists.ts';
import { createExchange, type Exchange } from './orders/exchange.ts';
import { createReplies, type Replies } from './orders/replies.ts';
import { isOpen, type Order } from './orders/order.ts';
import { parseTicket } from './orders/ticket.ts';
import { liveOrder } from './orders/views.ts';
import type { Account } from './portfolio/book.ts';
import { openAccounts } from './portfolio/opening.ts';
import { badRequest } from './refusal.ts';
import { parseSettings, type Settings } from './settings.ts';

export interface World {
  clock: Clock;
  random: Random;
  session: Session;
  settings: Settings;
  happenings: Happenings;
  contracts: Contracts;
  market: Market;
  streams: Streams;
  accounts: Account[];
  alerts: Alerts;
  watchlists: Map<string, Watchlist>;
  notices: Notices;
  exchange: Exchange;
  replies: Replies;
  /** Which first calls of this brokerage session were made: they answer empty, or open what later ones need. */
  primed: { orders: boolean; profit: boolean; hmds: boolean };
  /** False while `sor` frames carry statuses only: after a live-orders call with filters, until one without. */
  orderDetails: boolean;
  /** Of a path; throws the brokerage's 400 when there is no such account. */
  account(id: string | undefined): Account;
  selectedAccount(): Account;
  select(account: Account): void;
  /** For the control API: the order as live orders show it; an Error with a plain sentence when it is unknown. */
  fill(orderId: number, part?: { quantity?: number; price?: number }): Record<string, unknown>;
  reject(orderId: number, reason?: string): Record<string, unknown>;
  cancel(orderId: number): Record<string, unknown>;
  setQuote(conid: number, price: number): void;
  stop(): void;
}

export function createWorld(deps: {
  clock: Clock;
  random: Random;
  scenario: Scenario;
  session: Session;
}): World {
  const { random, session } = deps;
  const clock = deps.clock.scope();
  const settings = parseSettings(deps.scenario.brokerage);
  const happenings = createHappenings();
  const contracts = createContracts({ clock, fillers: settings.extraPositions });
  const market = createMarket({
    clock,
    contracts,
    seed: random.integer(0, 2 ** 31),
    closed: settings.market === 'closed',
    halted: settings.halted,
  });
  const accounts = openAccounts({ clock, contracts, market, settings });
  const exchange = createExchange({ clock, random, contracts, market, happenings, accounts });
  const streams = createStreams();
  const replies = createReplies({ clock, random });
  const first = accounts[0];
  if (first === undefined) throw new Error('scenario: there must be an account');
  let selected = first;

  const primed = { orders: false, profit: false, hmds: false };
  // What a brokerage session remembers ends with it.
  const forget = (): void => {
    if (session.brokerage === 'up') return;
    primed.orders = false;
    primed.profit = false;
    primed.hmds = false;
    streams.closeAll();
    replies.discard();
    replies.resetSuppressed();
    contracts.searched.clear();
  };
  const stopListening = session.on('change', forget);

  const known = (orderId: number): Order => {
    const order = exchange.find(orderId);
    if (order === undefined) throw new Error(`there is no order ${orderId}`);
    return order;
  };

  const world: World = {
    clock,
    random,
    session,
    settings,
    happenings,
    contracts,
    market,
    streams,
    accounts,
    alerts: createAlerts(random),
    watchlists: new Map(),
    notices: createNotices(clock),
    exchange,
    replies,
    primed,
    orderDetails: true,
    account: (id) => {
      const account = accounts.find((one) => one.id === id);
      if (account === undefined) throw badRequest(`accountId is not valid: ${id ?? ''}`);
      return account;
    },
    selectedAccount: () => selected,
    select: (account) => {
      selected = account;
    },
    fill: (orderId, part = {}) => {
      const order = known(orderId);
      if (!isOpen(order) && order.status !== 'PendingCancel') {
        throw new Error(`order ${orderId} is ${order.status}`);
      }
      const price = part.price ?? order.ticket.price ?? market.touch(order.ticket.instrument).last;
      exchange.fill(order, part.quantity ?? order.ticket.quantity, price);
      return liveOrder(order);
    },
    reject: (orderId, reason = 'Rejected by the simulator') => {
      const order = known(orderId);
      exchange.reject(order, reason);
      return liveOrder(order);
    },
    cancel: (orderId) => {
      const order = known(orderId);
      exchange.cancel(order);
      return liveOrder(order);
    },
    setQuote: (conid, price) => {
      if (contracts.find(conid) === undefined) throw new Error(`there is no contract ${conid}`);
      market.pin(conid, price);
    },
    stop: () => {
      stopListening();
      clock.stop();
    },
  };
  if (settings.openOrder) exchange.submit(first, [restingTicket(world)]);
  return world;
}

/** Far enough below the market to stay open. */
function restingTicket(world: World): ReturnType<typeof parseTicket> {
  const apple = world.contracts.bySymbol('AAPL')[0];
  return parseTicket(world, {
    conid: apple?.conid,
    orderType: 'LMT',
    side: 'BUY',
    tif: 'GTC',
    quantity: 10,
    price: Math.round((apple?.basePrice ?? 0) * 0.7),
  });
}
