// A table that is not finished: a line for each thing that happens, in columns of a width that is known beforehand.

import { csvHead, csvLine } from './csv.ts';
import { formatted } from './format.ts';
import type { Output } from './output.ts';
import type { Column, Row } from './report.ts';

export interface LineColumn extends Column {
  readonly width: number;
}

export interface Lines {
  /** `data` is what JSON has. */
  add(data: unknown, row: Row): void;
}

/** The head comes with the first line. */
export function createLines(output: Output, columns: readonly LineColumn[]): Lines {
  let isBegun = false;
  const head = (): string =>
    output.format === 'csv'
      ? csvHead(columns)
      : `${output.look.paint(
          joined(columns, (each) => each.title),
          'title',
        )}\n`;
  return {
    add(data, row) {
      if (output.format === 'json') return output.write(`${JSON.stringify(data)}\n`);
      const line =
        output.format === 'csv'
          ? csvLine(row, columns)
          : `${joined(columns, ({ key, style }) => formatted(row[key], style))}\n`;
      output.write(isBegun ? line : head() + line);
      isBegun = true;
    },
  };
}

function joined(columns: readonly LineColumn[], textOf: (column: LineColumn) => string): string {
  return columns
    .map((each) => (each.alignsRight ? textOf(each).padStart(each.width) : textOf(each).padEnd(each.width)))
    .join('  ')
    .trimEnd();
}
