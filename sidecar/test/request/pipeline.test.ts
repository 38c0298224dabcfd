// Calls on their whole way, to a stand-in Gateway.

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { generatedFolder, loadContract } from '../../src/contract.ts';
import { GatewayCookies } from '../../src/cookies.ts';
import { Problem } from '../../src/errors.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import { parseGatewayUrl } from '../../src/gateway-url.ts';
import type { Happening } from '../../src/observe.ts';
import { callOf } from '../../src/request/call.ts';
import { createPipeline, type Pipeline } from '../../src/request/pipeline.ts';
import { loadValidators } from '../../src/request/validate.ts';
import { held, json, startCapturingGateway, type CapturingGateway } from '../io/capturing-gateway.ts';

const contract = loadContract();
const operation = (id: string) => {
  const found = contract.byId.get(id);
  if (found === undefined) throw new Error(id);
  return found;
};

let upstream: CapturingGateway;
let gateway: Gateway;
let pipeline: Pipeline;
let happenings: Happening[] = [];
let tell = (): void => undefined;

beforeAll(async () => {
  upstream = await startCapturingGateway();
  gateway = createGateway({
    url: parseGatewayUrl(upstream.apiUrl),
    cookies: new GatewayCookies([]),
    trust: { verify: false, caFile: null, fingerprint: null },
    userAgent: 'test',
    timeoutMs: 20_000,
    onStaleCookies: () => undefined,
  });
  pipeline = createPipeline({
    contract,
    validators: await loadValidators(generatedFolder),
    gateway,
    clock: systemClock,
    observe(happening) {
      happenings.push(happening);
      tell();
    },
    guard: { readOnly: false, allowDestructive: false },
    pacing: { enforce: false, perSecond: 9, waitMs: 10_000, penaltyMs: 1000 },
    session: { epoch: () => 1, saw: () => undefined, isUsable: () => true },
    sample: () => undefined,
  });
});
afterEach(() => {
  upstream.reset();
  happenings = [];
});
afterAll(async () => {
  await gateway.stop();
  await upstream.stop();
});

async function until(fits: (happening: Happening) => boolean): Promise<void> {
  while (!happenings.some(fits)) await new Promise<void>((resolve) => (tell = resolve));
}

const callers = () => {
  const abort = new AbortController();
  return {
    abort,
    caller: { headers: { 'content-type': 'application/json' }, signal: abort.signal, fresh: false },
  };
};

const late = new Problem('upstream_timeout', 'too late');

test('a caller’s deadline is kept while an order is at the Gateway, and its outcome is still seen', async () => {
  const { abort, caller } = callers();
  const path = '/v1/api/iserver/account/DU1/order/77';
  const wait = held(json({ msg: 'Request was submitted' }));
  upstream.on(`DELETE ${path}`, wait.reply);
  const arrived = upstream.next(path);
  const call = callOf(operation('cancelOpenOrder'), caller, { path: { accountId: 'DU1', orderId: '77' } });
  const answered = pipeline.run(call, null);
  await arrived;
  abort.abort(late);
  await expect(answered).rejects.toBe(late);
  wait.release();
  await until((happening) => happening.kind === 'upstream' && happening.operation === 'cancelOpenOrder');
});

test('a caller’s deadline is kept while a first call hangs', async () => {
  const { abort, caller } = callers();
  const path = '/v1/api/portfolio/accounts';
  const wait = held(json([]));
  upstream.on(`GET ${path}`, wait.reply);
  const arrived = upstream.next(path);
  const call = callOf(
    operation('getPortfolioSummary'),
    { ...caller, fresh: true },
    { path: { accountId: 'DU1' } },
  );
  const answered = pipeline.run(call, null);
  await arrived;
  abort.abort(late);
  await expect(answered).rejects.toBe(late);
  wait.release();
  await until((happening) => happening.kind === 'preflight');
  expect(upstream.calls('/v1/api/portfolio/DU1/summary')).toEqual([]);
});

test('an order that waits for its turn when its deadline passes is not sent', async () => {
  const path = '/v1/api/iserver/account/DU1/order/78';
  const slow = held(json({}));
  upstream.on('* /v1/api/logout', slow.reply);
  upstream.on(`DELETE ${path}`, json({}));
  await pipeline.own('getBrokerageAccounts', {});
  const full: Promise<unknown>[] = [];
  for (let index = 0; index < 5; index += 1) {
    const arrived = upstream.next('/v1/api/logout');
    full.push(pipeline.own('logout', {}));
    await arrived;
  }
  const { abort, caller } = callers();
  const call = callOf(operation('cancelOpenOrder'), caller, { path: { accountId: 'DU1', orderId: '78' } });
  const answered = pipeline.run(call, null);
  abort.abort(late);
  await expect(answered).rejects.toBe(late);
  slow.release();
  await Promise.all(full);
  await pipeline.own('getBrokerageAccounts', {});
  expect(upstream.calls(path)).toEqual([]);
});
