// The shape of a pass: one defect, repaired in place, every change reported. A second run of a pass changes nothing.

import type { Json, JsonObject } from '../json.ts';

export interface Finding {
  readonly pass: string;
  /** JSON pointer into the document as it was when the pass ran */
  readonly at: string;
  /** absent: the member was not there */
  readonly was?: Json;
  /** absent: the member is gone */
  readonly is?: Json;
}

export type Report = (at: string, was: Json | undefined, is: Json | undefined) => void;

export interface Pass {
  readonly name: string;
  readonly run: (document: JsonObject, report: Report) => void;
}
