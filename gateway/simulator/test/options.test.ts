import { expect, test } from '@jest/globals';
import { helpText, parseOptions } from '../src/options.ts';

const good: { args: string[]; env?: Record<string, string>; want: Record<string, unknown> }[] = [
  { args: [], want: { port: 5000, help: false } },
  { args: ['--port', '0', '--scenario=logged-out'], want: { port: 0, scenario: 'logged-out' } },
  { args: ['--no-tls', '--time-scale', '60'], want: { tls: false, timeScale: 60 } },
  {
    args: [],
    env: { BEZANT_SIMULATOR_PORT: '5001', BEZANT_SIMULATOR_NO_TLS: 'yes' },
    want: { port: 5001, tls: false },
  },
  { args: ['--port=5002'], env: { BEZANT_SIMULATOR_PORT: '5001' }, want: { port: 5002 } },
  { args: [], env: { BEZANT_SIMULATOR_PORT: '' }, want: { port: 5000 } },
  {
    args: ['--mode', 'upstream', '--cert', 'a', '--key', 'b'],
    want: { mode: 'upstream', certFile: 'a', keyFile: 'b' },
  },
];
test.each(good)('$args with $env', ({ args, env = {}, want }) => {
  expect(parseOptions(args, env)).toMatchObject(want);
});

const bad: { args: string[]; env?: Record<string, string>; want: RegExp }[] = [
  { args: ['--port', 'x'], want: /--port is a number from 0 to 65535, not "x"/ },
  { args: ['--mode', 'proxy'], want: /--mode is gateway or upstream, not "proxy"/ },
  { args: ['--speed', '2'], want: /--speed is not known[^]*2 is not known/ },
  { args: ['--scenario'], want: /--scenario needs NAME\|FILE/ },
  { args: ['--cert', 'a'], want: /--cert and --key go together/ },
  { args: [], env: { BEZANT_SIMULATOR_VERBOSE: 'maybe' }, want: /BEZANT_SIMULATOR_VERBOSE is yes or no/ },
];
test.each(bad)('$args with $env is refused', ({ args, env = {}, want }) => {
  expect(() => parseOptions(args, env)).toThrow(want);
});

test('help lists every flag and scenario', () => {
  expect(helpText(['demo'])).toMatch(/--port NUMBER[^]*--write-cert FILE[^]*Scenarios: demo\./);
});
