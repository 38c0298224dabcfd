// The tables of PERFORMANCE.md, each between two marks, and the same on the terminal.

import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

export interface Row {
  what: string;
  direct?: number;
  through: number;
  added?: number;
  digits: number;
}

/** Before anything is measured: of whatever else the machine does. */
const [loadBefore = 0] = loadavg();

const file = new URL('../PERFORMANCE.md', import.meta.url);

export function writeReport(
  rows: readonly Row[],
  run: { rounds: number; seconds: number; write: boolean },
): void {
  const text = [
    `Measured ${onThisMachine()}; medians of ${run.rounds} rounds, ${run.seconds} s each at a constant rate.`,
    '',
    '| | direct to the upstream | through bezant | ratio | added |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(line),
  ].join('\n');
  publish('bench', text, run.write);
}

/** Between the marks of that name, and on the terminal. */
export function publish(name: string, text: string, write: boolean): void {
  console.log(text);
  if (!write) return;
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const page = readFileSync(file, 'utf8');
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`PERFORMANCE.md lacks ${begin} and ${end}`);
  writeFileSync(file, `${before}${begin}\n\n${text}\n\n${end}${after}`);
}

function line({ what, direct, through, added, digits }: Row): string {
  const show = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(digits));
  const ratio = direct === undefined ? '' : (through / direct).toFixed(2);
  return `| ${what} | ${show(direct)} | ${show(through)} | ${ratio} | ${show(added)} |`;
}

/** When and where, and beside what. */
export function onThisMachine(): string {
  const [first] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const day = new Date().toISOString().slice(0, 10);
  const beside =
    loadBefore < 0.5 ? '' : `, beside other work (a load of ${loadBefore.toFixed(1)} before it began)`;
  return `${day} on ${cpus().length} cores (${first?.model.trim() ?? 'unknown'}), ${memory} GiB, ${platform()} ${arch()}, Node ${process.version}${beside}`;
}
