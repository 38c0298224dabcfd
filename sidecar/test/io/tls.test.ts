// Trust, on both sides: which certificate the Gateway may show, and which one callers get to see.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { json, startCapturingGateway, type CapturingGateway } from './capturing-gateway.ts';
import { expectProblem } from './expect-problem.ts';
import { startSidecar, type Env, type Sidecar } from './sidecar-process.ts';
import { send } from './wire.ts';

let gateway: CapturingGateway;
let folder: string;
let own: { cert: string; private: string };

beforeAll(async () => {
  gateway = await startCapturingGateway();
  gateway.on('GET /v1/api/trsrv/stocks', json({}));
  folder = mkdtempSync(join(tmpdir(), 'bezant-io-'));
  own = await generate([{ name: 'commonName', value: 'bezant.example' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
  });
  writeFileSync(join(folder, 'gateway.pem'), gateway.cert);
  writeFileSync(join(folder, 'own.pem'), own.cert);
  writeFileSync(join(folder, 'own-key.pem'), own.private);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await gateway.stop();
});

async function withSidecar(env: Env, run: (sidecar: Sidecar) => Promise<void>): Promise<void> {
  const sidecar = await startSidecar(gateway.apiUrl, env);
  try {
    await run(sidecar);
  } finally {
    await sidecar.stop();
  }
}

const fingerprint = (): string => new X509Certificate(gateway.cert).fingerprint256;
const other = (): string => new X509Certificate(own.cert).fingerprint256;

describe('the Gateway’s certificate, which nobody has signed', () => {
  const rows: { name: string; env: () => Env; trusted: boolean }[] = [
    { name: 'nothing asked', env: () => ({}), trusted: true },
    { name: 'checked', env: () => ({ BEZANT_VERIFY_TLS: '1' }), trusted: false },
    { name: 'named by file', env: () => ({ BEZANT_GATEWAY_CA: join(folder, 'gateway.pem') }), trusted: true },
    {
      name: 'another named by file',
      env: () => ({ BEZANT_GATEWAY_CA: join(folder, 'own.pem') }),
      trusted: false,
    },
    { name: 'pinned', env: () => ({ BEZANT_GATEWAY_FINGERPRINT: fingerprint() }), trusted: true },
    {
      name: 'pinned, in small letters without colons',
      env: () => ({ BEZANT_GATEWAY_FINGERPRINT: fingerprint().replaceAll(':', '').toLowerCase() }),
      trusted: true,
    },
    { name: 'another pinned', env: () => ({ BEZANT_GATEWAY_FINGERPRINT: other() }), trusted: false },
  ];
  test.each(rows)('$name: trusted $trusted', async ({ env, trusted }) => {
    await withSidecar(env(), async ({ url }) => {
      for (const path of ['/v1/api/trsrv/stocks?symbols=A', '/sso/Login']) {
        gateway.on('GET /sso/Login', json({}));
        const got = await send(url, { path });
        if (trusted) expect(got.status).toBe(200);
        else expectProblem(got, { status: 503, code: 'upstream_unreachable' });
      }
    });
  });
});

describe('the certificate that callers see', () => {
  const shown = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(url);
      const socket = connect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().fingerprint256);
        socket.destroy();
      });
      socket.on('error', reject);
    });

  test('is the one that is set', async () => {
    const env = { BEZANT_TLS_CERT: join(folder, 'own.pem'), BEZANT_TLS_KEY: join(folder, 'own-key.pem') };
    await withSidecar(env, async ({ url }) => {
      expect(await shown(url)).toBe(other());
    });
  });

  test('is made on first use and kept in the data folder', async () => {
    const env = { BEZANT_DATA_DIR: join(folder, 'data') };
    let first = '';
    await withSidecar(env, async ({ url }) => {
      first = await shown(url);
    });
    await withSidecar(env, async ({ url }) => {
      expect(await shown(url)).toBe(first);
    });
  });

  test('is none when HTTPS is off', async () => {
    await withSidecar({ BEZANT_TLS: 'off' }, async ({ url }) => {
      await expect(shown(url)).rejects.toThrow();
      expect((await send(url, { path: '/livez' })).status).toBe(200);
    });
  });
});
