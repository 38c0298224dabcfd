import { afterEach, describe, expect, test } from '@jest/globals';
import { Counter, Gauge, Registry } from '@prometheus-io/client';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { startAdmin, type Admin } from '../src/admin.ts';
import type { Clock } from '../src/clock.ts';
import { ListenError } from '../src/listen.ts';
import { toOpenMetrics } from '../src/metrics-page.ts';
import { createMetrics } from '../src/metrics.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

async function start(registry: Registry, host = '127.0.0.1'): Promise<Admin> {
  const admin = await startAdmin({
    bind: { host, port: 0 },
    registry,
    livez: (_request, response) => response.end('{"alive":true}'),
    readyz: (_request, response) => response.writeHead(503).end('{"ready":false}'),
    observe: () => undefined,
  });
  cleanUp.push(() => admin.stop());
  return admin;
}

interface Asked {
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
}

async function ask({ address }: Admin, { method = 'GET', path = '/livez', headers = {} }: Asked) {
  const request = httpRequest({ port: address.port, method, path, headers, agent: false });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const text = Buffer.concat((await response.toArray()) as Buffer[]).toString();
  return {
    status: response.statusCode,
    type: response.headers['content-type'],
    headers: response.headers,
    text,
  };
}

const code = ({ text }: { text: string }): unknown => (JSON.parse(text) as { code: unknown }).code;

describe('the pages', () => {
  test.each<[asked: Asked, want: { status: number; text?: string }]>([
    [{ path: '/livez' }, { status: 200, text: '{"alive":true}' }],
    [{ path: '/livez?verbose' }, { status: 200, text: '{"alive":true}' }],
    [{ path: '/readyz' }, { status: 503, text: '{"ready":false}' }],
    [
      { path: '/readyz', method: 'HEAD' },
      { status: 503, text: '' },
    ],
    [
      { path: '/metrics', method: 'HEAD' },
      { status: 200, text: '' },
    ],
  ])('%j', async (asked, want) => {
    expect(await ask(await start(new Registry()), asked)).toMatchObject(want);
  });

  test.each<[asked: Asked, want: string]>([
    [{ path: '/' }, 'not_found'],
    [{ path: '/livez/' }, 'not_found'],
    [{ path: '/v1/api/tickle' }, 'not_found'],
    [{ path: '/metrics', method: 'POST' }, 'method_not_allowed'],
    [{ headers: { host: 'evil.example' } }, 'host_refused'],
  ])('%j is a problem', async (asked, want) => {
    const answer = await ask(await start(new Registry()), asked);
    expect(answer.type).toBe('application/problem+json; charset=utf-8');
    expect(code(answer)).toBe(want);
  });

  test.each(['localhost', '127.0.0.1:9090', '[::1]', '10.0.0.7'])('answers to %s', async (host) => {
    expect(await ask(await start(new Registry()), { headers: { host } })).toMatchObject({ status: 200 });
  });

  test('bound wider, any name will do: scrapers know it by the name of a service', async () => {
    const admin = await start(new Registry(), '0.0.0.0');
    expect(await ask(admin, { headers: { host: 'bezant-admin' } })).toMatchObject({ status: 200 });
  });

  test('a port that is taken is said with its setting', async () => {
    const { address } = await start(new Registry());
    const failed = startAdmin({
      bind: address,
      registry: new Registry(),
      livez: () => undefined,
      readyz: () => undefined,
      observe: () => undefined,
    });
    await expect(failed).rejects.toBeInstanceOf(ListenError);
    await expect(failed).rejects.toThrow(/^BEZANT_ADMIN_BIND: 127\.0\.0\.1:\d+ is in use/);
  });
});

describe('/metrics', () => {
  function small(): Registry {
    const registry = new Registry();
    const registers = [registry];
    new Counter({ name: 'calls_total', help: 'Calls.', labelNames: ['how'], registers }).inc({ how: 'a' }, 3);
    new Gauge({ name: 'open_total', help: 'A gauge in spite of its name.', registers }).set(NaN);
    return registry;
  }

  const asText =
    '# HELP calls_total Calls.\n# TYPE calls_total counter\ncalls_total{how="a"} 3\n\n' +
    '# HELP open_total A gauge in spite of its name.\n# TYPE open_total gauge\nopen_total Nan\n';
  const asOpenMetrics =
    '# HELP calls Calls.\n# TYPE calls counter\ncalls_total{how="a"} 3\n' +
    '# HELP open_total A gauge in spite of its name.\n# TYPE open_total gauge\nopen_total NaN\n# EOF\n';

  const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
  const text = 'text/plain; version=0.0.4; charset=utf-8';

  test('speaks the format that is asked for, whatever was asked for before', async () => {
    const admin = await start(small());
    const prometheus =
      'application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
    for (const [accept, type, want] of [
      [undefined, text, asText],
      [prometheus, openMetrics, asOpenMetrics],
      ['text/plain', text, asText],
      ['application/openmetrics-text', openMetrics, asOpenMetrics],
      ['*/*', text, asText],
    ] as const) {
      const headers = accept === undefined ? {} : { accept };
      expect(await ask(admin, { path: '/metrics', headers })).toMatchObject({
        status: 200,
        type,
        text: want,
      });
    }
  });

  test('of the whole server is well-formed OpenMetrics', async () => {
    const clock: Clock = { now: () => 0, after: () => () => undefined };
    const { registry, observe } = createMetrics({ clock, version: '1' });
    observe({ kind: 'upstream', operation: 'tickle', status: 200, durationMs: 1 });
    const lines = toOpenMetrics(await registry.metrics())
      .trimEnd()
      .split('\n');
    expect(lines.at(-1)).toBe('# EOF');
    const types = new Map<string, string>();
    for (const line of lines.slice(0, -1)) {
      const [, name, type] = /^# TYPE (\w+) (\w+)$/.exec(line) ?? [];
      if (name !== undefined && type !== undefined) types.set(name, type);
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \S+)$/);
      const [, sample] = /^(\w+)/.exec(line) ?? [];
      if (sample === undefined) continue;
      const family = types.has(sample) ? sample : sample.replace(/_(total|sum|count|bucket)$/, '');
      expect([...types.keys()]).toContain(family);
      if (types.get(family) === 'counter') expect(sample).toBe(`${family}_total`);
    }
  });
});
