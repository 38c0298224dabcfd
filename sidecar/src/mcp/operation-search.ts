// Finding an operation by what it does, among some two hundred: Okapi BM25 over names and summaries, the usual constants.

import type { Operation } from '../contract.ts';

const k1 = 1.2;
const b = 0.75;

/** A word of the name says more than one of the summary. */
const nameWeight = 3;

export type Search = (query: string, limit: number) => Operation[];

export function createSearch(operations: readonly Operation[]): Search {
  const documents = operations.map((operation) => {
    const counts = new Map<string, number>();
    const add = (words: readonly string[], weight: number): void => {
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + weight);
    };
    add(wordsOf(operation.id), nameWeight);
    add(wordsOf(`${operation.summary} ${operation.tag} ${operation.path}`), 1);
    const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return { operation, counts, length };
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / documents.length;

  return (query, limit) => {
    const words = [...new Set(wordsOf(query))];
    const weights = words.map((word) => {
      const holders = documents.filter(({ counts }) => counts.has(word)).length;
      return Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
    });
    return documents
      .map(({ operation, counts, length }) => {
        const norm = k1 * (1 - b + (b * length) / average);
        const score = words.reduce((sum, word, index) => {
          const count = counts.get(word) ?? 0;
          return sum + ((weights[index] ?? 0) * count * (k1 + 1)) / (count + norm);
        }, 0);
        return { operation, score };
      })
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score)
      .slice(0, limit)
      .map(({ operation }) => operation);
  };
}

/** `getMdHistory` → get, md, history; plurals as singulars, so that `orders` finds `order`. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 1)
    .map((word) => (word.length > 3 ? word.replace(/(?<=[^s])s$/, '') : word));
}
