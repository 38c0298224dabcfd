// Many clients on one connection to IBKR. Each of them sees what it would see on a connection of its own: the greeting,
// what it subscribed to and nothing else, and a whole first frame, whoever was there before. The connection comes and goes;
// clients stay.

import { parseClientFrame } from './client-frames.ts';
import type { Clocks } from './moment.ts';
import { createCharts } from './relay-charts.ts';
import { createFanOut } from './relay-fan-out.ts';
import { createKnown, downFrame } from './relay-known.ts';
import { newMember, type Member } from './relay-member.ts';
import { createRequests } from './relay-requests.ts';
import type { RelayPeer, RelayUpstream } from './relay-upstream.ts';

export interface RelayMember {
  handle(data: Buffer): void;
  leave(): void;
}

export interface RelayHub {
  join(peer: RelayPeer): RelayMember;
  stop(): void;
}

export function createRelayHub(deps: Clocks & { upstream: RelayUpstream }): RelayHub {
  const { upstream } = deps;
  const members = new Set<Member>();
  const known = createKnown((topic) => upstream.isWanted(topic));
  const charts = createCharts(deps);
  const parts = { ...deps, members, known, charts };
  const handle = createRequests(parts);

  function greet(member: Member): void {
    if (member.isGreeted) return;
    member.isGreeted = true;
    for (const frame of known.greeting()) member.peer.send(frame);
  }

  const stops = [
    upstream.onFrame(createFanOut(parts)),
    upstream.onReady(() => {
      for (const member of members) {
        greet(member);
        for (const frame of member.held.splice(0)) handle(member, frame);
      }
    }),
    upstream.onDown(() => {
      known.forgetTopics();
      charts.clear();
      for (const { peer, isGreeted } of members) if (isGreeted) peer.send(downFrame());
    }),
  ];

  return {
    join(peer) {
      const member = newMember(peer);
      members.add(member);
      if (upstream.isReady()) greet(member);
      return {
        handle: (data) => handle(member, parseClientFrame(data)),
        leave() {
          members.delete(member);
          charts.leave(peer);
          for (const { release } of member.subscriptions.values()) release();
        },
      };
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
