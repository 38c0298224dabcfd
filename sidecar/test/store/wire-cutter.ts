// A TCP relay in front of a database whose wires a test can cut at a chosen moment.

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface WireCutter {
  /** The database's URL, through the relay. */
  readonly url: string;
  /** Cuts every wire when the database answers next, before the answer is through. */
  cutAtNextAnswer(): void;
  /** Nothing gets through any more, but nothing is closed either. */
  freeze(): void;
  stop(): Promise<void>;
}

export async function startWireCutter(url: string): Promise<WireCutter> {
  const target = new URL(url);
  const wires = new Set<Socket>();
  let isArmed = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const end = () => {
      for (const socket of [near, far]) {
        wires.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [near, far]) wires.add(socket.on('error', end).on('close', end));
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => {
      if (!isArmed) {
        near.write(bytes);
        return;
      }
      isArmed = false;
      for (const socket of wires) socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    cutAtNextAnswer() {
      isArmed = true;
    },
    freeze() {
      for (const socket of wires) socket.pause();
    },
    async stop() {
      for (const socket of wires) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
