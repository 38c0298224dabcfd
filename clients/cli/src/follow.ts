// Events as they happen, until Ctrl-C or as many as were asked for. What is broken off goes on after the last event.

import type { BezantEvent, EventTopic } from 'bezant-client';
import type { Cli } from './cli.ts';
import { Refusal } from './failure.ts';
import { isRow } from './report.ts';

export interface FollowOptions {
  readonly since: number | 'now';
  readonly conids?: readonly (number | string)[];
  readonly count?: number | undefined;
  readonly raw?: boolean | undefined;
}

export async function follow(
  cli: Cli,
  topics: readonly EventTopic[],
  { since, conids = [], count = Infinity, raw }: FollowOptions,
  tell: (event: BezantEvent) => void,
): Promise<void> {
  needsBezant(cli);
  const { output, io } = cli;
  const client = await cli.client();
  const stream = client.events(topics, {
    since,
    conids,
    ...(raw === true && { raw }),
    signal: io.signal,
    onReconnect: ({ message }, waitMs) =>
      output.note(`${message} Again in ${(waitMs / 1000).toFixed(1)} s, after the last event.`),
  });
  let told = 0;
  for await (const event of stream) {
    if (event.topic === 'cursor_expired') {
      output.note(expired);
      continue;
    }
    if (event.topic === 'gap') output.note(gapText(event));
    tell(event);
    told += 1;
    if (told >= count) return;
  }
}

export function needsBezant({ settings }: Cli): void {
  if (settings.server === 'bezant') return;
  throw new Refusal(
    'usage',
    'needs-bezant',
    'Events are kept by bezant; the Gateway itself has none.',
    `Set BEZANT_URL; ${settings.urlFrom} points at the Gateway.`,
  );
}

const expired =
  'Events after this cursor are no longer there, or never were: look at `bezant orders` and trades once.';

function gapText({ payload }: BezantEvent): string {
  const healed = isRow(payload['healed']) && payload['healed']['complete'] === true;
  const [start, end] = [payload['start'], payload['end']].map((at) => (typeof at === 'string' ? at : '?'));
  return `Nothing was heard of IBKR from ${start} to ${end}; ${
    healed ? 'what was missed has been read up.' : 'look at `bezant orders` once.'
  }`;
}
