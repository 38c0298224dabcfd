// Opens a WebSocket to the Gateway, with the jar's cookies and the trust of every other call. A message may be far larger
// than what is read of it, so that one too many is dropped and not the connection with it.

import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import type { Gateway } from '../gateway.ts';
import { maxFrameBytes } from './frame-reader.ts';

export function dialGateway(deps: {
  gateway: Pick<Gateway, 'url' | 'cookies'>;
  agent: Agent;
  userAgent: string;
}): WebSocket {
  const { url, cookies } = deps.gateway;
  const cookie = cookies.header();
  const socket = new WebSocket(`${url.origin.replace(/^http/, 'ws')}${url.prefix}/v1/api/ws`, {
    agent: deps.agent,
    headers: { 'user-agent': deps.userAgent, ...(cookie === null ? {} : { cookie }) },
    origin: url.origin,
    maxPayload: 16 * maxFrameBytes,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    followRedirects: false,
  });
  socket.once('upgrade', ({ headers }) => cookies.fromIbkr(headers['set-cookie'] ?? []));
  return socket;
}
