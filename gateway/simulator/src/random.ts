// A seeded generator, so that two runs with one seed tell the same story. Mulberry32: public domain arithmetic,
// 32 bits of state, good enough for prices and identifiers.
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer in [from, to]. */
  integer(from: number, to: number): number;
  /** Lower-case hexadecimal digits. */
  hex(digits: number): string;
  uuid(): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => integer(0, 15).toString(16)).join('');
  const uuid = (): string =>
    [hex(8), hex(4), `4${hex(3)}`, integer(8, 11).toString(16) + hex(3), hex(12)].join('-');
  return { next, integer, hex, uuid };
}
