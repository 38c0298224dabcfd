// What the relay knows about single topics: what of a frame is for whom, and what to keep so that a client who comes later
// begins with a whole frame, as one that asks IBKR does. Shapes as in IBKR's documentation and as observed.

import { isObject, type Json } from './client-frames.ts';

export interface SharedTopic {
  /** What is known after these frames, the oldest first. */
  merge(frames: readonly Json[]): Json;
  /** The part of a frame that was asked for; null when that is nothing. */
  pick(frame: Json, args: Json): Json | null;
}

/** More rows than an account has in a day; the oldest go first. */
const maxRows = 2000;

export const sharedTopics: ReadonlyMap<string, SharedTopic> = new Map([
  ['smd', { merge: mergeMembers, pick: pickFields }],
  ['sor', rows('args', 'orderId', pickOrders)],
  ['str', rows('args', 'execution_id', (frame) => frame)],
  ['spl', { merge: mergeProfits, pick: (frame) => frame }],
  ['ssd', rows('result', 'key', pickFigures)],
  ['sld', rows('result', 'key', pickFigures)],
  ['sbd', rows('data', 'row', (frame) => frame)],
] as const satisfies readonly [string, SharedTopic][]);

/** Sent with every frame of quotes, asked for or not (observed). */
const always: ReadonlySet<string> = new Set(['6119', '6509']);

function pickFields(frame: Json, args: Json): Json | null {
  const wanted = texts(args['fields']);
  if (wanted === null) return frame;
  const isField = (name: string): boolean => /^\d+$/.test(name) && !always.has(name);
  const fields = Object.keys(frame).filter(isField);
  if (fields.every((name) => wanted.has(name))) return frame;
  if (!fields.some((name) => wanted.has(name))) return null;
  return Object.fromEntries(Object.entries(frame).filter(([name]) => !isField(name) || wanted.has(name)));
}

/** An order that changed may come without its status. */
function pickOrders(frame: Json, args: Json): Json | null {
  const wanted = texts(args['filters']);
  const orders = frame['args'];
  if (wanted === null || !Array.isArray(orders)) return frame;
  const statuses = new Set([...wanted].map((status) => status.toLowerCase()));
  const left = (orders as unknown[]).filter((order) => {
    const status = isObject(order) ? order['status'] : undefined;
    return typeof status !== 'string' || statuses.has(status.toLowerCase());
  });
  return left.length === 0 ? null : { ...frame, args: left };
}

function pickFigures(frame: Json, args: Json): Json | null {
  const keys = texts(args['keys']);
  const fields = texts(args['fields']);
  const figures = frame['result'];
  if ((keys === null && fields === null) || !Array.isArray(figures)) return frame;
  const left = (figures as unknown[])
    .filter(isObject)
    .filter(({ key }) => keys === null || (typeof key === 'string' && keys.has(key)))
    .map((figure) => (fields === null ? figure : only(figure, fields)));
  return left.length === 0 ? null : { ...frame, result: left };
}

function only(figure: Json, fields: ReadonlySet<string>): Json {
  const isWanted = (name: string): boolean => name === 'key' || name === 'timestamp' || fields.has(name);
  return Object.fromEntries(Object.entries(figure).filter(([name]) => isWanted(name)));
}

function mergeMembers(frames: readonly Json[]): Json {
  const merged: Json = {};
  for (const frame of frames) Object.assign(merged, frame);
  return merged;
}

function mergeProfits(frames: readonly Json[]): Json {
  const args = mergeMembers(frames.map((frame) => frame['args']).filter(isObject));
  return { ...frames.at(-1), args };
}

/** Lists whose rows have a key: a later row brings its changes into the earlier one. */
function rows(member: string, key: string, pick: SharedTopic['pick']): SharedTopic {
  return {
    pick,
    merge(frames) {
      const merged = new Map<unknown, Json>();
      for (const row of frames.flatMap((frame) => listOf(frame[member]))) {
        const id = row[key];
        if (id !== undefined) merged.set(id, { ...merged.get(id), ...row });
      }
      return { ...frames.at(-1), [member]: [...merged.values()].slice(-maxRows) };
    },
  };
}

const listOf = (value: unknown): Json[] =>
  Array.isArray(value) ? (value as unknown[]).filter(isObject) : [];

/** Null when nothing is named, which is everything. */
function texts(value: unknown): ReadonlySet<string> | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return new Set((value as unknown[]).map(String));
}
