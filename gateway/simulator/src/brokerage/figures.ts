// How the brokerage writes numbers: grouped amounts, K/M volumes, and prices with the decimals of their tick.

export function round(value: number, digits: number): number {
  const factor = 10 ** digits;
  return Math.round((value + Number.EPSILON) * factor) / factor;
}

/** Decimals of a price increment: 0.01 has 2, 0.00005 has 5. */
export function decimals(increment: number): number {
  const [, exponent] = increment.toExponential().split('e-');
  if (exponent === undefined) return 0;
  const mantissa = increment.toExponential().split('e')[0] ?? '';
  return Number(exponent) + (mantissa.split('.')[1]?.length ?? 0);
}

export function toTick(price: number, increment: number): number {
  return round(Math.round(price / increment) * increment, decimals(increment));
}

/** 1005254.4 as "1,005,254". */
export function grouped(value: number, digits = 0): string {
  return round(value, digits).toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** 1005254.4 as "1,005,254 USD". */
export function amount(value: number, currency: string, digits = 0): string {
  return `${grouped(value, digits)} ${currency}`;
}

/** 24200000 as "24.2M". */
export function short(value: number): string {
  if (value >= 1_000_000) return `${round(value / 1_000_000, 1)}M`;
  if (value >= 10_000) return `${round(value / 1_000, 1)}K`;
  return grouped(value);
}

/** A whole number as "5.0", anything else as it is: how sizes stand in order status. */
export function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(round(value, 8));
}
