// The table of PERFORMANCE.md, between two marks, and the same on the terminal.

import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';

export interface Row {
  what: string;
  direct?: number;
  through: number;
  added?: number;
  digits: number;
}

const file = new URL('../PERFORMANCE.md', import.meta.url);
const [begin, end] = ['<!-- bench:begin -->', '<!-- bench:end -->'];

export function writeReport(
  rows: readonly Row[],
  run: { rounds: number; seconds: number; write: boolean },
): void {
  const table = [
    `Measured ${new Date().toISOString().slice(0, 10)} on ${machine()}; medians of ${run.rounds} rounds, ${run.seconds} s each at a constant rate.`,
    '',
    '| | direct to the upstream | through bezant | ratio | added |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(line),
  ].join('\n');
  console.log(table);
  if (!run.write) return;
  const text = readFileSync(file, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`PERFORMANCE.md lacks ${begin} and ${end}`);
  writeFileSync(file, `${before}${begin}\n\n${table}\n\n${end}${after}`);
}

function line({ what, direct, through, added, digits }: Row): string {
  const show = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(digits));
  const ratio = direct === undefined ? '' : (through / direct).toFixed(2);
  return `| ${what} | ${show(direct)} | ${show(through)} | ${ratio} | ${show(added)} |`;
}

function machine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}`;
}
