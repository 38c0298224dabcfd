import { expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';

import { watchWishes } from '../src/wishes.ts';

test.each([
  { why: 'nothing', events: [], want: [false, false] },
  { why: 'Ctrl-C', events: [['SIGINT', 0]], want: [true, false] },
  {
    why: 'one Ctrl-C that arrives twice',
    events: [
      ['SIGINT', 0],
      ['SIGINT', 100],
    ],
    want: [true, false],
  },
  {
    why: 'two',
    events: [
      ['SIGINT', 0],
      ['SIGINT', 600],
    ],
    want: [true, true],
  },
  {
    why: 'TERM, then Ctrl-C',
    events: [
      ['SIGTERM', 0],
      ['SIGINT', 900],
    ],
    want: [true, true],
  },
  { why: 'a closed terminal', events: [['SIGHUP', 0]], want: [true, false] },
] as { why: string; events: [string, number][]; want: boolean[] }[])('$why', ({ events, want }) => {
  const source = new EventEmitter();
  let nowMs = 0;
  const wishes = watchWishes(source, [], () => nowMs);
  for (const [name, at] of events) {
    nowMs = at;
    source.emit(name);
  }
  expect([wishes.stop.aborted, wishes.atOnce.aborted]).toEqual(want);
});

test('an output nobody reads is a wish to stop', () => {
  const output = new EventEmitter();
  const wishes = watchWishes(new EventEmitter(), [output], () => 0);
  output.emit('error', new Error('EPIPE'));
  expect(wishes.stop.aborted).toBe(true);
});
