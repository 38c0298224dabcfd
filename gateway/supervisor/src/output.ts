// Every line under the name of who wrote it, the names in one column, without secrets.
import { setTimeout as sleep } from 'node:timers/promises';

import { redact } from './redact.ts';

export type Stream = 'stdout' | 'stderr';

export interface Output {
  /** A line of a child. */
  write: (name: string, stream: Stream, line: string) => void;
  /** A line of the supervisor's own. */
  say: (line: string) => void;
  /** Lines without a name. */
  print: (lines: string[]) => void;
}

const self = 'supervisor';

export function createOutput(
  names: string[],
  streams: Record<Stream, { write: (text: string) => unknown }>,
): Output {
  const width = Math.max(self.length, ...names.map(({ length }) => length));
  const write: Output['write'] = (name, stream, line) => {
    streams[stream].write(`${name.padEnd(width)} | ${redact(line)}\n`);
  };
  return {
    write,
    say: (line) => write(self, 'stdout', line),
    print: (lines) => streams.stdout.write(lines.map((line) => `${line}\n`).join('')),
  };
}

/** For a reader that has stopped reading without going away. */
const patienceMs = 2_000;

/** Resolves when the streams have handed on all they were given: leaving before would lose the last lines, which say why. */
export async function written(streams: NodeJS.WriteStream[]): Promise<void> {
  const flushed = streams.map((stream) => new Promise((resolve) => stream.write('', resolve)));
  await Promise.race([Promise.all(flushed), sleep(patienceMs)]);
}
