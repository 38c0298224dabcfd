// Connections to the Gateway for those who open their own, the login pages and the WebSocket: with the same trust as
// gateway.ts, kept alive because the Gateway takes long to shake hands.

import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, type ConnectionOptions } from 'node:tls';
import { Problem } from './errors.ts';

export function createGatewayAgent(deps: {
  origin: string;
  tls: ConnectionOptions;
  /** SHA-256 of the only certificate to take, upper-case hex pairs joined by colons. */
  fingerprint: string | null;
}): HttpAgent {
  const { origin, tls, fingerprint } = deps;
  if (origin.startsWith('http:')) return new HttpAgent({ keepAlive: true });
  // A resumed session shows no certificate, and there is none to check.
  const options = { ...tls, keepAlive: true, maxCachedSessions: 0 };
  return fingerprint === null ? new HttpsAgent(options) : new PinnedAgent(options, fingerprint);
}

type Created = (error: Error | null, socket: Duplex) => void;

class PinnedAgent extends HttpsAgent {
  readonly #fingerprint: string;

  constructor(options: ConstructorParameters<typeof HttpsAgent>[0], fingerprint: string) {
    super(options);
    this.#fingerprint = fingerprint;
  }

  override createConnection(options: ConnectionOptions, created: Created): undefined {
    const socket = connect(options);
    const fail = (error: Error): void => created(error, socket);
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      socket.off('error', fail);
      if (socket.getPeerCertificate().fingerprint256 === this.#fingerprint) return created(null, socket);
      socket.destroy();
      const message = 'The Gateway shows another certificate than BEZANT_GATEWAY_FINGERPRINT names.';
      created(new Problem('upstream_unreachable', message), socket);
    });
  }
}
