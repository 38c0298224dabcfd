// One client: lost frames until the upstream is open, the greeting, heartbeats, then its subscriptions.
import type { WebSocket } from 'ws';
import { lookUp } from '../brokerage/reading.ts';
import type { World } from '../brokerage/world.ts';
import type { Clock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Session } from '../session.ts';
import { accountTopics } from './account-topics.ts';
import { exerciseTopics } from './exercise-topics.ts';
import { parseRequest } from './frame.ts';
import {
  accountsFrame,
  GREETING_STEP_MS,
  HEARTBEAT_MS,
  heartbeatFrame,
  malformedFrames,
  statusFrame,
  systemFrame,
  waitingFrame,
} from './greeting.ts';
import { marketTopics } from './market-topics.ts';
import { orderTopics } from './order-topics.ts';
import { sessionTopics } from './session-topics.ts';
import type { Connection, Subscription, Topic } from './subscription.ts';

const topics: Record<string, Topic> = {
  ...marketTopics,
  ...orderTopics,
  ...accountTopics,
  ...sessionTopics,
  ...exerciseTopics,
};

/** How long the Gateway takes to reach IBKR; frames of the client before that are lost (observed). */
const UPSTREAM_OPEN_MS = 200;

export interface ConnectionDeps {
  world: World;
  session: Session;
  clock: Clock;
  faults: Faults;
  mode: 'gateway' | 'upstream';
  log: (line: string) => void;
}

export function serveConnection(deps: ConnectionDeps, socket: WebSocket, id: string): void {
  const { world, session, faults, mode } = deps;
  const clock = deps.clock.scope();
  const subscriptions = new Map<string, Subscription>();
  let phase: 'opening' | 'waiting' | 'serving' = 'opening';
  let lastStatus = '';
  let sent = 0;

  const transmit = (data: Buffer): void => {
    if (faults.socket === 'silent' || socket.readyState !== socket.OPEN) return;
    // The Gateway turns every frame from IBKR into a binary one (observed on the build 2023-04-24).
    socket.send(data, { binary: mode === 'gateway' });
  };
  const sendText = (text: string): void => {
    transmit(Buffer.from(text));
    const broken = malformedFrames[sent++ % malformedFrames.length];
    if (faults.socket === 'malformed' && broken !== undefined) transmit(broken);
  };
  const send = (frame: unknown): void => sendText(JSON.stringify(frame));

  const connection: Connection = {
    world,
    clock,
    id,
    send,
    sendText,
    keep: (key, subscription) => {
      subscriptions.get(key)?.stop();
      subscriptions.set(key, subscription);
    },
    drop: (key) => {
      subscriptions.get(key)?.stop();
      return subscriptions.delete(key);
    },
    kept: (prefix) => [...subscriptions.keys()].filter((key) => key.startsWith(prefix)),
  };

  const sendStatus = (): void => {
    const frame = statusFrame(session);
    lastStatus = JSON.stringify(frame);
    send(frame);
  };

  const greet = (): void => {
    if (faults.socket === 'waiting' || !session.loggedIn) {
      phase = 'waiting';
      send(waitingFrame);
      return;
    }
    phase = 'serving';
    const nowMs = clock.now();
    clock.setTimeout(
      () => {
        beat();
        clock.every(HEARTBEAT_MS, beat);
      },
      HEARTBEAT_MS - (nowMs % HEARTBEAT_MS),
    );
    if (faults.socket === 'no-ready') return;
    send(systemFrame(session));
    clock.setTimeout(() => {
      if (session.brokerage === 'up') send(accountsFrame(world));
    }, GREETING_STEP_MS);
    clock.setTimeout(sendStatus, 2 * GREETING_STEP_MS);
  };

  const beat = (): void => {
    if (faults.socket !== 'no-heartbeat' && session.loggedIn) send(heartbeatFrame(clock.now()));
  };

  const stopListening = session.on('change', () => {
    if (phase === 'waiting' && session.loggedIn && faults.socket !== 'waiting') greet();
    else if (
      phase === 'serving' &&
      lastStatus !== '' &&
      JSON.stringify(statusFrame(session)) !== lastStatus
    ) {
      sendStatus();
    }
    if (session.brokerage === 'up') return;
    for (const [key, subscription] of subscriptions) {
      if (subscription.brokerage || !session.loggedIn) connection.drop(key);
    }
  });
  const stopNotices = world.happenings.on((happening) => {
    if (happening.kind !== 'notice' || phase !== 'serving') return;
    const { id: noticeId, title, text } = happening;
    send({ topic: 'ntf', args: { id: noticeId, text, title, url: '' } });
  });

  socket.on('message', (data) => {
    if (phase !== 'serving' || !session.loggedIn) return;
    const request = parseRequest(toText(data));
    const topic = lookUp(topics, request.topic);
    if (topic === undefined || (topic.brokerage && session.brokerage !== 'up')) return;
    try {
      topic.run(connection, request);
    } catch (error) {
      deps.log(`socket ${id}: ${request.head} failed: ${(error as Error).stack ?? String(error)}`);
    }
  });
  socket.on('error', (error) => deps.log(`socket ${id}: ${error.message}`));
  socket.on('close', () => {
    clock.stop();
    stopListening();
    stopNotices();
    world.streams.closeOwner(id);
    for (const subscription of subscriptions.values()) subscription.stop();
  });

  if (faults.socket === 'close') socket.close(1000);
  else clock.setTimeout(greet, mode === 'gateway' ? UPSTREAM_OPEN_MS : 0);
}

function toText(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
