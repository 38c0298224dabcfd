// What the brokerage knows about one tradable thing.

export type SecType = 'STK' | 'OPT' | 'FUT' | 'CASH' | 'BOND' | 'IND' | 'CRYPTO';

export interface Instrument {
  conid: number;
  symbol: string;
  /** The long name, in capitals as the brokerage writes it. */
  name: string;
  secType: SecType;
  /** COMMON, ETF …; empty for anything but a stock. */
  stockType: string;
  currency: string;
  listing: string;
  country: string;
  exchanges: string[];
  tick: number;
  /** Money per point and unit: 100 for an equity option, 50 for the E-mini, else 1. */
  multiplier: number;
  /** Around what the price walks. */
  basePrice: number;
  /** One day's standard deviation as a share of the price. */
  dailyVolatility: number;
  dailyVolume: number;
  sector: string;
  group: string;
  category: string;
  hasOptions: boolean;
  hours: 'us' | 'eu' | 'always';
  /** Whether the login has a market data subscription for it. */
  subscribed: boolean;
  derivative: Derivative | null;
}

export interface Derivative {
  underlyingConid: number;
  /** "20260417" */
  expiry: string;
  expiryMs: number;
  /** "APR26" */
  month: string;
  strike: number;
  right: 'C' | 'P' | null;
}
