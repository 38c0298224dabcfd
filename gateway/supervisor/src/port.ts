// Looks whether the addresses of a plan are free before anything starts: a stranger on the port would answer the
// readiness probe in the child's place, and the child's own complaint would not name the setting that helps.
import { createServer } from 'node:net';

import type { Address } from './address.ts';
import type { Plan } from './plan.ts';

const reasons: Record<string, string> = {
  EADDRINUSE: 'is used by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is not an address of this machine',
};

function listenError(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown error'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

export async function portFaults({ admin, processes }: Plan): Promise<string[]> {
  const listens = [
    ...(admin === null ? [] : [{ name: 'supervisor', ...admin }]),
    ...processes.flatMap(({ name, listens }) => listens.map((listen) => ({ name, ...listen }))),
  ];
  const faults = await Promise.all(
    listens.map(async ({ name, address, setting }) => {
      const code = await listenError(address.host, address.port);
      if (code === null) return [];
      return [
        `${name}: ${shown(address)} ${reasons[code] ?? `cannot be used (${code})`}; set ${setting} to a free port`,
      ];
    }),
  );
  return faults.flat();
}

const shown = ({ host, port }: Address): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
