// The certificate of the public port: the user's files, read again when they change (Let's Encrypt renews every few weeks),
// or one made here.

import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Clock } from './clock.ts';
import { ConfigError, type Config } from './config.ts';
import type { Identity } from './listener.ts';
import { mask } from './mask.ts';
import type { Observe } from './observe.ts';
import { createSelfSigned } from './self-signed.ts';

const lookAgainMs = 60_000;

/** Null when HTTPS is off. The user's files are tried at once; nothing is made before somebody asks. */
export function createCertificate(deps: {
  config: Pick<Config, 'tls' | 'tlsCert' | 'tlsKey' | 'dataDir' | 'publicUrl' | 'allowedHosts'>;
  clock: Clock;
  observe: Observe;
}): (() => Promise<Identity>) | null {
  const { tls, tlsCert, tlsKey, publicUrl, allowedHosts, dataDir } = deps.config;
  if (tls === 'off') return null;
  if (tlsCert !== null && tlsKey !== null) return createFromFiles(tlsCert, tlsKey, deps);
  const publicHost = publicUrl === null ? [] : [new URL(publicUrl).hostname];
  return createSelfSigned({ ...deps, dataDir, hosts: [...publicHost, ...allowedHosts] });
}

function createFromFiles(
  certFile: string,
  keyFile: string,
  deps: { clock: Clock; observe: Observe },
): () => Promise<Identity> {
  let read: Identity;
  let version: string;
  try {
    version = versionOf(certFile, keyFile);
    read = readIdentity(certFile, keyFile);
  } catch (error) {
    throw new ConfigError([
      `BEZANT_TLS_CERT and BEZANT_TLS_KEY cannot be used: ${mask((error as Error).message)}`,
    ]);
  }
  let lookedMs = deps.clock.now();
  return () => {
    if (deps.clock.now() - lookedMs >= lookAgainMs) {
      lookedMs = deps.clock.now();
      try {
        const found = versionOf(certFile, keyFile);
        if (found !== version) read = readIdentity(certFile, keyFile);
        version = found;
      } catch (error) {
        const message = `The renewed certificate cannot be used, the old one stays: ${mask((error as Error).message)}`;
        deps.observe({ kind: 'warning', message });
      }
    }
    return Promise.resolve(read);
  };
}

const versionOf = (...files: string[]): string =>
  files.map((file) => `${statSync(file).mtimeMs} ${statSync(file).size}`).join();

function readIdentity(certFile: string, keyFile: string): Identity {
  const identity = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  createSecureContext(identity);
  return identity;
}
