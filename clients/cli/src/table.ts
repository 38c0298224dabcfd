// Lines and columns on a terminal: numbers to the right, no frame, never wider than the terminal.

import Table from 'cli-table3';
import { formatted } from './format.ts';
import type { Column, Row } from './report.ts';

export interface Look {
  /** Of the terminal; undefined when nobody looks. */
  readonly width: number | undefined;
  /** A title, and what went up or down. */
  readonly paint: (text: string, as: 'title' | 'up' | 'down' | 'quiet') => string;
}

const gap = 2;
const least = 8;

export function tableText(rows: readonly Row[], columns: readonly Column[], look: Look): string {
  const cells = rows.map((row) => columns.map(({ key, style }) => formatted(row[key], style)));
  const widths = widthsOf(columns, cells, look.width);
  const table = new Table({
    head: columns.map(({ title }) => (title === '' ? '' : look.paint(title, 'title'))),
    colAligns: columns.map(({ alignsRight }) => (alignsRight ? 'right' : 'left')),
    colWidths: widths.map((width) => width + gap),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap },
    chars: noFrame,
  });
  for (const [index, line] of cells.entries()) {
    table.push(line.map((text, at) => painted(text, rows[index] ?? {}, columns[at], look)));
  }
  return `${table.toString().replaceAll(/ +$/gm, '')}\n`;
}

/** Field by field, each in one line of the terminal. */
export function fieldsText(fields: readonly (readonly [string, unknown])[], look: Look): string {
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  const left = look.width === undefined ? Infinity : Math.max(least, look.width - width - gap);
  return fields
    .map(([name, value]) => {
      const text = formatted(value, 'text');
      const shown = text.length > left ? `${text.slice(0, left - 1)}…` : text;
      return `${look.paint(name.padEnd(width), 'title')}  ${shown}\n`;
    })
    .join('');
}

export function naturalWidth(rows: readonly Row[], columns: readonly Column[]): number {
  const cells = rows.map((row) => columns.map(({ key, style }) => formatted(row[key], style)));
  return widthsOf(columns, cells, undefined).reduce((sum, each) => sum + each + gap, -gap);
}

function painted(text: string, row: Row, column: Column | undefined, { paint }: Look): string {
  if (column === undefined || (column.style !== 'change' && column.style !== 'percent')) return text;
  const value = Number(row[column.key]);
  return value > 0 ? paint(text, 'up') : value < 0 ? paint(text, 'down') : text;
}

function widthsOf(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  width: number | undefined,
): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(title.length, ...cells.map((line) => (line[at] ?? '').length)),
  );
  let excess = width === undefined ? 0 : widths.reduce((sum, each) => sum + each + gap, -gap) - width;
  // The widest that may shrink gives way, one character at a time
  while (excess > 0) {
    const widest = widths.reduce(
      (best, each, at) =>
        columns[at]?.shrinks === true && each > least && each > (widths[best] ?? 0) ? at : best,
      -1,
    );
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

const noFrame = Object.fromEntries(
  [
    ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ]
    .flat()
    .map((name) => [name, '']),
);
