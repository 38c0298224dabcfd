// The unsolicited frames: who logged in, the accounts, the session's state, the heartbeat (order and spacing as
// observed: all three within a quarter of a second, the heartbeat on a grid of ten seconds of the server's clock).
import { brokerageAccounts } from '../brokerage/portfolio/accounts.ts';
import type { World } from '../brokerage/world.ts';
import type { Session } from '../session.ts';

export const HEARTBEAT_MS = 10_000;
export const GREETING_STEP_MS = 60;

export const waitingFrame = { message: 'waiting for session' };

export function systemFrame(session: Session): unknown {
  return { topic: 'system', success: session.username, isFT: false, isPaper: session.paper };
}

export function accountsFrame(world: World): unknown {
  return { topic: 'act', args: brokerageAccounts(world) };
}

export function statusFrame(session: Session): unknown {
  const { authenticated, competing, connected, established, message, fail, serverInfo } =
    session.authStatus();
  return {
    topic: 'sts',
    args: {
      connected,
      authenticated,
      established,
      competing,
      message: message ?? '',
      fail: fail ?? '',
      ...serverInfo,
      username: session.username,
    },
  };
}

export function heartbeatFrame(nowMs: number): unknown {
  return { topic: 'system', hb: nowMs };
}

/** Broken on purpose: JSON cut inside a character of several bytes, and bytes that are no UTF-8 at all. */
export const malformedFrames: Buffer[] = [
  Buffer.from(`{"topic":"smd+265598","55":"${'市場情報 ✓ '.repeat(20)}`).subarray(0, -2),
  Buffer.concat([Buffer.from('{"topic":"sor","args":['), Buffer.alloc(220, 0xff), Buffer.from(']}')]),
];
