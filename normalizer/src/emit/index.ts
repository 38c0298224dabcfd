// Which outputs there are. One row, one emitter; `generate` writes what all of them return.

import type { Emitter } from './emitter.ts';
import { emitFindings } from './findings.ts';
import { emitOpenapi } from './openapi.ts';
import { emitOperations } from './operations.ts';
import { emitValidators } from './validators.ts';

export const emitters: readonly Emitter[] = [emitOpenapi, emitOperations, emitValidators, emitFindings];
