// The whole server in this process, in front of a stand-in Gateway, for tests that must see what happens inside it.

import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@prometheus-io/client';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { Happening } from '../../src/observe.ts';
import { startServer } from '../../src/server.ts';
import { startCapturingGateway, type CapturingGateway } from '../io/capturing-gateway.ts';
import { send, type Answer, type Sent } from '../io/wire.ts';

export interface Serving {
  gateway: CapturingGateway;
  port: number;
  send(sent: Sent): Promise<Answer>;
  /** A bare connection that has sent this text. */
  open(text: string): Promise<Socket>;
  /** The first happening that fits, past or future. */
  happened<Kind extends Happening['kind']>(
    kind: Kind,
    fits?: (happening: Extract<Happening, { kind: Kind }>) => boolean,
  ): Promise<Extract<Happening, { kind: Kind }>>;
  happenings: readonly Happening[];
  stop(): Promise<void>;
}

export async function startServing(env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const gateway = await startCapturingGateway();
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-serving-'));
  const happenings: Happening[] = [];
  let waiting: { fits: (happening: Happening) => boolean; resolve: (happening: Happening) => void }[] = [];
  const server = await startServer({
    config: loadConfig({
      BEZANT_BIND: '127.0.0.1:0',
      BEZANT_ADMIN_BIND: '127.0.0.1:0',
      BEZANT_PACING: 'off',
      BEZANT_KEEPALIVE_SECS: '0',
      BEZANT_DRIFT_SAMPLE: '0',
      BEZANT_DATA_DIR: dataDir,
      IBKR_GATEWAY_URL: gateway.apiUrl,
      ...env,
    }),
    observe(happening) {
      happenings.push(happening);
      for (const { fits, resolve } of waiting) if (fits(happening)) resolve(happening);
      waiting = waiting.filter(({ fits }) => !fits(happening));
    },
    clock: systemClock,
    registry: new Registry(),
    version: '0.0.0',
    restartGateway: null,
  });
  const started = happenings.find((happening) => happening.kind === 'started');
  const url = started?.publicUrl ?? '';
  const port = Number(new URL(url).port);

  return {
    gateway,
    port,
    happenings,
    send: (sent) => send(url, sent),
    open: (text) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text, () => resolve(socket)));
        socket.once('error', reject);
      }),
    happened(kind, fits = () => true) {
      type Wanted = Extract<Happening, { kind: typeof kind }>;
      const isIt = (happening: Happening): boolean => happening.kind === kind && fits(happening as Wanted);
      const past = happenings.find(isIt);
      if (past !== undefined) return Promise.resolve(past as Wanted);
      return new Promise((resolve) => {
        waiting.push({ fits: isIt, resolve: (happening) => resolve(happening as Wanted) });
      });
    },
    async stop() {
      await server.stop(0);
      await gateway.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const orderPath = '/v1/api/iserver/account/DU1/orders';

/** A request for an order, as it is sent. */
export const order = (cOID: string): Sent => ({
  method: 'POST',
  path: orderPath,
  headers: [['Content-Type', 'application/json']],
  body: JSON.stringify({
    orders: [{ conid: 1, orderType: 'MKT', side: 'BUY', tif: 'DAY', quantity: 1, cOID }],
  }),
});

/** The same as text for a bare connection. */
export function asText({ method = 'GET', path, headers = [], body = '' }: Sent): string {
  const text = body.toString();
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(text === '' ? [] : [`Content-Length: ${Buffer.byteLength(text)}`]),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${text}`;
}
