// Everything that may be wrong between here and IBKR, on one screen, with what to do about it.

import { checks, examine, type Finding } from '../checks.ts';
import type { Define } from '../commands.ts';
import { Refusal } from '../failure.ts';
import { withoutControls } from '../format.ts';
import { column } from '../report.ts';
import type { Look } from '../table.ts';

type Named = Finding & { readonly check: string };

const columns = ['check', 'result', 'found', 'hint'].map((key) => column(key));

export const define: Define = (command, open) => {
  command.action(async () => {
    const cli = open();
    const findings: Named[] = [];
    for (const check of checks) {
      cli.output.progress(`Looking at: ${check.name} …`);
      const finding = await examine(check, cli);
      findings.push({ check: check.name, ...finding });
      // Behind a server that does not answer there is nothing to see
      if (check.name === 'server' && finding.result === 'fail') break;
    }
    const data = findings.map(({ check, result, found, hint }) => ({ check, result, found, hint }));
    cli.output.print({ data, rows: data, columns, text: screen(findings, cli.output.look) });
    const bad = findings.find(({ result }) => result === 'fail');
    if (bad === undefined) return;
    const message = `${bad.check}: ${bad.found.replace(/\.$/, '')}.`;
    throw new Refusal(bad.exit ?? 'fault', 'doctor', message, bad.hint ?? 'The server’s log has more.');
  });
};

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL', skip: '-   ' } as const;
const paints = { ok: 'up', warn: 'title', fail: 'down', skip: 'quiet' } as const;
const nameWidth = 10;

function screen(findings: readonly Named[], { paint }: Look): string {
  return findings
    .map(({ check, result, found, hint }) => {
      const line = `${paint(marks[result], paints[result])}  ${check.padEnd(nameWidth)}${withoutControls(found)}\n`;
      return hint === undefined ? line : `${line}${' '.repeat(6 + nameWidth)}${paint(hint, 'quiet')}\n`;
    })
    .join('');
}
