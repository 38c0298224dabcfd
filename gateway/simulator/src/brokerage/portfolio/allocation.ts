// How the money is spread, by asset class, sector and group; for one account or several.
import type { Answer, Handlers } from '../../call.ts';
import { round } from '../figures.ts';
import { commaList, toFields, toList, toText } from '../reading.ts';
import type { World } from '../world.ts';
import type { Account } from './book.ts';
import { valuate, type ValuedPosition } from './valuation.ts';

interface Sides {
  long: Record<string, number>;
  short: Record<string, number>;
}

export const allocationHandlers: Handlers = {
  getAssetAllocation: (call, world) => allocation(world, [world.account(call.params.accountId)]),
  getConsolidatedAllocation: (call, world) =>
    allocation(
      world,
      accounts(
        world,
        toList(toFields(call.body).acctIds).flatMap((id) => toText(id) ?? []),
      ),
    ),
  getConsolidatedAllocationByQuery: (call, world) =>
    allocation(world, accounts(world, commaList(call.query.getAll('acctIds')))),
};

function accounts(world: World, ids: string[]): Account[] {
  return ids.length === 0 ? world.accounts : ids.map((id) => world.account(id));
}

function allocation(world: World, chosen: Account[]): Answer {
  const worths = chosen.map((account) => valuate(world, account));
  const positions = worths.flatMap((worth) => worth.positions);
  const cash = worths.reduce((sum, worth) => sum + worth.cash, 0);
  const assetClass = split(positions, ({ instrument }) => instrument.secType);
  add(assetClass, 'CASH', cash);
  return {
    json: {
      assetClass,
      sector: split(positions, ({ instrument }) => instrument.sector || 'Others'),
      group: split(positions, ({ instrument }) => instrument.group || 'Others'),
    },
  };
}

function split(positions: ValuedPosition[], keyOf: (position: ValuedPosition) => string): Sides {
  const sides: Sides = { long: {}, short: {} };
  for (const position of positions) add(sides, keyOf(position), position.value * position.rate);
  return sides;
}

function add({ long, short }: Sides, key: string, value: number): void {
  const side = value < 0 ? short : long;
  side[key] = round((side[key] ?? 0) + value, 2);
}
