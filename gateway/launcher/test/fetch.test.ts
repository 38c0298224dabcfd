// Fetching from a real server, which serves what servers serve: zips, pages, pieces, nothing.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { download, limits, type Limits } from '../src/fetch.ts';
import { folder, launch, run } from './launch.ts';
import { gatewayFiles, zipOf } from './zip.ts';
import { freePort } from '../../supervisor/test/free-port.ts';

const good = zipOf(gatewayFiles);
const newer = zipOf([...gatewayFiles, { name: 'doc/new.md', text: 'new' }]);
const sumOf = (zip: Buffer): string => createHash('sha256').update(zip).digest('hex');

const send =
  (body: Buffer, type = 'application/zip') =>
  (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
const redirect = (location: string) => (response: ServerResponse) =>
  response.writeHead(302, { location }).end();

const { promise: begun, resolve: begin } = Promise.withResolvers<undefined>();

const answers: Record<string, (response: ServerResponse) => unknown> = {
  '/good.zip': send(good),
  '/newer.zip': send(newer),
  '/other.zip': send(zipOf([{ name: 'readme.txt', text: 'hello' }])),
  '/page': send(Buffer.from('<html>Please log in</html>'), 'text/html; charset=utf-8'),
  '/text': send(Buffer.from('not today'), 'application/octet-stream'),
  '/half.zip': send(good.subarray(0, good.length - 30)),
  '/moved.zip': redirect('/good.zip'),
  '/away.zip': redirect('http://download.example/clientportal.gw.zip'),
  '/round.zip': redirect('/round.zip'),
  '/cut.zip': (response) => {
    response.writeHead(200, { 'content-length': good.length * 2 });
    response.write(good, () => response.destroy());
  },
  '/silent.zip': () => undefined,
  '/stalls.zip': (response) => response.writeHead(200).write(good.subarray(0, 40)),
  '/drips.zip': (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('PK'), 20);
    response.once('close', () => clearInterval(drip));
  },
  '/killed.zip': (response) => {
    response.writeHead(200).write(good.subarray(0, 40));
    begin(undefined);
  },
  '/claims.zip': (response) => response.writeHead(200, { 'content-length': limits.maxBytes + 1 }).write('PK'),
};

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''] ?? ((missing) => missing.writeHead(404).end('no such file'));
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const fetchInto = (dataDir: string, path: string, env: Record<string, string> = {}) =>
  run(
    { BEZANT_DATA_DIR: dataDir, BEZANT_GATEWAY_ZIP_URL: path.startsWith('/') ? origin + path : path, ...env },
    { args: ['fetch'] },
  );

const home = (dataDir: string): string => join(dataDir, 'gateway');
const inForce = (dataDir: string): string[] => readdirSync(home(dataDir)).sort();
const releaseOf = (zip: Buffer): string => `release-${sumOf(zip).slice(0, 16)}`;

test('the first start fetches, records and unpacks; the second needs no server', async () => {
  const dataDir = folder();
  const { code, text } = await fetchInto(dataDir, '/good.zip');
  expect(code).toBe(0);
  expect(text).toContain('IBKR’s terms');
  expect(text).toContain(`sha256 ${sumOf(good)}`);
  expect(inForce(dataDir)).toEqual(['clientportal.gw.sha256', releaseOf(good)]);
  const record = `${sumOf(good)}  clientportal.gw.zip\n`;
  expect(readFileSync(join(home(dataDir), 'clientportal.gw.sha256'), 'utf8')).toBe(record);
  expect(readFileSync(join(home(dataDir), releaseOf(good), 'dist/gateway.jar'), 'utf8')).toBe('a');

  expect(await fetchInto(dataDir, `http://127.0.0.1:${await freePort()}/gone.zip`)).toEqual({
    code: 0,
    text: '',
  });
});

test('a redirect on the same machine is followed', async () => {
  expect(await fetchInto(folder(), '/moved.zip')).toMatchObject({ code: 0 });
});

test.each<{ path: string; want: RegExp }>([
  { path: '/none.zip', want: /127\.0\.0\.1:\d+ answered 404 instead of a zip.*BEZANT_GATEWAY_ZIP_URL/ },
  { path: '/page', want: /a web page instead of a zip, as login pages of networks and proxies do/ },
  { path: '/text', want: /is not a zip/ },
  { path: '/half.zip', want: /damaged or incomplete .*fetch it again/ },
  {
    path: '/cut.zip',
    want: /could not be downloaded from 127\.0\.0\.1:\d+: the connection broke.*BEZANT_GATEWAY_ZIP/,
  },
  { path: '/other.zip', want: /is not IBKR’s Client Portal Gateway: it has no dist\/\*\.jar/ },
  { path: '/away.zip', want: /redirects to an address that is not https/ },
  { path: '/round.zip', want: /redirects in circles/ },
  { path: '/claims.zip', want: /sends more than 200\.0 MB/ },
  { path: 'https://nothing.invalid/a.zip', want: /could not be downloaded from nothing\.invalid: .*name/ },
])('refused: $path', async ({ path, want }) => {
  const dataDir = folder();
  const { code, text } = await fetchInto(dataDir, path);
  expect([code, text]).toEqual([1, expect.stringMatching(want)]);
  expect(text).not.toMatch(/\n\s+at /);
  expect(inForce(dataDir)).toEqual([]);
});

test('refused: nobody listens', async () => {
  const { code, text } = await fetchInto(folder(), `http://127.0.0.1:${await freePort()}/a.zip`);
  expect([code, text]).toEqual([1, expect.stringMatching(/the connection is refused.*BEZANT_GATEWAY_ZIP/)]);
});

