// The contract as the command line needs it: written by `npm run generate`, read when it is asked for.

import { readFileSync } from 'node:fs';

export interface Member {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly values?: readonly unknown[];
}

export interface Parameter extends Member {
  readonly in: string;
  readonly default?: unknown;
}

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Relative to /v1/api. */
  readonly path: string;
  readonly area: string;
  readonly summary: string;
  readonly safety: string;
  readonly servedBy: string;
  readonly parameters: readonly Parameter[];
  readonly body: {
    readonly mediaType: string;
    readonly required: boolean;
    readonly members: readonly Member[];
  } | null;
}

export function loadOperations(): readonly Operation[] {
  const file = new URL('../generated/operations.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Operation[];
}
