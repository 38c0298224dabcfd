import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { ListenError } from '../src/listen.ts';
import { startListener, type Identity, type Listener } from '../src/listener.ts';
import type { Happening } from '../src/observe.ts';

async function makeIdentity(name: string): Promise<Identity> {
  const made = await generate([{ name: 'commonName', value: name }], { keyType: 'ec', algorithm: 'sha256' });
  return { cert: made.cert, key: made.private };
}
const identity = await makeIdentity('one');

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

const echo: RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const scheme = 'encrypted' in request.socket ? 'https' : 'http';
    response.setHeader('x-scheme', scheme);
    response.end(Buffer.concat(chunks));
  });
};

async function start(over: Partial<Parameters<typeof startListener>[0]> = {}) {
  const happenings: Happening[] = [];
  const listener = await startListener({
    bind: { host: '127.0.0.1', port: 0 },
    handler: echo,
    identity: () => Promise.resolve(identity),
    observe: (happening) => happenings.push(happening),
    ...over,
  });
  cleanUp.push(() => listener.stop(0));
  return { listener, happenings };
}

type Scheme = 'http' | 'https';
const schemes: Scheme[] = ['http', 'https'];

interface Answer {
  status: number;
  scheme: unknown;
  body: Buffer;
}

async function ask({ address }: Listener, scheme: Scheme, body?: Buffer, agent?: HttpAgent): Promise<Answer> {
  const options = { port: address.port, method: body === undefined ? 'GET' : 'POST', agent: agent ?? false };
  const request =
    scheme === 'http' ? httpRequest(options) : httpsRequest({ ...options, rejectUnauthorized: false });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks = (await response.toArray()) as Buffer[];
  return {
    status: response.statusCode ?? 0,
    scheme: response.headers['x-scheme'],
    body: Buffer.concat(chunks),
  };
}

function dial({ address }: Listener): Socket {
  const socket = connect(address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  cleanUp.push(() => socket.destroy());
  return socket;
}

function dialTls({ address }: Listener): TLSSocket {
  const socket = tlsConnect({ port: address.port, host: '127.0.0.1', rejectUnauthorized: false });
  socket.on('error', () => undefined);
  cleanUp.push(() => socket.destroy());
  return socket;
}

const closed = (socket: Socket): Promise<unknown> => new Promise((resolve) => socket.once('close', resolve));

async function readUntil(socket: Socket, end: string): Promise<string> {
  let text = '';
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.endsWith(end)) return text;
  }
  return text;
}

describe('one port, both protocols', () => {
  test.each(schemes)('%s is answered', async (scheme) => {
    const { listener } = await start();
    expect(await ask(listener, scheme)).toEqual({ status: 200, scheme, body: Buffer.alloc(0) });
  });

  test.each(schemes)('%s loses no byte of a large body', async (scheme) => {
    const { listener } = await start();
    const body = Buffer.alloc(3_000_000, 'The quick brown fox. ');
    const answer = await ask(listener, scheme, body);
    expect(answer.body.equals(body)).toBe(true);
  });

  test.each(schemes)('%s keeps a connection alive', async (scheme) => {
    const { listener } = await start();
    const agent =
      scheme === 'http'
        ? new HttpAgent({ keepAlive: true, maxSockets: 1 })
        : new HttpsAgent({ keepAlive: true, maxSockets: 1 });
    cleanUp.push(() => agent.destroy());
    const sockets = new Set<unknown>();
    agent.on('free', (socket) => sockets.add(socket));
    for (const text of ['a', 'b', 'c']) {
      expect((await ask(listener, scheme, Buffer.from(text), agent)).body.toString()).toBe(text);
    }
    expect(sockets.size).toBe(1);
  });

  test('a request may come byte by byte, and two may come at once', async () => {
    const { listener } = await start();
    const socket = dial(listener).setNoDelay();
    const text = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\none';
    for (const byte of text) await new Promise((resolve) => socket.write(byte, resolve));
    expect(await readUntil(socket, 'one')).toContain('200 OK');
    socket.write(text + text.replace('one', 'two'));
    expect(await readUntil(socket, 'two')).toMatch(/one[^]*two$/);
  });

  test.each(schemes)('%s may upgrade', async (scheme) => {
    const { listener } = await start({
      upgrade: (_request, socket, head) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        socket.write(head);
        socket.pipe(socket);
      },
    });
    const socket = scheme === 'http' ? dial(listener) : dialTls(listener);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\nhead');
    expect(await readUntil(socket, 'head')).toContain('101 Switching Protocols');
    socket.write('more');
    expect(await readUntil(socket, 'more')).toBe('more');
  });
});

