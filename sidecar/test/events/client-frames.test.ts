// How clients' frames are read.

import { expect, test } from '@jest/globals';
import { cutReason, maySend } from '../../src/events/close-codes.ts';
import {
  errorFrame,
  isGreeting,
  isTrading,
  isWaiting,
  parseClientFrame,
} from '../../src/events/client-frames.ts';

test.each([
  { frame: 'shs+exercise+{"CEX":1}', trading: true, greeting: false },
  { frame: 'inp+exercise+{}', trading: true, greeting: false },
  { frame: ' \r\n\tSHS+exercise', trading: true, greeting: false },
  { frame: '\uFEFFinp', trading: true, greeting: false },
  { frame: 'smd+265598+{"fields":["31"]}', trading: false, greeting: false },
  { frame: 'smh+shs', trading: false, greeting: false },
  { frame: 'sor+{}', trading: false, greeting: false },
  { frame: 'tic', trading: false, greeting: false },
  { frame: '{"session":"x"}', trading: false, greeting: true },
  { frame: ' {"session":"x"}', trading: false, greeting: true },
  { frame: '', trading: false, greeting: true },
])('$frame', ({ frame, trading, greeting }) => {
  const parsed = parseClientFrame(Buffer.from(frame));
  expect({ trading: isTrading(parsed), greeting: isGreeting(parsed) }).toEqual({ trading, greeting });
});

test.each([
  {
    frame: 'smd+265598+{"fields":["31"]}',
    head: 'smd+265598',
    targets: ['265598'],
    args: { fields: ['31'] },
  },
  { frame: ' sbd+U1+265598+ARCA ', head: 'sbd+U1+265598+ARCA', targets: ['U1', '265598', 'ARCA'], args: {} },
  { frame: 'smd+1@ARCA+{}', head: 'smd+1@ARCA', targets: ['1@ARCA'], args: {} },
  { frame: 'spl', head: 'spl', targets: [], args: {} },
  { frame: 'sor+', head: 'sor', targets: [], args: {} },
  { frame: 'umh+1234', head: 'umh+1234', targets: ['1234'], args: {} },
  { frame: 'smd+1+{"fields":', head: 'smd+1', targets: ['1'], args: {} },
  { frame: 'smd+1+{"fields":["+{"]}', head: 'smd+1', targets: ['1'], args: { fields: ['+{'] } },
])('$frame is read', ({ frame, ...want }) => {
  expect(parseClientFrame(Buffer.from(frame))).toMatchObject({ text: frame.trim(), ...want });
});

test.each([
  { frame: '{"message":"waiting for session"}', want: true },
  { frame: '{"topic":"system","success":"me"}', want: false },
  { frame: '', want: false },
])('$frame is waiting: $want', ({ frame, want }) => {
  expect(isWaiting(Buffer.from(frame))).toBe(want);
});

test('a refused frame is answered as IBKR answers errors', () => {
  expect(JSON.parse(errorFrame('error', 'read_only', 'No.').toString())).toEqual({
    topic: 'error',
    error: 'No.',
    code: 'read_only',
  });
});

test.each([
  { codes: [1000, 1001, 1002, 1003, 1007, 1011, 1013, 1014, 3000, 4999], want: true },
  { codes: [0, 999, 1004, 1005, 1006, 1015, 2999, 5000], want: false },
])('may be sent: $want: $codes', ({ codes, want }) => {
  expect(codes.map(maySend)).toEqual(codes.map(() => want));
});

test.each([
  { given: 'short', want: 'short' },
  { given: 'x'.repeat(200), want: 'x'.repeat(123) },
  { given: 'é'.repeat(100), want: 'é'.repeat(61) },
])('a reason fits into its frame', ({ given, want }) => {
  expect(cutReason(given)).toBe(want);
});
