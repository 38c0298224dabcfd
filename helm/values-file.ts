// values.yaml as people read it: each value with its default and the comment above it. The one place where a value is described.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type Node, type Pair, type YAMLMap } from 'yaml';

export interface Described {
  /** `image.tag` */
  path: string;
  /** Null for a group that only holds others. */
  default: unknown;
  isGroup: boolean;
  comment: string;
}

const chart = join(import.meta.dirname, 'bezant');

/** The chart's values, those of its subchart under the subchart's name. */
export function describedValues(): Described[] {
  const own = describe('values.yaml', '');
  const bundled = describe('charts/postgres/values.yaml', 'postgres.').filter(
    ({ path }) => path !== 'postgres.enabled',
  );
  return own.flatMap((row) => (row.path === 'postgres.enabled' ? [row, ...bundled] : [row]));
}

function describe(file: string, prefix: string): Described[] {
  const { contents } = parseDocument(readFileSync(join(chart, file), 'utf8'));
  if (!isMap(contents)) throw new Error(`${file} holds no values`);
  return walk(contents as YAMLMap<unknown, Node>, prefix);
}

function walk(map: YAMLMap<unknown, Node>, prefix: string): Described[] {
  return map.items.flatMap((pair, index) => {
    const path = `${prefix}${keyOf(pair)}`;
    const comment = oneLine(
      commentOf(pair) ?? (index === 0 && prefix.includes('.') ? map.commentBefore : null),
    );
    const { value } = pair;
    // Written in one line, it is a value; in several, a group.
    const isGroup = isMap(value) && value.flow !== true;
    const row = { path, default: isGroup ? null : (value?.toJSON() as unknown), isGroup, comment };
    return isGroup ? [row, ...walk(value as YAMLMap<unknown, Node>, `${path}.`)] : [row];
  });
}

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);
const commentOf = ({ key }: Pair): string | null | undefined => (isScalar(key) ? key.commentBefore : null);

/** The part next to the value: what stands above a blank line is about the file. */
const oneLine = (comment: string | null | undefined): string =>
  (comment ?? '')
    .split('\n\n')
    .at(-1)
    ?.replaceAll(/\s*\n\s*/g, ' ')
    .trim() ?? '';