describe('callers that misbehave', () => {
  test('a socket that says nothing is closed', async () => {
    const { listener } = await start({ firstByteTimeoutMs: 20 });
    await closed(dial(listener).resume());
  });

  test.each<[name: string, bytes: string]>([
    ['neither protocol', '\x00\x01\x02\r\n\r\n'],
    ['a TLS record that is none', '\x16hello, this is no handshake at all\r\n\r\n'],
    ['a request without Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}`],
  ])('%s: closed, and the next caller is served', async (_name, bytes) => {
    const { listener } = await start();
    const socket = dial(listener);
    socket.end(bytes, 'latin1');
    await closed(socket.resume());
    expect((await ask(listener, 'https')).status).toBe(200);
  });

  test('one that leaves at once is forgotten', async () => {
    const { listener } = await start();
    const sockets = [dial(listener), dial(listener), dialTls(listener)];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    sockets[0]?.destroy();
    sockets[1]?.resetAndDestroy();
    sockets[2]?.destroy();
    expect((await ask(listener, 'http')).status).toBe(200);
    expect(await listener.stop(1000)).toEqual({ drained: true });
  });
});

describe('the certificate', () => {
  test('is not asked for by plain callers, and a new one is shown from then on', async () => {
    const other = await makeIdentity('two');
    let current = identity;
    let asked = 0;
    const { listener } = await start({
      identity: () => {
        asked += 1;
        return Promise.resolve(current);
      },
    });
    const nameShown = async (): Promise<string | string[] | undefined> => {
      const socket = dialTls(listener);
      await once(socket, 'secureConnect');
      return socket.getPeerCertificate().subject.CN;
    };
    await ask(listener, 'http');
    expect(asked).toBe(0);
    expect(await nameShown()).toBe('one');
    current = other;
    expect(await nameShown()).toBe('two');
  });

  test('may take its time', async () => {
    const { promise, resolve } = Promise.withResolvers<Identity>();
    const { listener } = await start({ identity: () => promise });
    const secure = ask(listener, 'https');
    expect((await ask(listener, 'http')).status).toBe(200);
    resolve(identity);
    expect((await secure).status).toBe(200);
  });

  test('that cannot be had is a warning, and HTTP goes on', async () => {
    const { listener, happenings } = await start({ identity: () => Promise.reject(new Error('disk full')) });
    await closed(dialTls(listener));
    expect(happenings).toEqual([{ kind: 'warning', message: 'HTTPS cannot be served: disk full' }]);
    expect((await ask(listener, 'http')).status).toBe(200);
  });

  test('is never shown when HTTPS is off', async () => {
    const { listener } = await start({ identity: null });
    await closed(dialTls(listener));
    expect((await ask(listener, 'http')).status).toBe(200);
  });
});

describe('stopping', () => {
  test('idle and silent connections do not hold it up', async () => {
    const { listener } = await start();
    const agent = new HttpAgent({ keepAlive: true });
    const secureAgent = new HttpsAgent({ keepAlive: true });
    cleanUp.push(() => agent.destroy());
    cleanUp.push(() => secureAgent.destroy());
    await ask(listener, 'http', undefined, agent);
    await ask(listener, 'https', undefined, secureAgent);
    await once(dial(listener), 'connect');
    expect(await listener.stop(10_000)).toEqual({ drained: true });
  });

  test.each(schemes)('a %s request under way is finished, and no new one taken', async (scheme) => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<() => void>();
    const { listener } = await start({ handler: (_request, response) => arrive(() => response.end('done')) });
    const agent =
      scheme === 'http' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
    cleanUp.push(() => agent.destroy());
    const answer = ask(listener, scheme, undefined, agent);
    const finish = await arrived;
    const stopped = listener.stop(10_000);
    const late = dial(listener);
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    finish();
    expect((await answer).body.toString()).toBe('done');
    expect(await stopped).toEqual({ drained: true });
  });

  test.each(schemes)('a %s request that does not end is cut off at the deadline', async (scheme) => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
    const { listener } = await start({ handler: () => arrive(undefined) });
    const answer = ask(listener, scheme).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    await arrived;
    expect(await listener.stop(20)).toEqual({ drained: false });
    expect(await answer).toBe('ECONNRESET');
  });

  test('an upgraded connection is cut off at the deadline', async () => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
    const { listener } = await start({ upgrade: () => arrive(undefined) });
    const socket = dialTls(listener);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
    await arrived;
    const cutOff = closed(socket);
    expect(await listener.stop(20)).toEqual({ drained: false });
    await cutOff;
  });
});

describe('a port that cannot be had', () => {
  test.each<[name: string, bind: (taken: Listener) => { host: string; port: number }, want: RegExp]>([
    ['taken', ({ address }) => address, /^BEZANT_BIND: 127\.0\.0\.1:\d+ is in use by another program: stop/],
    [
      'of another machine',
      () => ({ host: '192.0.2.1', port: 0 }),
      /^BEZANT_BIND: 192\.0\.2\.1:0 is not an address of this machine: 127\.0\.0\.1 is this machine alone/,
    ],
    [
      'of a name that does not exist',
      () => ({ host: 'bezant.invalid', port: 0 }),
      /^BEZANT_BIND: bezant\.invalid:0 has a host name that (nobody knows|cannot be looked up now): give an IP/,
    ],
  ])('%s: said with the setting and the next step', async (_name, bind, want) => {
    const { listener } = await start();
    const failed = start({ bind: bind(listener) });
    await expect(failed).rejects.toBeInstanceOf(ListenError);
    await expect(failed).rejects.toThrow(want);
  });
});
