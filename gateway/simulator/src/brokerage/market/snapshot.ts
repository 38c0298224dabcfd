// Snapshots. The first call for a contract opens its stream and answers with ids only; the next ones carry what
// was asked for (IBKR Web API documentation, market data snapshot).
import type { Handlers } from '../../call.ts';
import type { Instrument } from '../contracts/instrument.ts';
import { commaList, toFields, toNumber } from '../reading.ts';
import { badRequest, serverError } from '../refusal.ts';
import type { World } from '../world.ts';
import { availability, fieldValues, type FieldSource } from './fields.ts';

const MAX_CONIDS = 100;
const MAX_FIELDS = 50;
/** Servers refresh a snapshot twice a second. */
const REFRESH_MS = 500;
const REST = 'rest';
/** Last, bid and ask with their sizes and exchanges. */
const TOP_OF_BOOK = ['31', '84', '85', '86', '88', '7057', '7058', '7068'];

export const snapshotHandlers: Handlers = {
  getMdSnapshot: (call, world) => {
    const conids = commaList(call.query.getAll('conids'));
    const fields = commaList(call.query.getAll('fields'));
    if (conids.length === 0) throw badRequest('conids needed');
    if (conids.length > MAX_CONIDS) throw badRequest(`no more than ${MAX_CONIDS} conids`);
    if (fields.length > MAX_FIELDS) throw badRequest(`no more than ${MAX_FIELDS} fields`);
    return { json: conids.map((conidEx) => snapshot(world, conidEx, fields)) };
  },

  /** The paid snapshot: complete at once. */
  getRegulatorySnapshot: (call, world) => {
    const conid = toNumber(call.query.get('conid'));
    const instrument = conid === undefined ? undefined : world.contracts.find(conid);
    if (instrument === undefined) throw badRequest('conid is not valid');
    const whole = { ...frame(world, instrument, String(conid)), ...mark(world, instrument) };
    return { json: { ...whole, ...fieldValues(fieldSource(world, instrument), TOP_OF_BOOK) } };
  },

  closeMdStream: (call, world) => {
    const conid = toNumber(toFields(call.body).conid);
    if (conid === undefined) throw badRequest('conid needed');
    if (!world.streams.close(REST, conid)) throw serverError('unknown');
    return { json: { success: true } };
  },

  closeAllMdStreams: (_call, world) => {
    world.streams.closeAll();
    return { json: { unsubscribed: true } };
  },
};

export function fieldSource(world: World, instrument: Instrument): FieldSource {
  return {
    instrument,
    contracts: world.contracts,
    market: world.market,
    quote: world.market.quote(instrument),
    position: world.selectedAccount().positions.get(instrument.conid),
    nowMs: world.clock.now(),
  };
}

/** What every snapshot and every `smd` frame carries besides the fields and 6509. */
export function frame(world: World, instrument: Instrument, conidEx: string): Record<string, unknown> {
  return {
    conidEx,
    conid: instrument.conid,
    _updated: Math.floor(world.clock.now() / REFRESH_MS) * REFRESH_MS,
    server_id: serverId(instrument),
    '6119': serverId(instrument),
  };
}

/** 6509, which only whole answers carry. */
export function mark(world: World, instrument: Instrument): Record<string, string> {
  const letters = availability(fieldSource(world, instrument));
  return letters === undefined ? {} : { '6509': letters };
}

function snapshot(world: World, conidEx: string, fields: string[]): Record<string, unknown> {
  const conid = Number(conidEx.split('@')[0]);
  const instrument = world.contracts.find(conid);
  const before = world.streams.open(REST, conid);
  if (instrument === undefined || !before || !isSearched(world, instrument)) return { conidEx, conid };
  return {
    ...frame(world, instrument, conidEx),
    ...mark(world, instrument),
    '6508': '&serviceID1=122&serviceID2=123&serviceID3=203&serviceID4=775&serviceID5=204&serviceID6=206',
    ...fieldValues(fieldSource(world, instrument), fields),
  };
}

/** A derivative has no data until its underlying was searched for (same documentation). */
function isSearched({ contracts }: World, { derivative }: Instrument): boolean {
  return derivative === null || contracts.searched.has(derivative.underlyingConid);
}

function serverId({ conid }: Instrument): string {
  return `q${conid % 10}`;
}
