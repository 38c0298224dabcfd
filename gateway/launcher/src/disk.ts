// What the disk refuses, as a sentence about the data folder.

import { Fault } from './fault.ts';

const sentences: Readonly<Record<string, (folder: string) => string>> = {
  ENOSPC: (folder) =>
    `There is no room left on the disk of ${folder}: the Gateway takes 40 MB. Free some and start again.`,
  EDQUOT: (folder) =>
    `The quota of the disk of ${folder} is used up: the Gateway takes 40 MB. Free some and start again.`,
  EROFS: (folder) =>
    `${folder} is read-only. Mount a volume there that can be written, or name another folder in BEZANT_DATA_DIR.`,
  EACCES: notAllowed,
  EPERM: notAllowed,
  ENOTDIR: (folder) => `${folder} is not a folder. Name one in BEZANT_DATA_DIR.`,
};

function notAllowed(folder: string): string {
  const user = process.getuid?.();
  return (
    `${folder} may not be written by this user${user === undefined ? '' : ` (uid ${user})`}. ` +
    'Give the folder to this user, or name another one in BEZANT_DATA_DIR.'
  );
}

export function asDiskFault(error: unknown, folder: string): unknown {
  const sentence = sentences[(error as NodeJS.ErrnoException).code ?? ''];
  return error instanceof Fault || sentence === undefined ? error : new Fault(sentence(folder));
}
