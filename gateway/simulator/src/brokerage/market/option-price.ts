// Black and Scholes without rates or dividends: enough for options that move with their underlying.
import { DAY_MS } from '../times.ts';

export interface OptionValue {
  price: number;
  delta: number;
  gamma: number;
  /** Per day. */
  theta: number;
  /** Per point of volatility. */
  vega: number;
}

export function optionValue(inputs: {
  spot: number;
  strike: number;
  right: 'C' | 'P';
  volatility: number;
  leftMs: number;
}): OptionValue {
  const { spot, strike, right, volatility } = inputs;
  const sign = right === 'C' ? 1 : -1;
  const years = inputs.leftMs / (365 * DAY_MS);
  if (years <= 0) {
    const inside = sign * (spot - strike);
    return { price: Math.max(inside, 0), delta: inside > 0 ? sign : 0, gamma: 0, theta: 0, vega: 0 };
  }
  const spread = volatility * Math.sqrt(years);
  const d1 = Math.log(spot / strike) / spread + spread / 2;
  const density = Math.exp((-d1 * d1) / 2) / Math.sqrt(2 * Math.PI);
  return {
    price: sign * (spot * normal(sign * d1) - strike * normal(sign * (d1 - spread))),
    delta: sign * normal(sign * d1),
    gamma: density / (spot * spread),
    theta: -(spot * density * volatility) / (2 * Math.sqrt(years)) / 365,
    vega: (spot * density * Math.sqrt(years)) / 100,
  };
}

/** The normal distribution by the rational approximation 26.2.17 of Abramowitz and Stegun. */
function normal(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}
