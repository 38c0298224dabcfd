// The tables of the events benchmark as Markdown, in the order in which they were measured.

export interface Tables {
  heading: (...cells: string[]) => void;
  row: (what: string, ...cells: (number | string)[]) => void;
  text: () => string;
}

export function createTables(): Tables {
  const lines: string[] = [];
  const line = (cells: readonly string[]): void => void lines.push(`| ${cells.join(' | ')} |`);
  return {
    heading(...cells) {
      if (lines.length > 0) lines.push('');
      line(cells);
      lines.push(`| --- |${' ---: |'.repeat(cells.length - 1)}`);
    },
    row: (what, ...cells) =>
      line([what, ...cells.map((cell) => (typeof cell === 'number' ? round(cell) : cell))]),
    text: () => lines.join('\n'),
  };
}

export const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
