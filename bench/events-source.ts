// Stands in for the Gateway's WebSocket under load: greets, beats, and sends frames as fast as it is told. A process of its
// own; its parent tells it what to do.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { WebSocketServer, type WebSocket } from 'ws';
import { frame } from './events-frames.ts';

export interface Load {
  perSecond: number;
  seconds: number;
}

const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
});
const authStatus = { authenticated: true, connected: true, competing: false };
const answers: Readonly<Record<string, unknown>> = {
  '/v1/api/tickle': { session: 'x', ssoExpires: 600_000, iserver: { authStatus } },
  '/v1/api/iserver/auth/status': authStatus,
  '/v1/api/iserver/accounts': { accounts: ['DU1'], selectedAccount: 'DU1' },
  '/v1/api/portfolio/accounts': [{ id: 'DU1', accountId: 'DU1' }],
  '/v1/api/iserver/account/orders': { orders: [], snapshot: true },
  '/v1/api/iserver/account/trades': [],
};

const server = createServer({ key, cert, maxVersion: 'TLSv1.2', keepAlive: true }, (request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[(request.url ?? '').split('?', 1)[0] ?? ''] ?? {}));
  });
});
const sockets = new WebSocketServer({ server });
let client: WebSocket | null = null;
const say = (content: unknown): void =>
  client?.send(Buffer.from(JSON.stringify(content)), { binary: true, compress: false });

sockets.on('connection', (socket) => {
  client = socket;
  say({ topic: 'system', success: 'bench', isFT: false, isPaper: true });
  say({ topic: 'act', args: { accounts: ['DU1'], selectedAccount: 'DU1' } });
  say({ topic: 'sts', args: { ...authStatus, username: 'bench' } });
});
setInterval(() => say({ topic: 'system', hb: Date.now() }), 10_000);

let sent = 0;

async function run({ perSecond, seconds }: Load): Promise<void> {
  const total = perSecond * seconds;
  const startMs = performance.now();
  for (let count = 0; count < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * perSecond) + 1);
    for (; count < due; count += 1) say(frame((sent += 1)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

process.on('message', (load: Load) => {
  const before = sent;
  void run(load).then(() => process.send?.({ sent: sent - before }));
});
process.once('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
