// The shape of an emitter: the normalised document and what the overlay knows, turned into files by name.

import type { Overlay } from '../overlay.ts';
import type { JsonObject } from '../json.ts';
import type { Finding } from '../passes/pass.ts';

export interface Normalised {
  readonly document: JsonObject;
  readonly overlay: Overlay;
  readonly findings: readonly Finding[];
}

/** File name in spec/generated → its whole text. */
export type Files = Readonly<Record<string, string>>;

export type Emitter = (normalised: Normalised) => Files | Promise<Files>;
