// What a scenario may say about the brokerage, read once when the world is made.
import { isFields } from './reading.ts';

export interface Settings {
  /** How many accounts the login sees; the first two are DU1234567 and DU7654321. */
  accounts: number;
  /** Positions in made-up instruments besides the usual ones, for paging. */
  extraPositions: number;
  /** closed: nothing trades, prices stand still and the last one carries the C of a previous close. */
  market: 'open' | 'closed';
  /** Conids whose last price carries the H of a halt; their orders rest. */
  halted: number[];
  /** Dollars in the first account at the start. */
  cashUsd: number;
  /** none: the accounts start with cash alone. */
  holdings: 'usual' | 'none';
  /** One resting order at the start. */
  openOrder: boolean;
}

type Check = (value: unknown) => boolean;
const between =
  (from: number, to: number): Check =>
  (value) =>
    typeof value === 'number' && value >= from && value <= to;

const fields: { [name in keyof Settings]: { start: Settings[name]; allowed: Check; says: string } } = {
  accounts: { start: 1, allowed: between(1, 5), says: 'a number from 1 to 5' },
  extraPositions: { start: 0, allowed: between(0, 5000), says: 'a number from 0 to 5000' },
  market: {
    start: 'open',
    allowed: (value) => value === 'open' || value === 'closed',
    says: '"open" or "closed"',
  },
  halted: {
    start: [],
    allowed: (value) => Array.isArray(value) && value.every((conid) => Number.isInteger(conid)),
    says: 'a list of conids',
  },
  cashUsd: { start: 250_000, allowed: between(0, 1e9), says: 'a number from 0 to 1000000000' },
  holdings: {
    start: 'usual',
    allowed: (value) => value === 'usual' || value === 'none',
    says: '"usual" or "none"',
  },
  openOrder: { start: false, allowed: (value) => typeof value === 'boolean', says: 'true or false' },
};

export function parseSettings(brokerage: unknown): Settings {
  if (!isFields(brokerage)) throw new Error('scenario: "brokerage" must be an object');
  for (const [name, value] of Object.entries(brokerage)) {
    const field = Object.entries(fields).find(([known]) => known === name)?.[1];
    if (field === undefined) {
      throw new Error(
        `scenario: brokerage.${name} is not a setting; known are ${Object.keys(fields).join(', ')}`,
      );
    }
    if (!field.allowed(value)) throw new Error(`scenario: brokerage.${name} must be ${field.says}`);
  }
  const starts = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.start]));
  return { ...starts, ...brokerage } as unknown as Settings;
}
