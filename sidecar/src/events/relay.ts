// IBKR's WebSocket for any number of clients, on the one connection to IBKR that the events have.

import type { WebSocket } from 'ws';
import type { Observe } from '../observe.ts';
import { goingAway } from './close-codes.ts';
import type { Clocks } from './moment.ts';
import { serveClient, type RelayClient } from './relay-client.ts';
import { createRelayHub } from './relay-hub.ts';
import type { RelayUpstream } from './relay-upstream.ts';
import { createSocketDoor, type DoorRules, type SocketDoor } from './socket-door.ts';

/** Each costs some 30 kB and a look at every frame. */
const maxClients = 256;

export interface Relay {
  upgrade: SocketDoor['upgrade'];
  /** How many clients there are. */
  open(): number;
  stop(): Promise<void>;
}

export function startRelay(
  deps: DoorRules &
    Clocks & {
      upstream: RelayUpstream;
      /** Called for each client that is let in. */
      onClient: () => void;
      observe: Observe;
    },
): Relay {
  const { upstream, clock, observe } = deps;
  const open = new Set<RelayClient>();
  const hub = createRelayHub(deps);

  function accept(client: WebSocket, mayTrade: boolean): void {
    const tell = (what: 'opened' | 'closed' | 'failed'): void =>
      observe({ kind: 'relay', what, open: open.size });
    let isServed = upstream.isReady();
    const stopListening = upstream.onReady(() => (isServed = true));
    const served = serveClient({
      client,
      clock,
      isServed: () => isServed,
      onMessage: (data) => member.handle(data),
      onFailure: () => tell('failed'),
    });
    const member = hub.join({ send: (frame) => served.send(frame), mayTrade });
    open.add(served);
    tell('opened');
    deps.onClient();
    void served.closed.then(() => {
      stopListening();
      member.leave();
      open.delete(served);
      tell('closed');
    });
  }

  const door = createSocketDoor({ ...deps, maxClients, open: () => open.size, accept });
  return {
    upgrade: (request, socket, head) => door.upgrade(request, socket, head),
    open: () => open.size,
    async stop() {
      door.close();
      for (const served of open) served.end(goingAway, 'This server is shutting down.');
      await Promise.all([...open].map(({ closed }) => closed));
      hub.stop();
    },
  };
}
