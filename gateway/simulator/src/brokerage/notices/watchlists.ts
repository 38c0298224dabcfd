// Watchlists: numeric ids, the same id overwrites silently, and the second look at one tells more than the first
// (IBKR Web API documentation, watchlists).
import type { Handlers } from '../../call.ts';
import { describe } from '../contracts/contracts.ts';
import { toFields, toList, toText } from '../reading.ts';
import { badRequest, unavailable } from '../refusal.ts';
import type { World } from '../world.ts';

export interface Watchlist {
  id: string;
  name: string;
  hash: string;
  modifiedMs: number;
  /** Conids as text; null is a blank row. */
  rows: (string | null)[];
  seen: boolean;
}

export const watchlistHandlers: Handlers = {
  getAllWatchlists: (_call, world) => ({
    json: {
      data: {
        scanners_only: false,
        show_scanners: false,
        bulk_delete: false,
        user_lists: [...world.watchlists.values()].map(({ id, name, modifiedMs }) => ({
          is_open: false,
          read_only: false,
          name,
          modified: modifiedMs,
          id,
          type: 'watchlist',
        })),
      },
      action: 'content',
      MID: '1',
    },
  }),

  postNewWatchlist: (call, world) => {
    const body = toFields(call.body);
    const id = toText(body.id);
    const name = toText(body.name);
    if (id === undefined || name === undefined || body.rows === undefined) {
      throw badRequest('id, name and rows are required');
    }
    if (!/^\d+$/.test(id)) throw badRequest(`id is not a number: ${id}`);
    const hash = String(world.random.integer(1e9, 1e15));
    const rows = toList(body.rows).map((row) => toText(toFields(row).C) ?? null);
    world.watchlists.set(id, { id, name, hash, modifiedMs: world.clock.now(), rows, seen: false });
    return { json: { id, hash, name, readOnly: false, instruments: [] } };
  },

  getSpecificWatchlist: (call, world) => {
    const watchlist = world.watchlists.get(call.query.get('id') ?? '');
    if (watchlist === undefined) throw unavailable();
    const { id, hash, name, rows, seen } = watchlist;
    watchlist.seen = true;
    return {
      json: {
        id,
        hash,
        name,
        readOnly: false,
        instruments: rows.map((conid) => instrument(world, conid, seen)),
      },
    };
  },

  /** Some clients send the id in the body; one that does not exist is no error. */
  deleteWatchlist: (call, world) => {
    const id = call.query.get('id') ?? toText(toFields(call.body).id);
    if (id === undefined) throw badRequest('id needed');
    world.watchlists.delete(id);
    return { json: { data: { deleted: id }, action: 'context', MID: '1' } };
  },
};

function instrument(world: World, conid: string | null, known: boolean): Record<string, unknown> {
  if (conid === null) return { H: '' };
  const found = world.contracts.find(Number(conid));
  const row = { ST: found?.secType ?? 'STK', C: conid, conid: Number(conid), name: found?.name ?? '' };
  if (!known || found === undefined) return row;
  return {
    ...row,
    fullName: describe(found),
    assetClass: found.secType,
    ticker: found.symbol,
    chineseName: '',
  };
}
