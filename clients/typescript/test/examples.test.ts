// The examples as they are run by whoever reads them, and the one in the README.

import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../../../gateway/simulator/src/simulator.ts';
import { sharedStage } from './stage.ts';

const folder = join(import.meta.dirname, '../examples');

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(folder, name), ...args],
      { env: { PATH: process.env['PATH'], ...env }, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
    );
  });
}

describe('against the demo', () => {
  const stage = sharedStage({ env: { BEZANT_EVENTS_ENABLED: 'true' } });

  test('the bot: balance, quote, preview, an order and what happens to it', async () => {
    const { code, stdout, stderr } = await run('bot.ts', [], { BEZANT_URL: stage().sidecar.url });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/^DU1234567 is worth \d[\d.]* USD$/);
    expect(lines[1]).toMatch(/^AAPL: bid \d[\d.]* ask \d[\d.]*$/);
    expect(lines[2]).toMatch(/^1 at \d+ costs [\d,.]+ .*, margin /);
    expect(lines).toContainEqual(expect.stringMatching(/^event \d+: order \d+ is Submitted$/));
    expect(lines.at(-1)).toMatch(/^event \d+: order \d+ is Cancelled$/);
  });

  test('quotes over the WebSocket', async () => {
    const { code, stdout } = await run('quotes.ts', ['AAPL', 'MSFT'], { BEZANT_URL: stage().sidecar.url });
    expect(code).toBe(0);
    expect(stdout).toContain('the connection is ready');
    expect(stdout).toMatch(/^(AAPL|MSFT) last \d/m);
    expect(stdout.trim().split('\n').at(-1)).toBe('the connection is closed');
  });
});

test('the README shows the bot as it is', () => {
  const readme = readFileSync(join(folder, '../../../README.md'), 'utf8');
  const bot = readFileSync(join(folder, 'bot.ts'), 'utf8');
  expect(bot.split('\n').length).toBeLessThan(36);
  expect(readme).toContain(`\`\`\`ts\n${bot}\`\`\`\n`);
});

describe('a Gateway with a certificate of its own', () => {
  async function withGateway<Value>(
    act: (at: { url: string; cert: string }) => Promise<Value>,
  ): Promise<Value> {
    const simulator = await startSimulator({ scenario: 'demo' });
    try {
      return await act({ url: simulator.url, cert: simulator.cert ?? '' });
    } finally {
      await simulator.stop();
    }
  }

  test('is trusted by its fingerprint, and no other is', () =>
    withGateway(async ({ url, cert }) => {
      const { fingerprint256 } = new X509Certificate(cert);
      const of = (FINGERPRINT: string) =>
        run('gateway-fingerprint.ts', [], { IBKR_GATEWAY_URL: url, FINGERPRINT });
      const right = await of(fingerprint256);
      expect(right).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('authenticated: true') as unknown,
      });
      const wrong = await of(fingerprint256.replaceAll('A', 'B'));
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('is not trusted (ERR_TLS_CERT_FINGERPRINT)');
    }));

  test('or, with a certificate of yours, by NODE_EXTRA_CA_CERTS; without, the error says so', () =>
    withGateway(async ({ url, cert }) => {
      const dir = mkdtempSync(join(tmpdir(), 'bezant-cert-'));
      const file = join(dir, 'gateway.pem');
      writeFileSync(file, cert);
      try {
        const env = { BEZANT_URL: url };
        const program = `import { createClient } from 'bezant-client';
const client = createClient({ baseUrl: process.env.BEZANT_URL, server: 'gateway' });
console.log(await client.health().catch(({ kind, hint }) => ({ kind, hint })));`;
        const evaluate = (more: NodeJS.ProcessEnv): Promise<string> =>
          new Promise((resolve) => {
            execFile(
              process.execPath,
              ['--input-type=module', '-e', program],
              { cwd: folder, env: { ...env, ...more }, timeout: 60_000 },
              (_error, stdout) => resolve(stdout),
            );
          });
        expect(await evaluate({ NODE_EXTRA_CA_CERTS: file })).toContain('authenticated: true');
        const refused = await evaluate({});
        expect(refused).toContain(`kind: 'certificate'`);
        expect(refused).toContain('NODE_EXTRA_CA_CERTS');
      } finally {
        rmSync(dir, { recursive: true });
      }
    }));
});
