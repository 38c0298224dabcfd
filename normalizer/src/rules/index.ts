// Which rules there are. A document that breaks one is not written.

import type { Normalised } from '../emit/emitter.ts';
import { Problem } from '../problem.ts';
import { operationsDescribed } from './operations.ts';
import { operationsNamed } from './operations-named.ts';
import { placeholdersDeclared } from './placeholders-declared.ts';
import { referencesResolve } from './references-resolve.ts';
import type { Rule } from './rule.ts';
import { scopesAreText } from './scopes-are-text.ts';
import { toolsFit } from './tools.ts';
import { validOpenapi } from './valid-openapi.ts';
import { validSchemas } from './valid-schemas.ts';
import { wholeContract } from './whole-contract.ts';

export const rules: readonly Rule[] = [
  referencesResolve,
  operationsNamed,
  placeholdersDeclared,
  scopesAreText,
  wholeContract,
  operationsDescribed,
  toolsFit,
  validOpenapi,
  validSchemas,
];

const SHOWN = 3;

/** Stops at the first rule that is broken: later ones would only repeat it in other words. */
export async function checkRules(normalised: Normalised, use: Rule['holdsFor']): Promise<void> {
  for (const { name, holdsFor, faults } of rules) {
    if (holdsFor === 'generate' && use !== 'generate') continue;
    const found = await faults(normalised);
    if (found.length === 0) continue;
    const more = found.length > SHOWN ? `; and ${found.length - SHOWN} more` : '';
    throw new Problem(
      `the document breaks the rule ${name}: ${found.slice(0, SHOWN).join('; ')}${more} (docs/contract.md says how to correct it)`,
    );
  }
}
