// The `docker` command as a user types it, for what testcontainers has no word for.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Outcome {
  code: number;
  /** What it printed, stdout and stderr. */
  text: string;
}

export async function docker(...args: string[]): Promise<Outcome> {
  const child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, text };
}

/** Its output; rejects when it fails. */
export async function must(...args: string[]): Promise<string> {
  const { code, text } = await docker(...args);
  if (code !== 0) throw new Error(`docker ${args.join(' ')} left with ${code}: ${text}`);
  return text.trim();
}
