// The shape of a rule: what the finished document must satisfy, as the list of places where it does not.

import type { Normalised } from '../emit/emitter.ts';

export interface Rule {
  readonly name: string;
  /** `generate`: holds for this project's own contract only, not for any document of IBKR's */
  readonly holdsFor: 'any' | 'generate';
  readonly faults: (normalised: Normalised) => string[] | Promise<string[]>;
}
