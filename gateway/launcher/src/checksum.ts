// Which zip may be run: the one that is pinned, else the one that was accepted first.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Fault } from './fault.ts';

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** As `sha256sum` writes it, so that a person can check with it. */
export const formatRecord = (sha256: string): string => `${sha256}  clientportal.gw.zip\n`;

export async function readRecord(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return /^[0-9a-f]{64}\b/.exec(text)?.[0] ?? null;
}

interface Found {
  sha256: string;
  /** Where this zip comes from, for the message. */
  from: string;
  pinned: string | null;
  accepted: string | null;
}

/** Throws unless this zip may be run. A pin outranks what was accepted: it is how another one is accepted. */
export function checkZip({ sha256, from, pinned, accepted }: Found): void {
  if (pinned !== null && sha256 !== pinned)
    throw new Fault(
      `The zip from ${from} is not the one that BEZANT_GATEWAY_SHA256 asks for.\n` +
        `asked for: ${pinned}\nfound:     ${sha256}\n` +
        'It was not unpacked. Correct the setting if you trust this zip, else find out who changed it.',
    );
  if (pinned === null && accepted !== null && sha256 !== accepted)
    throw new Fault(
      `The zip from ${from} is not the one that was accepted before.\n` +
        `accepted: ${accepted}\nfound:    ${sha256}\n` +
        'It was not unpacked. If IBKR has a new Gateway and you want it, accept it with\n' +
        `BEZANT_GATEWAY_SHA256=${sha256}\nelse find out who changed it.`,
    );
}
