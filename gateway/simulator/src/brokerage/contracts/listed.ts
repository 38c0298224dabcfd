// The instruments that exist in every scenario. Conids are the public ones of real contracts where they are widely
// known; prices are invented and only set the level around which the walk runs.
import type { Instrument } from './instrument.ts';

const US_EXCHANGES =
  'SMART,AMEX,NYSE,CBOE,PHLX,ISE,CHX,ARCA,NASDAQ,DRCTEDGE,BEX,BATS,EDGEA,BYX,IEX,EDGX,PEARL,MEMX,OVERNIGHT,PSX';

const stock: Omit<Instrument, 'conid' | 'symbol' | 'name' | 'listing' | 'basePrice'> = {
  secType: 'STK',
  stockType: 'COMMON',
  currency: 'USD',
  country: 'US',
  exchanges: US_EXCHANGES.split(','),
  tick: 0.01,
  multiplier: 1,
  dailyVolatility: 0.015,
  dailyVolume: 20_000_000,
  sector: 'Technology',
  group: 'Computers',
  category: 'Computers',
  hasOptions: true,
  hours: 'us',
  subscribed: true,
  derivative: null,
};

const fund = {
  stockType: 'ETF',
  sector: 'Others',
  group: 'Others',
  category: 'Others',
  dailyVolatility: 0.009,
};
const pair = {
  secType: 'CASH' as const,
  stockType: '',
  country: '',
  exchanges: ['IDEALPRO'],
  tick: 0.00005,
  dailyVolatility: 0.005,
  dailyVolume: 0,
  sector: '',
  group: '',
  category: '',
  hasOptions: false,
  hours: 'always' as const,
};
const index = {
  ...pair,
  secType: 'IND' as const,
  tick: 0.01,
  dailyVolatility: 0.009,
  country: 'US',
  hours: 'us' as const,
};
const banks = { sector: 'Financial', group: 'Banks', category: 'Diversified Banking Inst' };

type Row = [
  conid: number,
  symbol: string,
  name: string,
  listing: string,
  price: number,
  rest?: Partial<Instrument>,
];

