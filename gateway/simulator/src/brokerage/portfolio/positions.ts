// Positions in their four shapes: pages of 100, one contract in one or all accounts, the near-real-time list with
// text conids, and combinations.
import type { Handlers } from '../../call.ts';
import { describe } from '../contracts/contracts.ts';
import { definition } from '../contracts/definitions.ts';
import { round } from '../figures.ts';
import { badRequest } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { valuePositions, type ValuedPosition } from './valuation.ts';

/** IBKR Web API documentation, portfolio positions. */
const PAGE_SIZE = 100;

export const positionHandlers: Handlers = {
  getPaginatedPositions: (call, world) => {
    const page = Number(call.params.pageId);
    if (!Number.isInteger(page) || page < 0) throw badRequest('pageId is not valid');
    return { json: pageOf(world, world.account(call.params.accountId), page) };
  },

  getPositions: (call, world) => ({ json: pageOf(world, world.account(call.params.accountId), 0) }),

  getPositionByConid: (call, world) => {
    const account = world.account(call.params.accountid ?? call.params.accountId);
    const held = valuePositions(world, account).filter(({ conid }) => conid === Number(call.params.conid));
    return { json: held.map((position) => detailed(world, account, position)) };
  },

  getAllAccountsForConid: (call, world) => {
    const perAccount = world.accounts.flatMap((account) => {
      const held = valuePositions(world, account).filter(({ conid }) => conid === Number(call.params.conid));
      return held.length === 0
        ? []
        : [[account.id, held.map((position) => plain(account, position))] as const];
    });
    return { json: Object.fromEntries(perAccount) };
  },

  getUncachedPositions: (call, world) => {
    const account = world.account(call.params.accountId);
    return { json: valuePositions(world, account).map((position) => current(world, position)) };
  },

  /** Orders for combinations are filled leg by leg here, so nothing is ever held as one. */
  getComboPositions: (call, world) => {
    world.account(call.params.accountId);
    return { json: [] };
  },

  invalidatePositionCache: (call, world) => {
    world.account(call.params.accountId);
    return { json: { message: 'success' } };
  },
};

function pageOf(world: World, account: Account, page: number): object[] {
  const positions = valuePositions(world, account).slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
  return positions.map((position) => detailed(world, account, position));
}

function plain(account: Account, position: ValuedPosition): Record<string, unknown> {
  const { instrument } = position;
  const { derivative } = instrument;
  return {
    acctId: account.id,
    conid: position.conid,
    contractDesc: describe(instrument),
    position: position.quantity,
    mktPrice: round(position.price, 7),
    mktValue: round(position.value, 2),
    currency: instrument.currency,
    avgCost: round(position.averageCost, 8),
    avgPrice: round(position.averageCost / instrument.multiplier, 8),
    realizedPnl: round(position.realized, 2),
    unrealizedPnl: round(position.unrealized, 2),
    exchs: null,
    expiry: derivative?.expiry ?? null,
    putOrCall: derivative?.right ?? null,
    multiplier: instrument.multiplier === 1 ? 0 : instrument.multiplier,
    strike: String(derivative?.strike ?? 0),
    exerciseStyle: null,
    conExchMap: [],
    assetClass: instrument.secType,
    undConid: derivative?.underlyingConid ?? 0,
    model: '',
  };
}

function detailed(world: World, account: Account, position: ValuedPosition): Record<string, unknown> {
  return {
    ...definition(world.contracts, position.instrument),
    ...plain(account, position),
    time: 5,
    pageSize: PAGE_SIZE,
  };
}

function current(world: World, position: ValuedPosition): Record<string, unknown> {
  const { instrument } = position;
  return {
    position: position.quantity,
    conid: String(position.conid),
    avgCost: position.averageCost,
    avgPrice: position.averageCost / instrument.multiplier,
    currency: instrument.currency,
    description: describe(instrument),
    isLastToLoq: false,
    marketPrice: position.price,
    marketValue: position.value,
    realizedPnl: position.realized,
    secType: instrument.secType,
    timestamp: Math.floor(world.clock.now() / 1_000),
    unrealizedPnl: position.unrealized,
    assetClass: instrument.secType,
    sector: instrument.sector || null,
    group: instrument.group || null,
    model: '',
  };
}
