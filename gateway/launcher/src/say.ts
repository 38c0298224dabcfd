// Lines for people. Written to the descriptors themselves: `process.stdout` would leave them non-blocking for Java.

import { writeSync } from 'node:fs';

export type Say = (line: string) => void;

export const sayTo =
  (descriptor: number): Say =>
  (line) => {
    try {
      writeSync(descriptor, `bezant-gateway: ${line.replaceAll('\n', '\n  ')}\n`);
    } catch {
      // Nobody reads it any more, or not fast enough; the Gateway starts all the same.
    }
  };
