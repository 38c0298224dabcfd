// One client of the relay, as the parts of the relay see it.

import type { ClientFrame, Json } from './client-frames.ts';
import type { RelayPeer } from './relay-upstream.ts';

export interface Subscription {
  /** What IBKR is asked for; what its frames carry may be shorter. */
  head: string;
  args: Json;
  /** Clients with equal wishes share the text. */
  argsText: string;
  release: () => void;
}

export interface Member {
  peer: RelayPeer;
  /** By the `topic` of IBKR's frames. */
  subscriptions: Map<string, Subscription>;
  /** Topics that the relay knows nothing about and the client has sent frames of. */
  others: Set<string>;
  held: ClientFrame[];
  /** Who has been told that IBKR is there is told of everything after it. */
  isGreeted: boolean;
}

export const newMember = (peer: RelayPeer): Member => ({
  peer,
  subscriptions: new Map(),
  others: new Set(),
  held: [],
  isGreeted: false,
});
