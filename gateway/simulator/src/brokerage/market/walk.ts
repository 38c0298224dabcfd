// Where a price stands at any moment, as a pure function of seed, conid and time: quotes, history and yesterday's
// close therefore agree, whatever order they are asked in and however fast the clock runs. Several octaves of
// smooth noise, each with the swing a random walk would have over its period, bounded so that a price stays near
// its base for years.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../times.ts';

/** Swings are in daily standard deviations. */
const octaves: { periodMs: number; swing: number }[] = [
  { periodMs: 2_000, swing: 0.01 },
  { periodMs: MINUTE_MS, swing: 0.04 },
  { periodMs: 15 * MINUTE_MS, swing: 0.12 },
  { periodMs: 4 * HOUR_MS, swing: 0.4 },
  { periodMs: 1.7 * DAY_MS, swing: 0.9 },
  { periodMs: 30 * DAY_MS, swing: 3 },
  { periodMs: 180 * DAY_MS, swing: 6 },
];

/** The deviation from the base price at `atMs`, in daily standard deviations. */
export function walk(seed: number, conid: number, atMs: number): number {
  return octaves.reduce((sum, { periodMs, swing }, octave) => {
    const position = atMs / periodMs;
    const cell = Math.floor(position);
    const along = (1 - Math.cos((position - cell) * Math.PI)) / 2;
    const key = mix(mix(seed, conid), octave);
    return sum + swing * (noise(key, cell) * (1 - along) + noise(key, cell + 1) * along);
  }, 0);
}

/** In [-1, 1). */
export function noise(key: number, cell: number): number {
  return mix(mix(key, cell), Math.floor(cell / 2 ** 32)) / 2 ** 31 - 1;
}

/** Two words into one, well stirred (the finaliser of MurmurHash3, public domain). */
export function mix(a: number, b: number): number {
  let word = (a ^ Math.imul(b | 0, 0x9e3779b1)) >>> 0;
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
