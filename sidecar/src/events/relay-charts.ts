// Historical bars by WebSocket (`smh`, `umh`) for several clients: IBKR's answer names the conid and gives a server id, so
// an answer goes to whoever asked for this conid first, and a server id belongs to one client from then on.

import type { Clock } from '../clock.ts';
import { errorFrame, type ClientFrame, type Json } from './client-frames.ts';
import type { RelayPeer, RelayUpstream } from './relay-upstream.ts';

/** At once (IBKR Web API documentation, historical market data by websocket). */
const maxCharts = 5;
/** IBKR answers within a second or two, or never. */
const answerMs = 15_000;

interface Asked {
  /** Null when the client has left: the answer still comes. */
  peer: RelayPeer | null;
  untilMs: number;
}

export interface Charts {
  open(peer: RelayPeer, frame: ClientFrame): void;
  close(peer: RelayPeer, frame: ClientFrame): void;
  /** `{"topic":"smh+265598", …}` */
  answered(topic: string, json: Json, frame: Buffer): void;
  /** `{"message":"Unsubscribed 1234"}` */
  closed(serverId: string, frame: Buffer): void;
  leave(peer: RelayPeer): void;
  /** The connection is gone, and all charts with it. */
  clear(): void;
}

export function createCharts(deps: { upstream: RelayUpstream; steady: Clock }): Charts {
  const { upstream, steady } = deps;
  /** By topic, oldest first. */
  const asked = new Map<string, Asked[]>();
  const owners = new Map<string, RelayPeer>();

  function count(): number {
    let pending = 0;
    for (const [topic, list] of asked) {
      const left = list.filter(({ untilMs }) => untilMs > steady.now());
      if (left.length === 0) asked.delete(topic);
      else asked.set(topic, left);
      pending += left.length;
    }
    return owners.size + pending;
  }

  return {
    open(peer, { head, text }) {
      if (count() >= maxCharts) {
        const message = `IBKR gives ${maxCharts} historical data subscriptions at once; end one with umh first.`;
        return peer.send(errorFrame(head, 'charts_used', message));
      }
      const list = asked.get(head) ?? [];
      asked.set(head, [...list, { peer, untilMs: steady.now() + answerMs }]);
      upstream.send(text);
    },

    close(peer, { head, text, targets }) {
      if (owners.get(targets[0] ?? '') === peer) return void upstream.send(text);
      peer.send(errorFrame(head, 'not_found', 'No chart of this connection has this server id.'));
    },

    answered(topic, json, frame) {
      const serverId = typeof json['serverId'] === 'string' ? json['serverId'] : null;
      const owner = serverId === null ? undefined : owners.get(serverId);
      if (owner !== undefined) return owner.send(frame);
      const first = asked.get(topic)?.shift();
      if (first === undefined) return;
      if (first.peer === null) {
        if (serverId !== null) upstream.send(`umh+${serverId}`);
        return;
      }
      if (serverId !== null) owners.set(serverId, first.peer);
      first.peer.send(frame);
    },

    closed(serverId, frame) {
      owners.get(serverId)?.send(frame);
      owners.delete(serverId);
    },

    leave(peer) {
      for (const list of asked.values()) for (const each of list) if (each.peer === peer) each.peer = null;
      for (const [serverId, owner] of owners) {
        if (owner !== peer) continue;
        owners.delete(serverId);
        upstream.send(`umh+${serverId}`);
      }
    },

    clear() {
      asked.clear();
      owners.clear();
    },
  };
}
