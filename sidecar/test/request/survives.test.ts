// No request and no answer ends the server: the built process is sent what nobody should send, by callers and by the Gateway.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startCapturingGateway, type CapturingGateway, type Reply } from '../io/capturing-gateway.ts';
import { startSidecar, type Sidecar } from '../io/sidecar-process.ts';
import { send } from '../io/wire.ts';

let gateway: CapturingGateway;
let sidecar: Sidecar;
beforeAll(async () => {
  gateway = await startCapturingGateway();
  sidecar = await startSidecar(gateway.apiUrl, {
    BEZANT_UPSTREAM_TIMEOUT_SECS: '1',
    BEZANT_REQUEST_TIMEOUT_SECS: '2',
    BEZANT_PASSTHROUGH: 'all',
    BEZANT_DRIFT_SAMPLE: '1',
  });
});
afterAll(async () => {
  await sidecar.stop();
  await gateway.stop();
});

const head = 'Host: localhost\r\nContent-Type: application/json\r\n';
const orders = '/v1/api/iserver/account/DU1/orders';
const deep = '['.repeat(200_000);

/** What a caller might send on a bare connection; the server may answer or close, and must live. */
const requests: [name: string, bytes: string][] = [
  ['nothing', ''],
  ['no HTTP', '\x00\x01\x02\r\n\r\n'],
  [
    'a length and chunks',
    `POST ${orders} HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['two lengths', `POST ${orders} HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`],
  ['two hosts', `GET /accounts HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n`],
  ['half a body', `POST ${orders} HTTP/1.1\r\n${head}Content-Length: 500\r\n\r\n{"a"`],
  ['half a chunk', `POST ${orders} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nff\r\n{"a"`],
  ['a broken chunk', `POST ${orders} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ['deeply nested JSON', `POST ${orders} HTTP/1.1\r\n${head}Content-Length: ${deep.length}\r\n\r\n${deep}`],
  [
    'a body for __proto__',
    `POST ${orders} HTTP/1.1\r\n${head}Content-Length: 27\r\n\r\n{"__proto__":{"orders":[]}}`,
  ],
  ['a body of null', `POST ${orders} HTTP/1.1\r\n${head}Content-Length: 4\r\n\r\nnull`],
  ['an expectation', `POST ${orders} HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`],
  ['another expectation', `POST ${orders} HTTP/1.1\r\n${head}Expect: tea\r\nContent-Length: 2\r\n\r\n{}`],
  ['an upgrade', `GET /v1/api/x HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  [
    'an upgrade with a body',
    `POST ${orders} HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\n{}`,
  ],
  ['a tunnel', `CONNECT api.ibkr.com:443 HTTP/1.1\r\n${head}\r\n`],
  ['a star', `OPTIONS * HTTP/1.1\r\n${head}\r\n`],
  ['another server', `GET http://evil.example/v1/api/tickle HTTP/1.1\r\n${head}\r\n`],
  ['a fragment', `GET /v1/api/x#/../y?z HTTP/1.1\r\n${head}\r\n`],
  ['bytes beyond ASCII in the path', `GET /v1/api/\xe9\xa0\xff HTTP/1.1\r\n${head}\r\n`],
  ['a broken escape', `GET /v1/api/%zz%e9?%zz=%e9 HTTP/1.1\r\n${head}\r\n`],
  ['a broken escape on a short path', `GET /accounts/%e9/summary HTTP/1.1\r\n${head}\r\n`],
  [
    'header bytes beyond ASCII',
    `GET /v1/api/x HTTP/1.1\r\n${head}User-Agent: \xe9\xff\r\nAccept: \xa0\r\nReferer: http://\xe9\r\n\r\n`,
  ],
  ['an origin of nonsense', `GET /accounts HTTP/1.1\r\n${head}Origin: ://\r\n\r\n`],
  ['HTTP/1.0 without a host', 'GET /accounts HTTP/1.0\r\n\r\n'],
  ['headers without end', `GET / HTTP/1.1\r\nX: ${'y'.repeat(70_000)}`],
  ['fifty requests at once', `GET /v1/api/x HTTP/1.1\r\n${head}\r\n`.repeat(50)],
];

test.each(requests)('a caller sends %s', async (_name, bytes) => {
  const { port } = new URL(sidecar.url);
  // Leaves at once, and then once more after an answer or the end.
  const hasty = connect(Number(port), '127.0.0.1');
  hasty.on('error', () => undefined);
  await once(hasty, 'connect');
  await new Promise<void>((resolve) => hasty.write(Buffer.from(bytes, 'latin1'), () => resolve()));
  hasty.destroy();

  const patient = connect(Number(port), '127.0.0.1');
  patient.on('error', () => undefined);
  await once(patient, 'connect');
  patient.end(Buffer.from(bytes, 'latin1'));
  patient.resume();
  await once(patient, 'close');
  await expectAlive();
});

const raw =
  (bytes: string): Reply =>
  (response) => {
    response.socket?.end(Buffer.from(bytes, 'latin1'));
  };

/** What the Gateway might answer. */
const answers: [name: string, bytes: string][] = [
  ['nothing', ''],
  ['no HTTP', '\x00\x01\r\n\r\n'],
  ['a status of its own', 'HTTP/1.1 601 Gone\r\ncontent-length: 2\r\n\r\n{}'],
  ['a status beyond three digits', 'HTTP/1.1 1000 Odd\r\ncontent-length: 2\r\n\r\n{}'],
  ['an interim status alone', 'HTTP/1.1 103 Early\r\n\r\n'],
  ['to go on', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'],
  ['an upgrade', 'HTTP/1.1 101 Switching\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'],
  [
    'header bytes beyond ASCII',
    'HTTP/1.1 200 OK\r\nx-name: \xc3\xa9\xff\r\nlocation: \xe9\r\ncontent-length: 2\r\n\r\n{}',
  ],
  ['two types', 'HTTP/1.1 200 OK\r\ncontent-type: a/b\r\ncontent-type: c/d\r\ncontent-length: 2\r\n\r\n{}'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
  [
    'a name of a prototype',
    'HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\ncontent-length: 2\r\n\r\n{}',
  ],
  [
    'compression that is none',
    'HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
  ],
  ['a body to a 204', 'HTTP/1.1 204 No\r\ncontent-length: 2\r\n\r\n{}'],
  [
    'deeply nested JSON',
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${deep.length}\r\n\r\n${deep}`,
  ],
  ['a cookie of nonsense', 'HTTP/1.1 200 OK\r\nset-cookie: =\xff;;;\r\ncontent-length: 2\r\n\r\n{}'],
  ['too many headers', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}\r\n`],
];

test.each(answers)('the Gateway answers %s', async (_name, bytes) => {
  for (const path of ['/v1/api/iserver/marketdata/snapshot', '/v1/api/portfolio/DU1/summary', '/sso/Login'])
    gateway.on(`* ${path}`, raw(bytes));
  await Promise.all(
    [
      '/v1/api/iserver/marketdata/snapshot?conids=1&fields=31',
      '/accounts/DU1/summary',
      '/v1/api/portfolio/DU1/summary?x=1',
      '/sso/Login',
    ].map((path) => send(sidecar.url, { path })),
  );
  await expectAlive();
});

async function expectAlive(): Promise<void> {
  const alive = await send(sidecar.url, { path: '/livez' });
  expect({ status: alive.status, json: alive.json }).toEqual({ status: 200, json: { alive: true } });
}
