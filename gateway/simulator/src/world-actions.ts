// What the control API does to the brokerage world: fills, rejects and prices on demand.
import type { World } from './brokerage/world.ts';

type Body = Record<string, unknown>;

const actions: { name: string; pattern: RegExp; run: (world: World, id: number, body: Body) => unknown }[] = [
  {
    name: 'POST /orders/{orderId}/fill',
    pattern: /^POST \/orders\/(\d+)\/fill$/,
    run: (world, id, body) => world.fill(id, { ...numberOf(body, 'quantity'), ...numberOf(body, 'price') }),
  },
  {
    name: 'POST /orders/{orderId}/reject',
    pattern: /^POST \/orders\/(\d+)\/reject$/,
    run: (world, id, { reason }) => world.reject(id, typeof reason === 'string' ? reason : undefined),
  },
  {
    name: 'POST /orders/{orderId}/cancel',
    pattern: /^POST \/orders\/(\d+)\/cancel$/,
    run: (world, id) => world.cancel(id),
  },
  {
    name: 'POST /quotes/{conid}',
    pattern: /^POST \/quotes\/(\d+)$/,
    run: (world, id, body) => {
      const { price } = numberOf(body, 'price');
      if (price === undefined) throw new Error('price must be a number');
      world.setQuote(id, price);
      return { conid: id, price };
    },
  },
];

export const actionNames = actions.map(({ name }) => name);

export function findAction(operation: string): ((world: World, body: Body) => unknown) | undefined {
  for (const { pattern, run } of actions) {
    const found = pattern.exec(operation);
    if (found !== null) return (world, body) => run(world, Number(found[1]), body);
  }
  return undefined;
}

function numberOf<Name extends string>(body: Body, name: Name): Partial<Record<Name, number>> {
  const value = body[name];
  if (value === undefined) return {};
  if (typeof value !== 'number' || !(value > 0)) throw new Error(`${name} must be a number above 0`);
  return { [name]: value } as Record<Name, number>;
}
