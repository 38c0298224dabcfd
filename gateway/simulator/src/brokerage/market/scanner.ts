// The market scanner: a small catalogue, and a run that ranks the listed stocks by today's figures. /hmds has older
// twins of both.
import type { Answer, Call, Handlers } from '../../call.ts';
import { describe } from '../contracts/contracts.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { round, short } from '../figures.ts';
import { lookUp, toFields, toList, toNumber, toText } from '../reading.ts';
import { badRequest, notFound } from '../refusal.ts';
import type { World } from '../world.ts';
import type { Quote } from './market.ts';

/** IBKR Web API documentation, market scanner. */
const MAX_ROWS = 50;

interface Scan {
  name: string;
  column: string;
  /** The highest comes first. */
  rank: (quote: Quote) => number;
  show: (quote: Quote) => string;
}

const change = ({ last, close }: Quote): number => last / close - 1;
const percent = (quote: Quote): string => `${round(change(quote) * 100, 2).toFixed(2)}%`;

const scans: Record<string, Scan> = {
  TOP_PERC_GAIN: { name: 'Top % Gainers', column: 'Chg%', rank: change, show: percent },
  TOP_PERC_LOSE: { name: 'Top % Losers', column: 'Chg%', rank: (quote) => -change(quote), show: percent },
  MOST_ACTIVE: {
    name: 'Most Active',
    column: 'Volume',
    rank: ({ volume }) => volume,
    show: ({ volume }) => short(volume),
  },
  TOP_TRADE_COUNT: {
    name: 'Top Trade Count',
    column: 'Trades',
    rank: ({ volume }) => volume / 100,
    show: ({ volume }) => short(volume / 100),
  },
};

const filters: Record<string, { name: string; keeps: (quote: Quote, limit: number) => boolean }> = {
  priceAbove: { name: 'Price Above', keeps: ({ last }, limit) => last >= limit },
  priceBelow: { name: 'Price Below', keeps: ({ last }, limit) => last <= limit },
  volumeAbove: { name: 'Volume Above', keeps: ({ volume }, limit) => volume >= limit },
  changePercAbove: { name: '% Change Above', keeps: (quote, limit) => change(quote) * 100 >= limit },
};

export const scannerHandlers: Handlers = {
  getScannerParameters: () => ({ json: parameters() }),
  getScannerResults: run,
  initializeHmds: (_call, world) => {
    world.primed.hmds = true;
    return { json: { authenticated: true } };
  },
  getHmdsScannerParameters: (_call, world) => (world.primed.hmds ? { json: parameters() } : notFound),
  getHmdsScannerResults: (call, world) => (world.primed.hmds ? runHmds(call, world) : notFound),
};

function parameters(): Record<string, unknown> {
  return {
    scan_type_list: Object.entries(scans).map(([code, { name }]) => ({
      display_name: name,
      code,
      instruments: ['STK', 'ETF.EQ.US'],
    })),
    instrument_list: [{ display_name: 'US Stocks', type: 'STK', filters: Object.keys(filters) }],
    filter_list: Object.entries(filters).map(([code, { name }]) => ({
      group: code,
      display_name: name,
      code,
      type: 'non-range',
    })),
    location_tree: [
      {
        display_name: 'US Stocks',
        type: 'STK.US',
        locations: [{ display_name: 'Listed/NASDAQ', type: 'STK.US.MAJOR', locations: [] }],
      },
    ],
  };
}

function ranked(
  world: World,
  scan: Scan,
  keeps: (quote: Quote) => boolean,
): { instrument: Instrument; quote: Quote }[] {
  return world.contracts.listed
    .filter(({ secType, country }) => secType === 'STK' && country === 'US')
    .map((instrument) => ({ instrument, quote: world.market.quote(instrument) }))
    .filter(({ quote }) => keeps(quote))
    .sort((a, b) => scan.rank(b.quote) - scan.rank(a.quote))
    .slice(0, MAX_ROWS);
}

function run(call: Call, world: World): Answer {
  const body = toFields(call.body);
  const type = toText(body.type);
  if (type === undefined || toText(body.instrument) === undefined || toText(body.location) === undefined) {
    throw badRequest('instrument, type and location are required');
  }
  const scan = lookUp(scans, type);
  if (scan === undefined) throw badRequest(`type is not valid: ${type}`);
  const limits = toList(body.filter).map(toFields);
  const keeps = (quote: Quote): boolean =>
    limits.every(
      ({ code, value }) => lookUp(filters, toText(code) ?? '')?.keeps(quote, toNumber(value) ?? 0) ?? true,
    );
  return {
    json: {
      contracts: ranked(world, scan, keeps).map(({ instrument, quote }, place) => ({
        server_id: String(place),
        // Only the first row names the column.
        ...(place === 0 && { column_name: scan.column }),
        symbol: instrument.symbol,
        conidex: String(instrument.conid),
        con_id: instrument.conid,
        available_chart_periods: '#R|1',
        company_name: instrument.name,
        scan_data: scan.show(quote),
        contract_description_1: describe(instrument),
        listing_exchange: instrument.listing,
        sec_type: instrument.secType,
      })),
      scan_data_column_name: scan.column,
    },
  };
}

function runHmds(call: Call, world: World): Answer {
  const scan = lookUp(scans, toText(toFields(call.body).scanCode) ?? '');
  if (scan === undefined) throw badRequest('scanCode is not valid');
  const found = ranked(world, scan, () => true);
  return {
    json: {
      total: found.length,
      size: found.length,
      offset: 0,
      scanTime: new Date(world.clock.now()).toISOString().slice(0, 19).replace('T', '-'),
      id: 'scanner1',
      position: 'v1',
      Contracts: {
        Contract: found.map(({ instrument }) => ({ inScanTime: 0, contractID: String(instrument.conid) })),
      },
    },
  };
}
