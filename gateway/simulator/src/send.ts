// Puts a reply on the wire, including the ways in which a wire can disappoint.
import type { ServerResponse } from 'node:http';
import type { Clock } from './clock.ts';
import type { Reply } from './message.ts';

const dripPieces = 16;

export async function send(deps: { clock: Clock }, response: ServerResponse, reply: Reply): Promise<void> {
  if (reply.hang === true) return;
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  if (reply.reset === true && reply.truncateBytes === undefined) {
    response.destroy();
    return;
  }
  writeHead(response, reply, body);
  if (reply.truncateBytes !== undefined) {
    response.write(body.subarray(0, reply.truncateBytes));
    if (reply.reset === true) setImmediate(() => response.destroy());
    return;
  }
  if (reply.dripMs === undefined) {
    response.end(body);
    return;
  }
  const size = Math.max(1, Math.ceil(body.length / dripPieces));
  for (let from = 0; from < body.length && !response.destroyed; from += size) {
    response.write(body.subarray(from, from + size));
    await pause(deps.clock, reply.dripMs);
  }
  response.end();
}

export function pause(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => clock.setTimeout(resolve, ms));
}

function writeHead(response: ServerResponse, reply: Reply, body: Buffer): void {
  // The Gateway's server does not announce keep-alive, it just does it.
  if (response.shouldKeepAlive) response.removeHeader('connection');
  response.sendDate = reply.local === undefined;
  const length: [string, string][] = reply.local === 'sized' ? [['Content-Length', String(body.length)]] : [];
  response.writeHead(reply.status, [...reply.headers, ...length].flat());
}
