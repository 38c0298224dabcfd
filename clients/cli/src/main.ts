// The process: its streams, its signals, its exit code.

import { closedPipe, run } from './program.ts';
import { exits } from './failure.ts';

const stopping = new AbortController();

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    stopping.abort(new Error(name));
    // Who asks twice means at once
    process.once(name, () => process.exit(exits.interrupted));
  });
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stopping.abort(closedPipe);
    // Nothing of what is still under way can be told to anybody
    process.exit(exits.ok);
  });
}

const { env, stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), { env, stdin, stdout, stderr, signal: stopping.signal });
