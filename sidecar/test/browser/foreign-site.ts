// Somebody else's web site on this machine: one empty page, on every path and under every name.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForeignSite {
  port: number;
  stop(): Promise<void>;
}

export async function startForeignSite(): Promise<ForeignSite> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>A page of somebody else</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
