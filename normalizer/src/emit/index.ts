// Which outputs there are. One row, one emitter; `generate` writes what all of them return.

import type { Emitter } from './emitter.ts';
import { emitFindings } from './findings.ts';
import { emitOpenapi } from './openapi.ts';
import { emitOperations } from './operations.ts';
import { emitTools } from './tools.ts';
import { emitValidators } from './validators.ts';

/** These need nothing but the document, so `normalize` writes them for any. */
export const documentEmitters: readonly Emitter[] = [emitOpenapi, emitFindings];

export const emitters: readonly Emitter[] = [...documentEmitters, emitOperations, emitValidators, emitTools];
