// Values as a table shows them. JSON and CSV have them as they came.

import type { Style } from './report.ts';

/** Not there, as the predecessor's tables show it. */
const nothing = '-';

const number = (minimumFractionDigits: number, maximumFractionDigits: number) =>
  new Intl.NumberFormat('en-US', { minimumFractionDigits, maximumFractionDigits });

const plain = number(0, 8);
const price = number(2, 4);
const money = number(2, 2);

const formats: Readonly<Record<Style, (value: string | number | boolean) => string>> = {
  text: String,
  number: numeric(plain),
  // `12.4M` is one as well
  amount: numeric(plain),
  price: numeric(price),
  money: numeric(money),
  change: (value) => signed(value, numeric(money)(value)),
  percent: (value) => (isNumeric(value) ? signed(value, `${money.format(Number(value))}%`) : String(value)),
  time: (value) => timeText(value),
};

export function formatted(value: unknown, style: Style): string {
  if (value === undefined || value === null || value === '') return nothing;
  if (typeof value === 'object') return JSON.stringify(value);
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? formats[style](value)
      : '';
  return withoutControls(text);
}

function numeric(format: Intl.NumberFormat): (value: string | number | boolean) => string {
  return (value) => (isNumeric(value) ? format.format(Number(value)) : String(value));
}

/** IBKR writes some numbers as text, and marks others: `C189.20` is a closing price. */
function isNumeric(value: string | number | boolean): boolean {
  if (typeof value === 'boolean') return false;
  return typeof value === 'number' ? Number.isFinite(value) : /^[+-]?\d+(\.\d+)?$/.test(value);
}

function signed(value: string | number | boolean, text: string): string {
  return Number(value) > 0 && !text.startsWith('+') ? `+${text}` : text;
}

/** Local time, to the second. */
function timeText(value: string | number | boolean): string {
  const at = new Date(typeof value === 'boolean' ? NaN : value);
  if (Number.isNaN(at.getTime())) return String(value);
  const part = (count: number) => String(count).padStart(2, '0');
  const day = [at.getFullYear(), part(at.getMonth() + 1), part(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(part).join(':')}`;
}

/** What a server sends must not steer the terminal. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
