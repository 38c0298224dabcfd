// The parameters of readers. Every fault is named, with what would be right; nothing is guessed, because a cursor that is
// read as another one is an event missed or told twice.

import type { Request } from 'express';
import { Problem, type Fault } from '../errors.ts';
import { queryOf } from '../request/caller.ts';
import { isConid } from './followed.ts';
import { parseTime } from './rfc3339.ts';

export interface ReaderQuery {
  whole(name: string, range: { min: number; max: number }): number | null;
  /** A cursor, or `now` for the head. */
  cursor(name: string): number | 'now' | null;
  flag(name: string): boolean;
  /** Milliseconds since the epoch. */
  time(name: string): number | null;
  /** An instrument, with or without an exchange: `265598`, `265598@SMART`. */
  conid(name: string): string | null;
  list(name: string, isItem: (item: string) => boolean, items: string): string[] | null;
  header(name: string, value: string | undefined): number | null;
  /** Throws `bad_request` for all faults together. */
  check(): void;
}

export const cursorRange = { min: 0, max: Number.MAX_SAFE_INTEGER };

export function readQuery(request: Request): ReaderQuery {
  const query = queryOf(request);
  const faults: Fault[] = [];

  function read<Value>(name: string, parse: (text: string) => Value | null, wanted: string): Value | null {
    const text = query.get(name);
    return text === null ? null : held(`/query/${name}`, parse(text), wanted);
  }

  function held<Value>(pointer: string, value: Value | null, wanted: string): Value | null {
    if (value === null) faults.push({ pointer, message: `must be ${wanted}` });
    return value;
  }

  return {
    whole: (name, range) => read(name, (text) => toWhole(text, range), `a whole number ${within(range)}`),
    cursor: (name) =>
      read(
        name,
        (text) => (text === 'now' ? text : toWhole(text, cursorRange)),
        'a cursor, such as next_cursor of an earlier answer, or now',
      ),
    flag: (name) => read(name, (text) => flags.get(text.toLowerCase()) ?? null, 'true or false') ?? false,
    time: (name) =>
      read(
        name,
        parseTime,
        'a time as of RFC 3339, such as 2026-01-31T14:30:00Z or 2026-01-31T09:30:00.250-05:00',
      ),
    conid: (name) =>
      read(
        name,
        (text) => (isConid(text) ? text : null),
        'a conid, such as 265598, or one at an exchange: 265598@ARCA',
      ),
    list: (name, isItem, items) =>
      read(
        name,
        (text) => {
          const list = [...new Set(text.split(','))];
          return list.every(isItem) ? list : null;
        },
        `a list of ${items}, joined by commas`,
      ),
    header: (name, value) =>
      value === undefined ? null : held(`/header/${name}`, toWhole(value, cursorRange), 'a cursor'),
    check() {
      const [first] = faults;
      if (first === undefined) return;
      const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
      throw new Problem('bad_request', `${first.pointer} ${first.message}${more}.`, { errors: faults });
    },
  };
}

const within = ({ min, max }: { min: number; max: number }): string =>
  max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;

function toWhole(text: string, { min, max }: { min: number; max: number }): number | null {
  if (!/^\d{1,16}$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
