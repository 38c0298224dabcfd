// What a fill costs, after IBKR's published fixed pricing in the United States.
import type { Instrument, SecType } from '../contracts/instrument.ts';
import { round } from '../figures.ts';

const fees: Record<SecType, (size: number, value: number) => number> = {
  STK: (size, value) => Math.min(Math.max(size * 0.005, 1), Math.max(value * 0.01, 0.01)),
  OPT: (size) => Math.max(size * 0.65, 1),
  FUT: (size) => size * 2.25,
  CASH: (_, value) => Math.max(value * 0.00002, 2),
  BOND: (_, value) => Math.max(value * 0.001, 1),
  CRYPTO: (_, value) => Math.max(value * 0.0018, 1.75),
  IND: () => 0,
};

export function commissionOf(instrument: Instrument, size: number, price: number): number {
  return round(fees[instrument.secType](size, size * price * instrument.multiplier), 4);
}
