// Where everything a command has to say goes: data to stdout in the format asked for, everything else to stderr.

import { styleText } from 'node:util';
import { csvText } from './csv.ts';
import { column, isRow, type Column, type Report, type Row } from './report.ts';
import { fieldsText, naturalWidth, tableText, type Look } from './table.ts';

export type Format = 'json' | 'table' | 'csv';

export interface OutputOptions {
  /** Undefined: tables on a terminal, JSON elsewhere. */
  readonly format: Format | undefined;
  readonly pretty: boolean;
}

export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export interface Output {
  readonly format: Format;
  print(report: Report): void;
  /** To stdout, as it is. */
  write(text: string): void;
  /** To stderr, one line. */
  note(text: string): void;
  /** What takes long, to whoever looks: one line that is gone when there is something to say. */
  progress(text: string): void;
  /** Takes the progress away. */
  clear(): void;
  readonly look: Look;
}

export function createOutput({ stdout, stderr }: Streams, { format: asked, pretty }: OutputOptions): Output {
  const format = asked ?? (stdout.isTTY ? 'table' : 'json');
  const look = lookOf(stdout);
  let isProgressing = false;
  const clear = (): void => {
    if (isProgressing) stderr.write('\r\u001b[K');
    isProgressing = false;
  };
  return {
    format,
    look,
    print(report) {
      clear();
      stdout.write(textOf(report, format, pretty, look));
    },
    write(text) {
      clear();
      stdout.write(text);
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!stderr.isTTY) return;
      clear();
      stderr.write(text.slice(0, Math.max(20, stderr.columns - 1)));
      isProgressing = true;
    },
    clear,
  };
}

/** NO_COLOR and FORCE_COLOR count, and colours are for terminals (Node's styleText decides). */
export function lookOf(stream: NodeJS.WriteStream): Look {
  const styles = { title: 'bold', up: 'green', down: 'red', quiet: 'dim' } as const;
  return {
    width: stream.isTTY && stream.columns > 0 ? stream.columns : undefined,
    paint: (text, as) => styleText(styles[as], text, { stream }),
  };
}

export function textOf(report: Report, format: Format, pretty: boolean, look: Look): string {
  const { data, columns, empty = 'Nothing.' } = report;
  if (format === 'json') return jsonText(data, pretty);
  if (format === 'table' && report.text !== undefined) return report.text;
  const rows = report.rows ?? (Array.isArray(data) && data.every(isRow) ? data : null);
  if (rows !== null && format === 'csv') return csvText(rows, columns ?? columnsOf(rows));
  if (rows !== null) return rows.length === 0 ? `${empty}\n` : rowsText(rows, columns, look);
  if (!isRow(data)) return jsonText(data, true);
  const fields = Object.entries(data);
  if (format === 'table') return fieldsText(fields, look);
  return csvText(
    fields.map(([field, value]) => ({ field, value })),
    [column('field'), column('value')],
  );
}

/** Columns that nobody has chosen may be too many: then row by row, field by field. */
function rowsText(rows: readonly Row[], chosen: readonly Column[] | undefined, look: Look): string {
  const { width = Infinity } = look;
  if (chosen !== undefined) return tableText(rows, fitting(rows, chosen, width), look);
  const columns = columnsOf(rows);
  if (naturalWidth(rows, columns) <= width) return tableText(rows, columns, look);
  return rows.map((row) => fieldsText(Object.entries(row), look)).join('\n');
}

/** The last that may go goes first. */
function fitting(rows: readonly Row[], columns: readonly Column[], width: number): readonly Column[] {
  if (naturalWidth(rows, columns) <= width) return columns;
  const at = columns.findLastIndex(({ drops }) => drops);
  return at < 0 ? columns : fitting(rows, columns.toSpliced(at, 1), width);
}

/** Nothing where the answer was empty. */
function jsonText(data: unknown, pretty: boolean): string {
  return data === undefined ? '' : `${JSON.stringify(data, null, pretty ? 2 : undefined)}\n`;
}

/** What the rows have. */
export function columnsOf(rows: readonly Row[]): Column[] {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return keys.map((key) => {
    const values = rows.map((row) => row[key]).filter((value) => value !== undefined && value !== null);
    const areNumbers = values.length > 0 && values.every((value) => typeof value === 'number');
    // An id is no amount, though it is a number
    return column(key, areNumbers && !/id$|conid|time|date/i.test(key) ? 'number' : 'text');
  });
}
