// Bytes to frames. IBKR's frames are JSON objects with few exceptions; the Gateway sends them as binary, and hands on the
// fragments of one message as messages of their own (observed on the build of 2023-04-24). Whatever comes is survived.

import { isObject, type Json } from './client-frames.ts';

export interface Frame {
  readonly text: string;
  /** Null for what is no JSON object, such as the echo of `ech+hb`. */
  readonly json: Json | null;
}

export type Broken = 'malformed' | 'oversized';

/** Far above the Gateway's own limit of 64 KiB: what is larger is nothing that IBKR sends. */
export const maxFrameBytes = 4 * 1024 * 1024;

export class FrameReader {
  /** The beginning of an object whose rest may come with the next message. */
  #begun: Buffer | null = null;

  /** What one message tells: usually one frame, sometimes one that was broken before it. */
  read(data: Buffer): (Frame | Broken)[] {
    if (data.length === 0) return [];
    if (data.length > maxFrameBytes) return [...this.#giveUp(), 'oversized'];
    const frame = parse(data);
    if (frame !== null && frame.json !== null) return [...this.#giveUp(), frame];
    const joined = this.#begun === null ? data : Buffer.concat([this.#begun, data]);
    const whole = this.#begun === null ? null : parse(joined);
    if (whole !== null) {
      this.#begun = null;
      return [whole];
    }
    if (frame !== null && (this.#begun === null || !isFragment(frame.text)))
      return [...this.#giveUp(), frame];
    if (joined.length > maxFrameBytes) {
      this.#begun = null;
      return ['oversized'];
    }
    this.#begun = joined;
    return [];
  }

  #giveUp(): Broken[] {
    if (this.#begun === null) return [];
    this.#begun = null;
    return ['malformed'];
  }
}

/** Null for what begins like an object and is none. Bytes that are no UTF-8 become U+FFFD. */
function parse(data: Buffer): Frame | null {
  const text = data.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    return { text, json: isObject(value) ? value : null };
  } catch {
    return isFragment(text) ? null : { text, json: null };
  }
}

/** A topic's name alone is a frame of its own; everything else that is no JSON is a piece of some. */
const isFragment = (text: string): boolean => !/^[a-z]{3}[a-zA-Z0-9+]*$/.test(text.trim());
