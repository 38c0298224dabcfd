// The edge and the keys for a WebSocket's opening handshake, which does not come through Express.

import type { IncomingMessage } from 'node:http';
import type { ApiKeys, Principal } from '../api-keys.ts';
import type { Problem } from '../errors.ts';
import type { HostCheck } from '../host-check.ts';
import { refusePeer } from './edge.ts';
import { keyRequired } from './keys.ts';

export interface SocketPeer {
  /** Why this caller may not be served, or null. */
  check(request: IncomingMessage): Problem | null;
  /** Whether this caller may send frames that move positions. */
  mayTrade(request: IncomingMessage): boolean;
}

export function createSocketPeer(deps: {
  check: HostCheck;
  keys: ApiKeys | null;
  readOnly: boolean;
}): SocketPeer {
  const { check, keys } = deps;
  return {
    check(request) {
      const { method = 'GET', url = '/', headers } = request;
      const refusal = refusePeer({ method, path: url.split('?')[0] ?? '', headers }, check);
      if (refusal !== null) return refusal;
      return keys === null || principalOf(request, keys) !== null ? null : keyRequired();
    },
    mayTrade(request) {
      if (deps.readOnly) return false;
      return keys === null || principalOf(request, keys)?.scopes.has('trade') === true;
    },
  };
}

/** A browser's WebSocket and some libraries can send no header: they put the key into the address, as `?key=…`. */
function principalOf(request: IncomingMessage, keys: ApiKeys): Principal | null {
  const key = new URLSearchParams((request.url ?? '').split('?')[1]).get('key');
  return keys.authenticate(request.headers) ?? (key === null ? null : keys.principalOf(key));
}
