// Opens a port, and says in a user's words why it cannot be opened.

import type { Server } from 'node:net';
import { formatAddress, type Address } from './setting-values.ts';

/** The port cannot be had. The message names the setting and the next step. */
export class ListenError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program: stop that program, or choose another port',
  EADDRNOTAVAIL:
    'is not an address of this machine: 127.0.0.1 is this machine alone, 0.0.0.0 every address it has',
  EACCES: 'may not be opened by this user: choose a port above 1023',
  ENOTFOUND: 'has a host name that nobody knows: give an IP address',
  EAI_AGAIN: 'has a host name that cannot be looked up now: give an IP address',
  EAFNOSUPPORT: 'is of an address family that this machine does not have',
};

/** Resolves to the address in use: port 0 has become a real one. */
export function listen(server: Server, bind: Address, setting: string): Promise<Address> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const code = error.code ?? '';
      const reason = reasons[code] ?? `cannot be listened on (${code})`;
      reject(new ListenError(`${setting}: ${formatAddress(bind)} ${reason}.`, error));
    };
    server.once('error', fail);
    server.listen(bind.port, bind.host, () => {
      server.off('error', fail);
      const address = server.address();
      resolve({ host: bind.host, port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
    });
  });
}
