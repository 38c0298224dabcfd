// How far back, and how many.

import { InvalidArgumentError, Option } from 'commander';

export function sinceOption(told: string): Option {
  return new Option('--since <cursor>', told).argParser((text: string): number | 'now' => {
    if (text === 'now') return text;
    if (/^\d+$/.test(text)) return Number(text);
    throw new InvalidArgumentError('It must be a cursor, 0 or now.');
  });
}

export function countOption(): Option {
  return new Option('--count <number>', 'end after so many').argParser((text: string): number => {
    if (/^[1-9]\d*$/.test(text)) return Number(text);
    throw new InvalidArgumentError('It must be a whole number above 0.');
  });
}
