// The passes in their order. 3.1 comes first so that the others know one kind of schema; examples are put where they
// belong before anything is learnt from them, and judged only after that.

import { cloneJson, type JsonObject } from '../json.ts';
import { arrayItems } from './array-items.ts';
import { contradictingExamples } from './contradicting-examples.ts';
import { cookieParameters } from './cookie-parameters.ts';
import { decimalIntegers } from './decimal-integers.ts';
import { enumValues } from './enum-values.ts';
import { exampleTypes } from './example-types.ts';
import { formats } from './formats.ts';
import { integerRange } from './integer-range.ts';
import { listParameters } from './list-parameters.ts';
import { loneExamples } from './lone-examples.ts';
import { nullScopes } from './null-scopes.ts';
import { objectTypes } from './object-types.ts';
import { openapi31 } from './openapi-3-1.ts';
import { operationIds } from './operation-ids.ts';
import { overlappingChoices } from './overlapping-choices.ts';
import type { Finding, Pass } from './pass.ts';
import { pathParameters } from './path-parameters.ts';
import { requiredNames } from './required-names.ts';
import { securitySchemes } from './security-schemes.ts';
import { servers } from './servers.ts';
import { switchingOperations } from './switching-operations.ts';
import { unknownComponents } from './unknown-components.ts';
import { wrappedExamples } from './wrapped-examples.ts';

export const passes: readonly Pass[] = [
  openapi31,
  unknownComponents,
  nullScopes,
  securitySchemes,
  switchingOperations,
  operationIds,
  pathParameters,
  cookieParameters,
  servers,
  enumValues,
  formats,
  listParameters,
  arrayItems,
  objectTypes,
  requiredNames,
  wrappedExamples,
  loneExamples,
  decimalIntegers,
  integerRange,
  exampleTypes,
  overlappingChoices,
  contradictingExamples,
];

/** Repairs the document in place and says what was changed. */
export function runPasses(document: JsonObject): Finding[] {
  const findings: Finding[] = [];
  for (const { name: pass, run } of passes) {
    run(document, (at, was, is) => {
      // copies: a later pass may change what was reported
      findings.push({
        pass,
        at,
        ...(was !== undefined && { was: cloneJson(was) }),
        ...(is !== undefined && { is: cloneJson(is) }),
      });
    });
  }
  return findings;
}