test.each([
  [
    '407 Proxy Authentication Required',
    /from download\.example: the proxy wants a user and a password: HTTPS_PROXY=/,
  ],
  ['503 Service Unavailable', /from download\.example: the proxy answers 503/],
])('the proxy of the environment is asked, and answers %s', async (answer, want) => {
  const asked: string[] = [];
  const proxy = createServer().listen(0, '127.0.0.1');
  proxy.on('connect', ({ url }: IncomingMessage, socket: Duplex) => {
    asked.push(url ?? '');
    socket.end(`HTTP/1.1 ${answer}\r\n\r\n`);
  });
  await once(proxy, 'listening');
  const { code, text } = await fetchInto(folder(), 'https://download.example/a.zip', {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  });
  expect([code, text, asked]).toEqual([1, expect.stringMatching(want), ['download.example:443']]);
  proxy.closeAllConnections();
  proxy.close();
});

test('a proxy that is no address', async () => {
  const { code, text } = await fetchInto(folder(), '/good.zip', { HTTPS_PROXY: 'nonsense' });
  expect([code, text]).toEqual([2, expect.stringContaining('HTTPS_PROXY must be an address')]);
});

test.each<{ path: string; within: Partial<Limits>; want: RegExp }>([
  { path: '/silent.zip', within: { stallMs: 200 }, want: /Nothing has come from 127\.0\.0\.1:\d+ for 0 s/ },
  { path: '/stalls.zip', within: { stallMs: 200 }, want: /Nothing has come/ },
  { path: '/drips.zip', within: { deadlineMs: 300 }, want: /was not done after 0 s/ },
  { path: '/drips.zip', within: { maxBytes: 10 }, want: /sends more than 0\.0 MB/ },
])('limits: $path $within', async ({ path, within, want }) => {
  const file = join(folder(), 'a.zip');
  const fetched = download(new URL(origin + path), file, () => undefined, { ...limits, ...within });
  await expect(fetched).rejects.toThrow(want);
});

test('a slow download says how far it is', async () => {
  const lines: string[] = [];
  const within = { ...limits, deadlineMs: 2000, progressMs: 50 };
  await download(
    new URL(`${origin}/drips.zip`),
    join(folder(), 'a'),
    (line) => lines.push(line),
    within,
  ).catch(() => undefined);
  expect(lines).toContain('0.0 MB');
});

test('a pin refuses any other zip and accepts its own', async () => {
  const dataDir = folder();
  const pinned = { BEZANT_GATEWAY_SHA256: sumOf(newer).toUpperCase() };
  const wrong = await fetchInto(dataDir, '/good.zip', pinned);
  expect([wrong.code, wrong.text]).toEqual([1, expect.stringContaining(`found:     ${sumOf(good)}`)]);
  expect(inForce(dataDir)).toEqual([]);
  expect(await fetchInto(dataDir, '/newer.zip', pinned)).toMatchObject({ code: 0 });
});

test('another zip than the accepted one is refused, and accepted by its sum; then the old one is gone', async () => {
  const dataDir = folder();
  const file = join(folder(), 'clientportal.gw.zip');
  writeFileSync(file, good);
  const given = (env: Record<string, string> = {}) =>
    run({ BEZANT_DATA_DIR: dataDir, BEZANT_GATEWAY_ZIP: file, ...env }, { args: ['fetch'] });
  expect(await given()).toMatchObject({ code: 0 });

  writeFileSync(file, newer);
  const refused = await given();
  expect([refused.code, refused.text]).toEqual([
    1,
    expect.stringContaining(`accept it with\n  BEZANT_GATEWAY_SHA256=${sumOf(newer)}`),
  ]);
  expect(inForce(dataDir)).toEqual(['clientportal.gw.sha256', releaseOf(good)]);

  expect(await given({ BEZANT_GATEWAY_SHA256: sumOf(newer) })).toMatchObject({ code: 0 });
  expect(inForce(dataDir)).toEqual(['clientportal.gw.sha256', releaseOf(newer)]);
  // Accepted once is accepted.
  expect(await given()).toEqual({ code: 0, text: '' });
});

test('the download is compared with what was accepted, when the files are gone', async () => {
  const dataDir = folder();
  await fetchInto(dataDir, '/good.zip');
  rmSync(join(home(dataDir), releaseOf(good)), { recursive: true });
  const { code, text } = await fetchInto(dataDir, '/newer.zip');
  expect([code, text]).toEqual([1, expect.stringContaining('is not the one that was accepted before')]);
  expect(await fetchInto(dataDir, '/good.zip')).toMatchObject({ code: 0 });
});

test('what a killed download left is no Gateway, and is taken away', async () => {
  const dataDir = folder();
  const killed = launch(
    { BEZANT_DATA_DIR: dataDir, BEZANT_GATEWAY_ZIP_URL: `${origin}/killed.zip` },
    { args: ['fetch'] },
  );
  await begun;
  killed.signal('SIGKILL');
  await killed.ended;
  expect(inForce(dataDir)).toEqual([expect.stringMatching(/^\.unfinished-/)]);

  expect(await fetchInto(dataDir, '/good.zip')).toMatchObject({ code: 0 });
  expect(inForce(dataDir)).toEqual(['clientportal.gw.sha256', releaseOf(good)]);
});

test('a zip that is not there', async () => {
  const { code, text } = await run(
    { BEZANT_DATA_DIR: folder(), BEZANT_GATEWAY_ZIP: '/no/such.zip' },
    { args: ['fetch'] },
  );
  expect([code, text]).toEqual([
    2,
    expect.stringMatching(/BEZANT_GATEWAY_ZIP names \/no\/such\.zip: there is no such/),
  ]);
});
