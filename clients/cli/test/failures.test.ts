// What goes wrong, said so that it can be put right: one line, a next step, an exit code by kind.

import { expect, test } from '@jest/globals';
import { bezant, closedUrl, startGateway, startStage } from './stage.ts';

test('nobody is logged in', async () => {
  const stage = await startStage({ scenario: 'logged-out' });
  const want = { code: 3, stdout: '' };
  for (const ended of [await stage.run(['positions']), await stage.direct(['positions'])]) {
    expect(ended).toMatchObject(want);
    expect(ended.stderr).toMatch(/^bezant: .+\n {2}Run `bezant login`, then repeat the command\.\n$/);
  }
});

test('the server is down', async () => {
  const url = await closedUrl();
  const ended = await bezant(['positions'], { BEZANT_URL: url });
  expect(ended).toMatchObject({ code: 9, stdout: '' });
  expect(ended.stderr).toMatch(/^bezant: .+ cannot be reached \(ECONNREFUSED\)\.\n {2}Is it running\?/);
});

test('the Gateway is down', async () => {
  const { simulator, run, direct } = await startStage();
  await simulator.stop();
  expect(await run(['orders'])).toMatchObject({ code: 9, stdout: '' });
  expect((await run(['orders'])).stderr).toMatch(
    /^bezant: The Gateway .+\n {2}Is it running, and is IBKR_GATEWAY_URL right\?\n$/,
  );
  expect(await direct(['orders'])).toMatchObject({ code: 9, stdout: '' });
});

test('the penalty box', async () => {
  const { run, direct, control } = await startStage();
  await control('POST /faults', {
    paths: [{ path: '/v1/api/**', status: 429, body: { error: 'Too many requests' } }],
  });
  expect(await direct(['accounts'])).toMatchObject({ code: 8, stdout: '' });
  const ended = await run(['accounts']);
  expect(ended).toMatchObject({ code: 8, stdout: '' });
  expect(ended.stderr).toMatch(/\n {2}Wait /);
});

test('a key is asked for, and never shown', async () => {
  const key = 'a-key-of-at-least-16-characters';
  const { run } = await startStage({ env: { BEZANT_AUTH: 'keys', BEZANT_API_KEYS: key } });
  const without = await run(['accounts']);
  expect(without).toMatchObject({ code: 4, stdout: '' });
  expect(without.stderr).toContain('BEZANT_API_KEY');
  const wrong = await run(['accounts'], { BEZANT_API_KEY: 'hush-this-is-another-key' });
  expect(wrong).toMatchObject({ code: 4 });
  expect(wrong.stderr + wrong.stdout).not.toContain('hush');
  expect(await run(['accounts'], { BEZANT_API_KEY: key })).toMatchObject({ code: 0 });
});

test('as JSON for programs', async () => {
  const { direct } = await startGateway({ scenario: 'logged-out' });
  const { stderr, stdout, code } = await direct(['accounts', '--output', 'json']);
  expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
  expect(JSON.parse(stderr)).toMatchObject({
    error: {
      kind: 'login-required',
      status: 401,
      exitCode: 3,
      hint: expect.stringContaining('bezant login'),
    },
  });
});

test.each<[string, RegExp]>([
  ['frobnicate', /^bezant: Unknown command 'frobnicate'\.\n {2}`bezant --help` lists the commands\.\n$/],
  ['healt', /^bezant: Unknown command 'healt'\.\n {2}Did you mean health\?\n$/],
  ['positions --outptu json', /^bezant: Unknown option '--outptu'\.\n {2}Did you mean --output\?\n$/],
  [
    '-o xml health',
    /^bezant: Option .* argument 'xml' is invalid\. Allowed choices are json, table, csv\.\n/,
  ],
  ['health what is this', /^bezant: Too many arguments/],
  ['', /^bezant: No command/],
])('bezant %s', async (line, want) => {
  const { code, stderr, stdout } = await bezant(line.split(' ').filter(Boolean));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(want);
});

test('help and version', async () => {
  expect(await bezant(['--version'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  const { stdout, code } = await bezant(['--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Usage: bezant \[options\] \[command\]\n/);
  const help = await bezant(['help', 'positions']);
  expect(help.stdout).toMatch(/^Usage: bezant positions \[options\] \[account\]\n/);
  expect((await bezant(['positions', '--help'])).stdout).toBe(help.stdout);
});
