// openapi.json: the normalised document itself.

import { writeJson } from '../json.ts';
import type { Emitter } from './emitter.ts';

export const emitOpenapi: Emitter = ({ document }) => ({ 'openapi.json': writeJson(document) });
