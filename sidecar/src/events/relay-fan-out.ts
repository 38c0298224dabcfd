// From IBKR to clients: each frame to those it is meant for, with the part of it they asked for.

import { toFrame, type Json } from './client-frames.ts';
import type { Frame } from './frame-reader.ts';
import type { Charts } from './relay-charts.ts';
import type { Known } from './relay-known.ts';
import type { Member } from './relay-member.ts';
import { sharedTopics, type SharedTopic } from './relay-topics.ts';

export function createFanOut(deps: {
  members: ReadonlySet<Member>;
  known: Known;
  charts: Charts;
}): (frame: Frame) => void {
  const { members, known, charts } = deps;

  function fromUpstream({ text, json }: Frame): void {
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
    known.add(topic, shared, json);
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

  return fromUpstream;
}
