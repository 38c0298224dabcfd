// Profit and loss by account, over REST and on the `spl` topic. The first REST call of a session answers empty.
import type { Handlers } from '../../call.ts';
import { round } from '../figures.ts';
import type { World } from '../world.ts';
import { valuate } from './valuation.ts';

export const profitHandlers: Handlers = {
  getPnl: (_call, world) => {
    const primed = world.primed.profit;
    world.primed.profit = true;
    return { json: { upnl: primed ? profits(world) : {} } };
  },
};

export function profits(world: World): Record<string, Record<string, number>> {
  return Object.fromEntries(
    world.accounts.map((account) => {
      const worth = valuate(world, account);
      return [
        `${account.id}.Core`,
        {
          rowType: 1,
          dpl: round(worth.dailyProfit, 2),
          nl: round(worth.netLiquidation, 2),
          upl: round(worth.unrealized, 2),
          uel: round(worth.netLiquidation, 2),
          el: round(worth.excessLiquidity, 2),
          mv: round(worth.grossPosition, 2),
        },
      ];
    }),
  );
}
