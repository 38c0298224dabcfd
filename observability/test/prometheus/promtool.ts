// Debian's promtool, run to its end.

import { spawnSync } from 'node:child_process';

export interface Run {
  code: number | null;
  output: string;
}

export function promtool(args: readonly string[], input = ''): Run {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  if (error !== undefined)
    throw new Error(`promtool cannot be run (${error.message}): apt-get install prometheus`);
  return { code: status, output: `${stdout}${stderr}` };
}
