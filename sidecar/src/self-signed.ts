// A certificate for those who have none: made when somebody first asks for HTTPS, kept in the data folder so that clients can
// trust it by its file or fingerprint, made anew before it expires or when it lacks a name.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Identity } from './listener.ts';
import { mask } from './mask.ts';
import type { Observe } from './observe.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const dayMs = 86_400_000;

/** Apple's systems refuse certificates that live longer, even when the user trusts them (Apple support, HT210176). */
const lifetimeMs = 825 * dayMs;
const renewalMs = 30 * dayMs;

/** A clock that is a little behind must not find the certificate in its future. */
const toleranceMs = dayMs;

const ownHosts = ['localhost', '127.0.0.1', '::1'];

export function createSelfSigned(deps: {
  dataDir: string;
  /** Further names and addresses that the server is reached by. */
  hosts: readonly string[];
  clock: Clock;
  observe: Observe;
}): () => Promise<Identity> {
  const certFile = join(deps.dataDir, 'tls', 'cert.pem');
  const keyFile = join(deps.dataDir, 'tls', 'key.pem');
  const hosts = [...new Set([...ownHosts, ...deps.hosts.map((host) => host.replace(/^\[|\]$/g, ''))])];
  let current: Identity | null = null;
  let renewAtMs = 0;
  let underWay: Promise<Identity> | null = null;

  const stored = (): Identity | null => {
    try {
      const [cert, key] = [readPrivateFile(certFile), readPrivateFile(keyFile)];
      return cert === null || key === null ? null : { cert, key };
    } catch {
      return null;
    }
  };

  const renew = async (): Promise<Identity> => {
    const nowMs = deps.clock.now();
    let identity = stored();
    if (identity === null || renewalOf(identity, hosts) <= nowMs) {
      identity = await makeIdentity(hosts, nowMs);
      try {
        writePrivateFile(keyFile, identity.key);
        writePrivateFile(certFile, identity.cert);
      } catch (error) {
        const message = `The certificate cannot be kept in BEZANT_DATA_DIR and will be another after a restart: ${mask((error as Error).message)}`;
        deps.observe({ kind: 'warning', message });
      }
    }
    renewAtMs = renewalOf(identity, hosts);
    current = identity;
    return identity;
  };

  return async () => {
    if (current !== null && deps.clock.now() < renewAtMs) return current;
    underWay ??= renew().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}

/** When to make another: 0 when this one is no good. */
function renewalOf({ cert, key }: Identity, hosts: readonly string[]): number {
  try {
    const certificate = new X509Certificate(cert);
    const names = hosts.every(
      (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined,
    );
    return names && certificate.checkPrivateKey(createPrivateKey(key))
      ? certificate.validToDate.getTime() - renewalMs
      : 0;
  } catch {
    return 0;
  }
}

async function makeIdentity(hosts: readonly string[], nowMs: number): Promise<Identity> {
  // Ten megabytes that are needed once in two years.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'bezant' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - toleranceMs),
    notAfterDate: new Date(nowMs - toleranceMs + lifetimeMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: hosts.map((host) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host })),
      },
    ],
  });
  return { cert: made.cert, key: made.private };
}
