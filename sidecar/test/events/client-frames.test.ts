// How clients' frames are read.

import { expect, test } from '@jest/globals';
import { errorFrame, isGreeting, isTrading, parseClientFrame } from '../../src/events/client-frames.ts';

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

test('a refused frame is answered as IBKR answers errors', () => {
  expect(JSON.parse(errorFrame('error', 'read_only', 'No.').toString())).toEqual({
    topic: 'error',
    error: 'No.',
    code: 'read_only',
  });
});
