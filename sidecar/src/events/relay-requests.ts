// From a client to IBKR: what it asks for is shared with whoever else wants it, answered here, passed on, or refused.

import type { Clock } from '../clock.ts';
import {
  errorFrame,
  isGreeting,
  isTrading,
  toFrame,
  tradingRefused,
  type ClientFrame,
  type Json,
} from './client-frames.ts';
import type { Charts } from './relay-charts.ts';
import type { Known } from './relay-known.ts';
import type { Member } from './relay-member.ts';
import { sharedTopics } from './relay-topics.ts';
import type { RelayUpstream } from './relay-upstream.ts';

/** Frames of a client that wait for IBKR. Subscriptions are remembered anyway and do not count. */
const maxHeld = 64;
/** An account with a hundred data lines is far from it. */
const maxTopicsOfOne = 500;

export function createRequests(deps: {
  members: ReadonlySet<Member>;
  known: Known;
  charts: Charts;
  upstream: RelayUpstream;
  clock: Clock;
}): (member: Member, frame: ClientFrame) => void {
  const { members, known, charts, upstream, clock } = deps;

  function handle(member: Member, frame: ClientFrame): void {
    if (isGreeting(frame)) return;
    if (isTrading(frame)) return trade(member, frame);
    const act = actions.get(frame.verb);
    if (act !== undefined) return act(member, frame);
    if (sharedTopics.has(frame.verb)) return subscribe(member, frame);
    if (sharedTopics.has(`s${frame.verb.slice(1)}`) && frame.verb.startsWith('u'))
      return sayGoodbye(member, frame);
    // What it would do is not known.
    if (!member.peer.mayTrade) return member.peer.send(errorFrame('error', 'read_only', unknownRefused));
    if (!upstream.isReady()) return hold(member, frame);
    passOn(member, frame);
  }

  const actions: ReadonlyMap<string, (member: Member, frame: ClientFrame) => void> = new Map([
    [
      'tic',
      ({ peer }) => {
        if (upstream.isReady())
          peer.send(toFrame({ topic: 'tic', alive: true, id: '', lastAccessed: clock.now() }));
      },
    ],
    [
      'ech',
      ({ peer }, { head }) => {
        if (upstream.isReady()) peer.send(Buffer.from(head));
      },
    ],
    ['smh', (member, frame) => (upstream.isReady() ? charts.open(member.peer, frame) : hold(member, frame))],
    ['umh', ({ peer }, frame) => charts.close(peer, frame)],
  ]);

  /** Never held: an exercise that is sent later than it was meant is another one. */
  function trade(member: Member, frame: ClientFrame): void {
    const { peer } = member;
    if (!peer.mayTrade) return peer.send(errorFrame('error', 'read_only', tradingRefused));
    if (!upstream.isReady()) return peer.send(errorFrame('error', 'no_session', notSent));
    passOn(member, frame);
  }

  /** Once: what it would mean after a reconnect is for the client to know. */
  function passOn({ others }: Member, { head, text }: ClientFrame): void {
    if (others.size < maxTopicsOfOne) others.add(head);
    upstream.send(text);
  }

  function hold(member: Member, frame: ClientFrame): void {
    if (member.held.length < maxHeld) member.held.push(frame);
    else member.peer.send(errorFrame('error', 'no_session', notSent));
  }

  function subscribe(member: Member, frame: ClientFrame): void {
    const { head, verb, args, targets } = frame;
    const topic = topicOf(frame);
    if (verb === 'sbd' && isTaken(member, topic, head)) {
      const message =
        'IBKR’s frames of depth name the account only, and another client follows another instrument.';
      return member.peer.send(errorFrame(topic, 'depth_used', message));
    }
    if (member.subscriptions.size >= maxTopicsOfOne && !member.subscriptions.has(topic)) {
      return member.peer.send(errorFrame(topic, 'overloaded', 'This connection has too many subscriptions.'));
    }
    const before = member.subscriptions.get(topic);
    // Given up first: IBKR ends the depth of a whole account at once.
    if (before !== undefined && before.head !== head) unsubscribe(member, topic);
    const isNew = !upstream.isWanted(head);
    if (isNew) known.forget(topic);
    const release = upstream.want(head, args);
    if (release === null) {
      const message = `All market data lines are taken, so ${targets.join('+')} cannot be followed.`;
      return member.peer.send(errorFrame(topic, 'data_lines_used', message));
    }
    member.subscriptions.get(topic)?.release();
    member.subscriptions.set(topic, { head, args, argsText: JSON.stringify(args), release });
    if (!isNew) replay(member, verb, topic, args);
    // Earlier days are with IBKR only.
    if (verb === 'str' && Number(args['days']) > 1 && args['realtimeUpdatesOnly'] !== true)
      upstream.send(frame.text);
  }

  /** What a subscription of its own would begin with. */
  function replay({ peer }: Member, verb: string, topic: string, args: Json): void {
    if (!upstream.isReady()) return;
    // Nothing but what happens from now on is asked for; IBKR begins with an empty list too (observed).
    if (verb === 'str' && args['realtimeUpdatesOnly'] === true)
      return peer.send(toFrame({ topic, args: [] }));
    const shared = sharedTopics.get(verb);
    const whole = shared && known.whole(topic, shared);
    const part = whole && shared.pick(whole, args);
    if (part) return peer.send(toFrame(part));
    if (verb === 'str') peer.send(toFrame({ topic, args: [] }));
  }

  function isTaken(member: Member, topic: string, head: string): boolean {
    return [...members].some((other) => {
      const theirs = other.subscriptions.get(topic);
      return other !== member && theirs !== undefined && theirs.head !== head;
    });
  }

  function unsubscribe({ subscriptions }: Member, topic: string): void {
    subscriptions.get(topic)?.release();
    subscriptions.delete(topic);
  }

  function sayGoodbye(member: Member, frame: ClientFrame): void {
    const { peer } = member;
    unsubscribe(member, `s${topicOf(frame).slice(1)}`);
    const word = goodbyes.get(frame.verb);
    if (word !== undefined) peer.send(toFrame({ result: word }));
  }

  return handle;
}

/** IBKR's frames of depth carry the account, not the instrument. */
function topicOf({ verb, head, targets }: ClientFrame): string {
  return verb.endsWith('bd') ? `${verb}+${targets[0] ?? ''}` : head;
}

/** IBKR's words at the end of these (observed). */
const goodbyes: ReadonlyMap<string, string> = new Map([
  ['usd', 'unsubscribed from summary'],
  ['uld', 'unsubscribed from ledger'],
]);

const unknownRefused =
  'This topic is not known to only read, and the server is read-only, or the key may not trade.';
const notSent = 'This was not sent: there is no connection to IBKR. Send it again after the next sts frame.';