const rows: Row[] = [
  [265598, 'AAPL', 'APPLE INC', 'NASDAQ', 212, { dailyVolume: 52_000_000 }],
  [
    8314,
    'IBM',
    'INTL BUSINESS MACHINES CORP',
    'NYSE',
    246,
    { dailyVolume: 3_900_000, category: 'Computer Services' },
  ],
  [272093, 'MSFT', 'MICROSOFT CORP', 'NASDAQ', 428, { group: 'Software', category: 'Applications Software' }],
  [
    76792991,
    'TSLA',
    'TESLA INC',
    'NASDAQ',
    262,
    {
      sector: 'Consumer, Cyclical',
      group: 'Auto Manufacturers',
      dailyVolatility: 0.034,
      dailyVolume: 95_000_000,
    },
  ],
  [4815747, 'NVDA', 'NVIDIA CORP', 'NASDAQ', 137, { group: 'Semiconductors', dailyVolatility: 0.028 }],
  [4391, 'AMD', 'ADVANCED MICRO DEVICES', 'NASDAQ', 118, { group: 'Semiconductors', dailyVolatility: 0.027 }],
  [270639, 'INTC', 'INTEL CORP', 'NASDAQ', 24, { group: 'Semiconductors', dailyVolatility: 0.024 }],
  [3691937, 'AMZN', 'AMAZON.COM INC', 'NASDAQ', 204, { sector: 'Communications', group: 'Internet' }],
  [208813719, 'GOOGL', 'ALPHABET INC-CL A', 'NASDAQ', 176, { sector: 'Communications', group: 'Internet' }],
  [
    107113386,
    'META',
    'META PLATFORMS INC-CLASS A',
    'NASDAQ',
    592,
    { sector: 'Communications', group: 'Internet' },
  ],
  [15124833, 'NFLX', 'NETFLIX INC', 'NASDAQ', 915, { sector: 'Communications', group: 'Internet' }],
  [1520593, 'JPM', 'JPMORGAN CHASE & CO', 'NYSE', 243, banks],
  [10098, 'BAC', 'BANK OF AMERICA CORP', 'NYSE', 41, banks],
  [
    13977,
    'XOM',
    'EXXON MOBIL CORP',
    'NYSE',
    109,
    { sector: 'Energy', group: 'Oil&Gas', category: 'Oil Comp-Integrated' },
  ],
  [8894, 'KO', 'COCA-COLA CO/THE', 'NYSE', 63, { sector: 'Consumer, Non-cyclical', group: 'Beverages' }],
  [756733, 'SPY', 'SS SPDR S&P 500 ETF TRUST-US', 'ARCA', 589, { ...fund, dailyVolume: 61_000_000 }],
  [320227571, 'QQQ', 'INVESCO QQQ TRUST SERIES 1', 'NASDAQ', 512, { ...fund, dailyVolume: 38_000_000 }],
  [9579970, 'IWM', 'ISHARES RUSSELL 2000 ETF', 'ARCA', 222, fund],
  [51529211, 'GLD', 'SPDR GOLD SHARES', 'ARCA', 268, { ...fund, sector: 'Funds', group: 'Commodity Fund' }],
  [
    14204,
    'SAP',
    'SAP SE',
    'IBIS',
    248,
    {
      currency: 'EUR',
      country: 'DE',
      exchanges: ['SMART', 'IBIS', 'FWB', 'GETTEX', 'TGATE'],
      tick: 0.02,
      hours: 'eu',
    },
  ],
  [
    41645598,
    'IBM',
    'INTL BUSINESS MACHINES CORP',
    'LSE',
    246,
    {
      country: 'GB',
      exchanges: ['SMART', 'LSE'],
      hasOptions: false,
      hours: 'eu',
      subscribed: false,
      dailyVolume: 900,
    },
  ],
  [416904, 'SPX', 'S&P 500 Stock Index', 'CBOE', 5890, { ...index, exchanges: ['CBOE'] }],
  [
    13455763,
    'VIX',
    'CBOE Volatility Index',
    'CBOE',
    16.5,
    { ...index, exchanges: ['CBOE'], dailyVolatility: 0.06 },
  ],
  [
    11004968,
    'ES',
    'E-mini S&P 500',
    'CME',
    5890,
    { ...index, exchanges: ['CME'], tick: 0.25, hours: 'always' },
  ],
  [12087792, 'EUR', 'European Monetary Union Euro', 'IDEALPRO', 1.0825, pair],
  [12087797, 'GBP', 'British pound', 'IDEALPRO', 1.274, pair],
  [15016059, 'USD', 'United States dollar', 'IDEALPRO', 151.4, { ...pair, currency: 'JPY', tick: 0.005 }],
  [15016062, 'USD', 'United States dollar', 'IDEALPRO', 1.401, { ...pair, currency: 'CAD' }],
  [12087820, 'USD', 'United States dollar', 'IDEALPRO', 0.883, { ...pair, currency: 'CHF' }],
  [
    479624278,
    'BTC',
    'Bitcoin cryptocurrency',
    'PAXOS',
    96_500,
    { ...pair, secType: 'CRYPTO', exchanges: ['PAXOS'], tick: 0.25, dailyVolatility: 0.03 },
  ],
  [
    700123456,
    'IBM',
    'International Business Machines Corp 3.5 05/15/29',
    'SMART',
    96.2,
    {
      ...pair,
      secType: 'BOND',
      country: 'US',
      exchanges: ['SMART'],
      tick: 0.001,
      multiplier: 10,
      hours: 'us',
    },
  ],
];

export const listed: Instrument[] = rows.map(([conid, symbol, name, listing, basePrice, rest]) => ({
  ...stock,
  conid,
  symbol,
  name,
  listing,
  basePrice,
  ...rest,
}));

/** Made-up stocks for long portfolios: symbols S0001, S0002 … */
export function filler(number: number): Instrument {
  const digits = String(number).padStart(4, '0');
  return {
    ...stock,
    conid: 690_000_000 + number,
    symbol: `S${digits}`,
    name: `SIMULATED HOLDING ${digits}`,
    listing: 'NYSE',
    basePrice: 20 + (number % 80),
    dailyVolume: 400_000,
    hasOptions: false,
  };
}
