// Bad values out of a good one: each is wrong in one place, and says where and how.

import { isObject, type Json } from '../../src/json.ts';

export interface Mutation {
  readonly what: 'left out' | 'of the wrong type' | 'none of the choices' | 'null';
  /** where, as member names joined by slashes */
  readonly at: string;
  readonly value: Json;
}

/** Every member of a value, left out, given another type, given an unknown word, or null; at most `limit`, spread evenly. */
export function mutations(value: Json, limit: number): Mutation[] {
  const all = [...mutate(value, '', (changed) => changed)];
  const stride = Math.max(1, all.length / limit);
  return all.filter((_, index) => Math.floor(index / stride) !== Math.floor((index - 1) / stride));
}

function* mutate(value: Json, at: string, whole: (changed: Json) => Json): Generator<Mutation> {
  yield { what: 'of the wrong type', at, value: whole(otherType(value)) };
  if (value !== null) yield { what: 'null', at, value: whole(null) };
  if (typeof value === 'string') yield { what: 'none of the choices', at, value: whole('no such word') };
  if (typeof value === 'number') yield { what: 'none of the choices', at, value: whole(-987_654) };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* mutate(item, `${at}/${index}`, (changed) => whole(value.with(index, changed)));
  } else if (isObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const rest = Object.entries(value).filter(([other]) => other !== name);
      yield { what: 'left out', at: `${at}/${name}`, value: whole(Object.fromEntries(rest)) };
      yield* mutate(item, `${at}/${name}`, (changed) => whole({ ...value, [name]: changed }));
    }
  }
}

function otherType(value: Json): Json {
  if (typeof value === 'string') return { not: 'text' };
  if (Array.isArray(value) || isObject(value)) return 'not a structure';
  return 'neither number nor truth';
}
