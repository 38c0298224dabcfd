// Nothing is bought or sold by accident: --yes, or somebody at a terminal who says so.

import { createInterface } from 'node:readline/promises';
import type { Cli } from './cli.ts';
import { Refusal } from './failure.ts';

/** Tells what is about to happen and returns when it is wanted; otherwise it is refused, and nothing was sent. */
export async function confirm(cli: Cli, what: string, isSure: boolean): Promise<void> {
  if (isSure) return;
  if (!canAsk(cli)) {
    throw new Refusal(
      'unconfirmed',
      'unconfirmed',
      `Not confirmed: ${what}. Nothing was sent.`,
      'There is no terminal to ask on: add --yes.',
    );
  }
  if (await ask(cli, `${what}?`)) return;
  throw new Refusal('unconfirmed', 'unconfirmed', 'Not confirmed. Nothing was sent.', 'Answer y to confirm.');
}

export function canAsk({ io }: Cli): boolean {
  return io.stdin.isTTY && io.stderr.isTTY;
}

/** Only y and yes are a yes. */
export async function ask({ io, output }: Cli, question: string): Promise<boolean> {
  output.clear();
  let isAnswered = false;
  const lines = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  try {
    const closed = new Promise<null>((resolve) => lines.once('close', () => resolve(null)));
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal: io.signal }), closed]);
    isAnswered = answer !== null;
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } finally {
    // Without an Enter the cursor still stands behind the question
    if (!isAnswered) io.stderr.write('\n');
    lines.close();
  }
}
