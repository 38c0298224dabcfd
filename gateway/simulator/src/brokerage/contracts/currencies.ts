// Currency pairs and rates, from the same quotes that value accounts.
import type { Handlers } from '../../call.ts';
import { badRequest, serverError } from '../refusal.ts';
import { describe } from './contracts.ts';

export const currencyHandlers: Handlers = {
  getCurrencyPairs: (call, world) => {
    const currency = call.query.get('currency')?.toUpperCase();
    if (currency === undefined) throw badRequest('currency needed');
    const pairs = world.contracts.listed.filter(
      ({ secType, symbol, currency: quoted }) => secType === 'CASH' && [symbol, quoted].includes(currency),
    );
    return {
      json: {
        [currency]: pairs.map((pair) => ({
          symbol: describe(pair),
          conid: pair.conid,
          ccyPair: pair.symbol === currency ? pair.currency : pair.symbol,
        })),
      },
    };
  },

  getExchangeRates: (call, world) => {
    const source = call.query.get('source')?.toUpperCase();
    const target = call.query.get('target')?.toUpperCase();
    if (source === undefined || target === undefined) throw badRequest('source and target are required');
    const known = new Set(
      world.contracts.listed.flatMap(({ secType, symbol, currency }) =>
        secType === 'CASH' ? [symbol, currency] : [],
      ),
    );
    for (const currency of [source, target]) {
      if (!known.has(currency)) throw serverError(`Currency ${currency} is not found.`);
    }
    return { json: { rate: world.market.rate(source, target) } };
  },
};
