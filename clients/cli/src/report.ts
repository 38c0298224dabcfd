// What a command has found out: the data as programs get it, and how a table shows it.

export type Row = Readonly<Record<string, unknown>>;

/** How a value is written in a table: see format.ts. */
export type Style = 'text' | 'number' | 'amount' | 'price' | 'money' | 'change' | 'percent' | 'time';

export interface Column {
  readonly key: string;
  readonly style: Style;
  readonly title: string;
  /** Gives way when the table is wider than the terminal. */
  readonly shrinks: boolean;
  readonly alignsRight: boolean;
  /** Left out where the terminal has no room for it. */
  readonly drops: boolean;
}

export interface Report {
  /** JSON output, and CSV where there are no rows. */
  readonly data: unknown;
  /** The lines of a table; without them `data` is shown field by field. */
  readonly rows?: readonly Row[];
  readonly columns?: readonly Column[];
  /** On a terminal, instead of a table. */
  readonly text?: string;
  /** Instead of a table without lines. */
  readonly empty?: string;
}

export function column(key: string, style: Style = 'text', more: Partial<Column> = {}): Column {
  return {
    key,
    style,
    title: key,
    shrinks: false,
    drops: false,
    alignsRight: style !== 'text' && style !== 'time',
    ...more,
  };
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.filter(isRow) : [];
}
