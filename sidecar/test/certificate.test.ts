import { afterAll, describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from '../src/certificate.ts';
import type { Clock } from '../src/clock.ts';
import { ConfigError } from '../src/config.ts';
import type { Identity } from '../src/listener.ts';
import type { Happening } from '../src/observe.ts';

const root = mkdtempSync(join(tmpdir(), 'bezant-tls-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = (): string => mkdtempSync(join(root, 'data-'));

const dayMs = 86_400_000;

class MovedClock implements Clock {
  ms = Date.UTC(2026, 5, 1);
  now(): number {
    return this.ms;
  }
  after(): () => void {
    return () => undefined;
  }
}

type Settings = Parameters<typeof createCertificate>[0]['config'];

function create(over: Partial<Settings>, clock = new MovedClock()) {
  const happenings: Happening[] = [];
  const dataDir = over.dataDir ?? folder();
  const certificate = createCertificate({
    config: { tls: 'auto', tlsCert: null, tlsKey: null, publicUrl: null, allowedHosts: [], ...over, dataDir },
    clock,
    observe: (happening) => happenings.push(happening),
  });
  if (certificate === null) throw new Error('HTTPS is off');
  return { certificate, happenings, clock, dataDir };
}

const parse = ({ cert }: Identity): X509Certificate => new X509Certificate(cert);

test('switched off, there is none', () => {
  expect(() => create({ tls: 'off' })).toThrow('HTTPS is off');
});

describe('self-signed', () => {
  test('names what the server is reached by', async () => {
    const { certificate } = create({ publicUrl: 'https://bezant.example:8443', allowedHosts: ['nas.lan'] });
    const made = parse(await certificate());
    for (const host of ['localhost', 'bezant.example', 'nas.lan']) expect(made.checkHost(host)).toBe(host);
    for (const ip of ['127.0.0.1', '::1']) expect(made.checkIP(ip)).toBe(ip);
    expect(made.checkHost('evil.example')).toBeUndefined();
    expect(made.ca).toBe(false);
  });

  test('names a public address that is an IPv6 literal', async () => {
    const { certificate } = create({ publicUrl: 'https://[2001:db8::1]:8443' });
    expect(parse(await certificate()).checkIP('2001:db8::1')).toBe('2001:db8::1');
  });

  test('is made once for callers that come together, and kept over a restart', async () => {
    const { certificate, dataDir } = create({});
    const [one, two] = await Promise.all([certificate(), certificate()]);
    expect(two).toBe(one);
    expect(await create({ dataDir }).certificate()).toEqual(one);
    expect(readFileSync(join(dataDir, 'tls', 'cert.pem'), 'utf8')).toBe(one.cert);
    expect(statSync(join(dataDir, 'tls', 'key.pem')).mode & 0o777).toBe(0o600);
  });

  test('is made anew a month before it expires, in a running server too', async () => {
    const { certificate, clock } = create({});
    const first = await certificate();
    clock.ms += 793 * dayMs;
    expect(await certificate()).toBe(first);
    clock.ms += 2 * dayMs;
    const second = await certificate();
    expect(second.cert).not.toBe(first.cert);
    expect(parse(second).validToDate.getTime()).toBeGreaterThan(clock.ms + 800 * dayMs);
  });

  test('is made anew when a name is missing', async () => {
    const { certificate, dataDir } = create({});
    const first = await certificate();
    const second = await create({ dataDir, publicUrl: 'https://bezant.example' }).certificate();
    expect(second.cert).not.toBe(first.cert);
    expect(await create({ dataDir }).certificate()).toEqual(second);
  });

  test.each<[name: string, spoil: (dataDir: string, other: Identity) => void]>([
    ['cut short', (dataDir) => writeFileSync(join(dataDir, 'tls', 'cert.pem'), '-----BEGIN CERT')],
    ['of another key', (dataDir, other) => writeFileSync(join(dataDir, 'tls', 'key.pem'), other.key)],
    ['without its key', (dataDir) => rmSync(join(dataDir, 'tls', 'key.pem'))],
  ])('is made anew when what is kept is %s', async (_name, spoil) => {
    const { certificate, dataDir } = create({});
    const first = await certificate();
    spoil(dataDir, await create({}).certificate());
    const second = await create({ dataDir }).certificate();
    expect(second.cert).not.toBe(first.cert);
    expect(parse(second).checkHost('localhost')).toBe('localhost');
  });

  test('serves from memory when it cannot be kept, and says so', async () => {
    const dataDir = join(root, 'a-file');
    writeFileSync(dataDir, '');
    const { certificate, happenings } = create({ dataDir });
    const made = await certificate();
    expect(await certificate()).toBe(made);
    expect(happenings).toEqual([
      {
        kind: 'warning',
        message: expect.stringMatching(/^The certificate cannot be kept in BEZANT_DATA_DIR/),
      },
    ]);
  });
});

describe("the user's files", () => {
  async function files() {
    const folderPath = folder();
    const [tlsCert, tlsKey] = [join(folderPath, 'a.pem'), join(folderPath, 'b.pem')];
    const write = ({ cert, key }: Identity, mtime: Date): void => {
      writeFileSync(tlsCert, cert);
      writeFileSync(tlsKey, key);
      utimesSync(tlsCert, mtime, mtime);
    };
    const [old, renewed] = [await create({}).certificate(), await create({}).certificate()];
    write(old, new Date(1_000_000));
    return { tlsCert, tlsKey, old, renewed, write };
  }

  test('are served, and looked at again once a minute', async () => {
    const { tlsCert, tlsKey, old, renewed, write } = await files();
    const { certificate, clock } = create({ tlsCert, tlsKey });
    expect(await certificate()).toEqual(old);
    write(renewed, new Date(2_000_000));
    clock.ms += 59_000;
    expect(await certificate()).toEqual(old);
    clock.ms += 1_000;
    expect(await certificate()).toEqual(renewed);
  });

  test('broken by a renewal, the old certificate stays until they are right again', async () => {
    const { tlsCert, tlsKey, old, renewed, write } = await files();
    const { certificate, clock, happenings } = create({ tlsCert, tlsKey });
    write({ cert: renewed.cert, key: old.key }, new Date(2_000_000));
    clock.ms += 60_000;
    expect(await certificate()).toEqual(old);
    expect(happenings).toEqual([
      {
        kind: 'warning',
        message: expect.stringMatching(/^The renewed certificate cannot be used, the old one stays/),
      },
    ]);
    write(renewed, new Date(2_000_000));
    clock.ms += 60_000;
    expect(await certificate()).toEqual(renewed);
  });

  test.each<[name: string, spoil: (cert: string, key: string) => void]>([
    ['missing', (cert) => rmSync(cert)],
    ['no certificate', (cert) => writeFileSync(cert, 'hello')],
    ['of two pairs', (_cert, key) => writeFileSync(key, readFileSync(join(root, 'other-key.pem')))],
  ])('that are %s stop the start', async (_name, spoil) => {
    const { tlsCert, tlsKey, renewed } = await files();
    writeFileSync(join(root, 'other-key.pem'), renewed.key);
    spoil(tlsCert, tlsKey);
    const start = () => create({ tlsCert, tlsKey });
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/^BEZANT_TLS_CERT and BEZANT_TLS_KEY cannot be used: /);
  });
});
