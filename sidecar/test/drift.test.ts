import { describe, expect, test } from '@jest/globals';
import { generatedFolder } from '../src/contract.ts';
import { createDrift, loadResponseChecks, type ResponseCheck, type ResponseChecks } from '../src/drift.ts';
import type { GatewayAnswer } from '../src/gateway.ts';
import type { Happening } from '../src/observe.ts';

const answer = (body: string, over: Partial<GatewayAnswer> = {}): GatewayAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  body: Buffer.from(body),
  ...over,
});

/** Wants a number, and counts how often it is asked. */
function wantsNumber(): ResponseCheck & { asked: number } {
  const check = Object.assign(
    (value: unknown): boolean => {
      check.asked += 1;
      return typeof value === 'number';
    },
    { asked: 0, errors: [{ instancePath: '/x', message: 'must be number' }] },
  );
  return check;
}

function start(sampleOneIn: number, over: { load?: () => Promise<ResponseChecks> } = {}) {
  const check = wantsNumber();
  const happenings: Happening[] = [];
  let loads = 0;
  const sample = createDrift({
    sampleOneIn,
    observe: (happening) => happenings.push(happening),
    load:
      over.load ??
      (() => {
        loads += 1;
        return Promise.resolve({
          op: { '200': { 'application/json; charset=utf-8': check }, '500': { 'application/json': check } },
          other: { '200': { 'application/json': check } },
        });
      }),
  });
  return { sample, check, happenings, loads: () => loads };
}

/** Samples are worked off one a turn of the event loop. */
async function settle(turns = 50): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
}

const op = { id: 'op' };

describe('which answers are compared', () => {
  test.each<[sampleOneIn: number, answers: number, want: number]>([
    [0, 10, 0],
    [1, 3, 3],
    [4, 3, 1],
    [4, 9, 3],
  ])('one in %i of %i: %i', async (sampleOneIn, answers, want) => {
    const { sample, check, loads } = start(sampleOneIn);
    for (let index = 0; index < answers; index += 1) sample(op, answer('1'));
    await settle();
    expect(check.asked).toBe(want);
    expect(loads()).toBe(want > 0 ? 1 : 0);
  });

  test('the first of each operation, however rare', async () => {
    const { sample, check } = start(1000);
    for (let index = 0; index < 100; index += 1) sample(op, answer('1'));
    sample({ id: 'other' }, answer('1'));
    await settle();
    expect(check.asked).toBe(2);
  });

  test.each<[name: string, id: string, given: GatewayAnswer, want: number]>([
    [
      'the media type without its parameters',
      'op',
      answer('1', { headers: { 'content-type': 'Application/JSON' } }),
      1,
    ],
    ['another status with a schema', 'op', answer('1', { status: 500 }), 1],
    ['a status without one', 'op', answer('1', { status: 404 }), 0],
    ['an operation without one', 'unknown', answer('1'), 0],
    ['a web page', 'op', answer('1', { headers: { 'content-type': 'text/html' } }), 0],
    ['no type', 'op', answer('1', { headers: {} }), 0],
    ['no body', 'op', answer(''), 0],
    ['a huge body', 'op', answer(`"${'x'.repeat(300_000)}"`), 0],
  ])('%s', async (_name, id, given, want) => {
    const { sample, check, happenings } = start(1);
    sample({ id }, given);
    await settle();
    expect(check.asked).toBe(want);
    expect(happenings).toEqual([]);
  });

  test('no more than the queue holds', async () => {
    const { sample, check } = start(1);
    for (let index = 0; index < 1000; index += 1) sample(op, answer('1'));
    await settle();
    expect(check.asked).toBe(16);
    sample(op, answer('1'));
    await settle();
    expect(check.asked).toBe(17);
  });
});

describe('what is told', () => {
  test.each<[body: string, want: { pointer: string; message: string }[]]>([
    ['1', []],
    ['"text"', [{ pointer: '/x', message: 'must be number' }]],
    ['{broken', [{ pointer: '', message: 'is not JSON' }]],
  ])('%s', async (body, want) => {
    const { sample, happenings } = start(1);
    sample(op, answer(body));
    await settle();
    expect(happenings).toEqual(
      want.map((fault) => ({ kind: 'drift', operation: 'op', status: 200, ...fault })),
    );
  });

  test('that the checks cannot be loaded, once', async () => {
    const { sample, happenings } = start(1, { load: () => Promise.reject(new Error('file is missing')) });
    sample(op, answer('1'));
    sample(op, answer('1'));
    await settle();
    sample(op, answer('1'));
    await settle();
    expect(happenings).toEqual([{ kind: 'warning', message: 'Answers are not compared: file is missing' }]);
  });
});

test('the generated checks find what departs from the contract, and leave the answer alone', async () => {
  const checks = await loadResponseChecks(generatedFolder);
  const { sample, happenings } = start(1, { load: () => Promise.resolve(checks) });
  const wrong = answer('"a text where an object is due"');
  const before = wrong.body.toString();
  sample({ id: 'getSessionToken' }, answer('{"session":"x","ssoExpires":1,"collission":false,"userId":1}'));
  sample({ id: 'getSessionToken' }, wrong);
  await settle();
  expect(happenings).toEqual([
    {
      kind: 'drift',
      operation: 'getSessionToken',
      status: 200,
      pointer: '',
      message: expect.stringContaining('must be object'),
    },
  ]);
  expect(wrong.body.toString()).toBe(before);
});
