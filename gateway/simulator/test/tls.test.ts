import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { connect, type ConnectionOptions } from 'node:tls';
import { expect, test } from '@jest/globals';
import { send, start, type Started } from './client.ts';

/** The protocol agreed on, or that there was none. */
function handshake(simulator: Started, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(
      { host: '127.0.0.1', port: simulator.port, ca: simulator.cert, ...options },
      () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      },
    );
    socket.on('error', () => resolve('refused'));
  });
}

const versions: { given: ConnectionOptions; want: string }[] = [
  { given: {}, want: 'TLSv1.2' },
  { given: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, want: 'TLSv1.2' },
  { given: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }, want: 'refused' },
  { given: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, want: 'refused' },
];
test('only TLS 1.2 is spoken', async () => {
  const simulator = await start();
  const agreed = await Promise.all(versions.map(({ given }) => handshake(simulator, given)));
  expect(agreed).toEqual(versions.map(({ want }) => want));
  await simulator.stop();
});

test('plain HTTP on the TLS port is closed without a byte', async () => {
  const simulator = await start();
  const received = await new Promise<string>((resolve, reject) => {
    const socket = connectPlain(simulator.port, '127.0.0.1', () =>
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  expect(received).toBe('');
  await simulator.stop();
});

test('with a data folder the certificate survives a restart', async () => {
  const dataDir = mkdtempSync(`${tmpdir()}/simulator-`);
  const first = await start({ dataDir });
  await first.stop();
  const second = await start({ dataDir });
  expect(second.cert).toBe(first.cert);
  expect(readFileSync(`${dataDir}/certificate.pem`, 'utf8')).toBe(first.cert);
  await second.stop();
  const third = await start();
  expect(third.cert).not.toBe(first.cert);
  await third.stop();
  rmSync(dataDir, { recursive: true });
});

test('given files are used, and without TLS it is plain HTTP', async () => {
  const dataDir = mkdtempSync(`${tmpdir()}/simulator-`);
  const first = await start({ dataDir });
  await first.stop();
  const second = await start({ certFile: `${dataDir}/certificate.pem`, keyFile: `${dataDir}/key.pem` });
  expect((await second.call('GET', '/')).status).toBe(302);
  await second.stop();
  rmSync(dataDir, { recursive: true });

  const plain = await start({ tls: false });
  expect(plain.url).toBe(`http://127.0.0.1:${plain.port}`);
  expect((await send(plain, 'GET', '/clear')).text).toBe('cleared');
  await plain.stop();
});
