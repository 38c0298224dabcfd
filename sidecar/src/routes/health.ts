// How the server and the session are. /health is the predecessor's: what IBKR says, or why it says nothing. /livez is about
// this process alone, so that no platform restarts it because somebody has to log in. /readyz is the state as it is known.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionStateName } from '../session-state.ts';
import { writeJson } from './write-json.ts';

export interface KnownSession {
  state(): { name: SessionStateName; reason: string };
  health(signal?: AbortSignal): Promise<unknown>;
  refresh(): void;
}

export interface HealthRoutes {
  /** Rejects with a Problem. */
  health(response: ServerResponse, signal: AbortSignal): Promise<void>;
  livez(request: IncomingMessage, response: ServerResponse): void;
  readyz(request: IncomingMessage, response: ServerResponse): void;
}

export function createHealthRoutes(session: KnownSession): HealthRoutes {
  return {
    async health(response, signal) {
      writeJson(response, 200, await session.health(signal));
    },
    livez(_request, response) {
      writeJson(response, 200, { alive: true });
    },
    readyz(_request, response) {
      session.refresh();
      const { name, reason } = session.state();
      const ready = name !== 'down';
      writeJson(response, ready ? 200 : 503, { ready, state: name, reason });
    },
  };
}
