// Many clients on one connection to IBKR. Each of them sees what it would see on a connection of its own: the greeting,
// what it subscribed to and nothing else, and a whole first frame, whoever was there before.

import type { Clock } from '../clock.ts';
import { createCharts } from './relay-charts.ts';
import {
  errorFrame,
  isGreeting,
  isTrading,
  parseClientFrame,
  toFrame,
  type ClientFrame,
  type Json,
} from './client-frames.ts';
import { createKnown, downFrame } from './relay-known.ts';
import { sharedTopics, type SharedTopic } from './relay-topics.ts';
import type { RelayPeer, RelayUpstream } from './relay-upstream.ts';

/** Frames of a client that wait for IBKR. Subscriptions are remembered anyway and do not count. */
const maxHeld = 64;
/** An account with a hundred data lines is far from it. */
const maxTopicsOfOne = 500;

export interface RelayMember {
  handle(data: Buffer): void;
  leave(): void;
}

export interface RelayHub {
  join(peer: RelayPeer): RelayMember;
  stop(): void;
}

interface Subscription {
  /** What IBKR is asked for; what its frames carry may be shorter. */
  head: string;
  args: Json;
  /** Clients with equal wishes share the text. */
  argsText: string;
  release: () => void;
}

interface Member {
  peer: RelayPeer;
  /** By the `topic` of IBKR's frames. */
  subscriptions: Map<string, Subscription>;
  /** Topics that the relay knows nothing about and the client has sent frames of. */
  others: Set<string>;
  held: ClientFrame[];
  /** Who has been told that IBKR is there is told of everything after it. */
  isGreeted: boolean;
}

export function createRelayHub(deps: { upstream: RelayUpstream; clock: Clock }): RelayHub {
  const { upstream, clock } = deps;
  const members = new Set<Member>();
  const known = createKnown((topic) => upstream.isWanted(topic));
  const charts = createCharts(deps);

  // From IBKR to clients.

  function fromUpstream(text: string, json: Json | null): void {
    // What is no JSON is an echo, answered here, or broken: it is nobody's.
    if (json === null) return;
    const frame = Buffer.from(text);
    const topic = json['topic'];
    if (typeof topic !== 'string') return withoutTopic(json, frame);
    const verb = topic.split('+', 1)[0] ?? '';
    // It carries the session's token.
    if (verb === 'tic') return;
    if (verb === 'smh') return charts.answered(topic, json, frame);
    if (known.isGreeting(topic, json, frame)) {
      for (const { peer, isGreeted } of members) if (isGreeted) peer.send(frame);
      return;
    }
    const shared = sharedTopics.get(verb);
    if (shared === undefined) return toWhomItMayConcern(topic, verb, frame);
    if ('error' in json) return toSubscribersOf(verb, topic, frame);
    known.merge(topic, shared, json);
    distribute(topic, shared, json, frame);
  }

  function withoutTopic(json: Json, frame: Buffer): void {
    const [, serverId] = /^Unsubscribed (\S+)$/.exec(String(json['message'])) ?? [];
    if (serverId !== undefined) return charts.closed(serverId, frame);
    // Told each client when it unsubscribes; IBKR says it when the last one has.
    if (String(json['result']).startsWith('unsubscribed')) return;
    broadcast(frame);
  }

  function distribute(topic: string, shared: SharedTopic, json: Json, frame: Buffer): void {
    const picked = new Map<string, Buffer | null>();
    for (const { peer, subscriptions } of members) {
      const subscription = subscriptions.get(topic);
      if (subscription === undefined) continue;
      const { args, argsText } = subscription;
      let part = picked.get(argsText);
      if (part === undefined) {
        const content = shared.pick(json, args);
        part = content === json ? frame : content && toFrame(content);
        picked.set(argsText, part);
      }
      if (part !== null) peer.send(part);
    }
  }

  function toSubscribersOf(verb: string, topic: string, frame: Buffer): void {
    for (const { peer, subscriptions } of members) {
      const isMeant = (each: string): boolean =>
        each === topic || (topic === verb && each.startsWith(`${verb}+`));
      if ([...subscriptions.keys()].some(isMeant)) peer.send(frame);
    }
  }

  /** To whoever sent a frame of this topic, or to all: notices, bulletins and what IBKR may add to them. */
  function toWhomItMayConcern(topic: string, verb: string, frame: Buffer): void {
    const senders = [...members].filter(({ others }) => others.has(topic) || others.has(verb));
    for (const { peer } of senders) peer.send(frame);
    if (senders.length === 0) broadcast(frame);
  }

  function broadcast(frame: Buffer): void {
    for (const { peer } of members) peer.send(frame);
  }

  function greet(member: Member): void {
    if (member.isGreeted) return;
    member.isGreeted = true;
    for (const frame of known.greeting()) member.peer.send(frame);
  }

  // From a client to IBKR.

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
    const whole = known.whole(topic);
    const part = whole && sharedTopics.get(verb)?.pick(whole, args);
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

  // The connection comes and goes; clients stay.

  const stops = [
    upstream.onFrame(fromUpstream),
    upstream.onReady(() => {
      for (const member of members) {
        greet(member);
        for (const frame of member.held.splice(0)) handle(member, frame);
      }
    }),
    upstream.onDown(() => {
      known.forgetTopics();
      charts.clear();
      for (const { peer, isGreeted } of members) if (isGreeted) peer.send(downFrame());
    }),
  ];

  return {
    join(peer) {
      const member = newMember(peer);
      members.add(member);
      if (upstream.isReady()) greet(member);
      return {
        handle: (data) => handle(member, parseClientFrame(data)),
        leave() {
          members.delete(member);
          charts.leave(peer);
          for (const { release } of member.subscriptions.values()) release();
        },
      };
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}

const newMember = (peer: RelayPeer): Member => ({
  peer,
  subscriptions: new Map(),
  others: new Set(),
  held: [],
  isGreeted: false,
});

/** IBKR's frames of depth carry the account, not the instrument. */
function topicOf({ verb, head, targets }: ClientFrame): string {
  return verb.endsWith('bd') ? `${verb}+${targets[0] ?? ''}` : head;
}

/** IBKR's words at the end of these (observed). */
const goodbyes: ReadonlyMap<string, string> = new Map([
  ['usd', 'unsubscribed from summary'],
  ['uld', 'unsubscribed from ledger'],
]);

const tradingRefused =
  'This would exercise options, which is not allowed here: the server is read-only, or the key may not trade.';
const unknownRefused =
  'This topic is not known to only read, and the server is read-only, or the key may not trade.';
const notSent = 'This was not sent: there is no connection to IBKR. Send it again after the next sts frame.';
