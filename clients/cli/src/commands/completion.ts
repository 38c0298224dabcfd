// Completions for the shells.

import { Argument } from 'commander';
import type { Define } from '../commands.ts';
import { scripts } from '../completions.ts';

export const define: Define = (command, open) => {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)))
    .action((shell: string) => open().output.write(scripts[shell] ?? ''));
};
