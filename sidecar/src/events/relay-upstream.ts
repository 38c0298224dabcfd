// The two sides of the relay: the one connection to IBKR that all clients share, and one client.

import type { Json } from './client-frames.ts';
import type { Frame } from './frame-reader.ts';

export interface RelayUpstream {
  /** IBKR has opened its side and there is a brokerage session. */
  isReady(): boolean;
  /** False when it could not be sent. */
  send(text: string): boolean;
  onFrame(listener: (frame: Frame) => void): () => void;
  onReady(listener: () => void): () => void;
  onDown(listener: () => void): () => void;
  /** Whether IBKR is asked for this topic, such as `smd+265598`, on anyone's behalf. */
  isWanted(head: string): boolean;
  /**
   * Asks IBKR for a topic, now or as soon as it is there, and again after every reconnect. Wishes for one topic are joined:
   * all `fields` and `keys` that anyone named. Null when all market data lines are taken; otherwise it gives the wish up.
   */
  want(head: string, args: Json): (() => void) | null;
}

export interface RelayPeer {
  /** To the client, as a binary frame, as everything that comes through the Gateway. */
  send(frame: Buffer): void;
  /** Whether this client may send frames that move positions. */
  readonly mayTrade: boolean;
}
