// The TLS identity: given files, else self-signed and, with a data folder, kept there so that a pin survives restarts.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { generate } from 'selfsigned';

export interface Identity {
  /** PEM. */
  cert: string;
  /** PEM. */
  key: string;
}

const tenYearsMs = 10 * 365 * 86_400_000;

export async function loadIdentity(options: {
  certFile?: string | undefined;
  keyFile?: string | undefined;
  dataDir?: string | undefined;
}): Promise<Identity> {
  const { certFile, keyFile, dataDir } = options;
  if (certFile !== undefined && keyFile !== undefined) return readIdentity(certFile, keyFile);
  if (dataDir === undefined) return createIdentity();
  const kept = { cert: `${dataDir}/certificate.pem`, key: `${dataDir}/key.pem` };
  if (existsSync(kept.cert) && existsSync(kept.key)) return readIdentity(kept.cert, kept.key);
  const identity = await createIdentity();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(kept.cert, identity.cert);
  writeFileSync(kept.key, identity.key, { mode: 0o600 });
  return identity;
}

function readIdentity(certFile: string, keyFile: string): Identity {
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/** Unlike the real Gateway's, it names the hosts it is reached by, so that a client can trust it instead of anything. */
async function createIdentity(): Promise<Identity> {
  const made = await generate(
    [
      { name: 'commonName', value: 'Client Portal Web API Simulator' },
      { name: 'organizationName', value: 'bezant' },
    ],
    {
      keyType: 'ec',
      algorithm: 'sha256',
      notAfterDate: new Date(Date.now() + tenYearsMs),
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'keyUsage', digitalSignature: true, keyCertSign: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 2, value: 'localhost' },
            { type: 2, value: 'api.localhost' },
            { type: 2, value: 'gateway' },
            { type: 2, value: 'simulator' },
            { type: 7, ip: '127.0.0.1' },
            { type: 7, ip: '::1' },
          ],
        },
      ],
    },
  );
  return { cert: made.cert, key: made.private };
}
