// What a person can act on: one line saying what is wrong and what to do next. `exitCode` 2 means the command line is at
// fault, 1 anything else.

export class Problem extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.name = 'Problem';
    this.exitCode = exitCode;
  }
}

/** Why something failed, in one line: the system's code (ENOENT) where there is one, otherwise the first line said. */
export function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string') return code;
  return (typeof message === 'string' ? message : String(error)).split('\n')[0] ?? '';
}
