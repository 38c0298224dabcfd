// Comma-separated values (RFC 4180), for spreadsheets: a head and a line each, values as they came.

import type { Column, Row } from './report.ts';

export function csvText(rows: readonly Row[], columns: readonly Column[]): string {
  return [csvHead(columns), ...rows.map((row) => csvLine(row, columns))].join('');
}

export function csvHead(columns: readonly Column[]): string {
  return lineOf(columns.map(({ title }) => title));
}

export function csvLine(row: Row, columns: readonly Column[]): string {
  return lineOf(columns.map(({ key }) => row[key]));
}

const lineOf = (values: readonly unknown[]): string => `${values.map(cell).join(',')}\r\n`;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A spreadsheet runs what begins like a formula; a number may begin with its sign
  const safe = /^[=@\t\r]|^[+-](?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
