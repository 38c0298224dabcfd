// Every compiled request validator against express-openapi-validator, which reads the same document at run time: both must
// judge alike on good and bad requests for all operations. Decision record 1 says why we ship the compiled ones.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { plainJson } from '../../src/json.ts';
import { idOf, keyOf, operations, type Operation } from '../../src/operation.ts';
import { loadGenerated } from './generated.ts';
import { startOracle, type Oracle } from './oracle.ts';
import { jsonMedia, requestsFor, type Asked } from './requests.ts';

// Where they may differ: the oracle refuses for this reason what we let pass.
const DIFFERENCES = [
  {
    oracle:
      /must have required property '(loginMessageRequest|accountStatusRequest|requiredFormsRequest|requestDetails)'/,
    because:
      'an object spread over several query members; IBKR’s cloud takes it, and nothing on the way to the Gateway',
  },
  {
    oracle: /must match format "byte"/,
    because: 'whether a text is base64 is left to its reader, IBKR’s cloud',
  },
];

const { document, overlay, validators } = await loadGenerated();
const all = operations(document);
const reads = (operation: Operation): boolean => overlay.operations.get(keyOf(operation))?.safety === 'read';

let lenient: Oracle;
let strict: Oracle;
beforeAll(async () => {
  lenient = await startOracle(document, all.filter(reads), 'array');
  strict = await startOracle(
    document,
    all.filter((operation) => !reads(operation)),
    false,
  );
});
afterAll(async () => {
  await lenient.stop();
  await strict.stop();
});

/** Undefined when we accept the request. */
function ourFault({ operation, path, query, body }: Asked): string | undefined {
  const { parameters = null, body: bodyCheck = null } = validators[idOf(operation)] ?? {};
  if (parameters?.(structuredClone({ path, query })) === false) return JSON.stringify(parameters.errors);
  if (body !== undefined && bodyCheck?.(plainJson(body)) === false) return JSON.stringify(bodyCheck.errors);
  return undefined;
}

test('both judge alike, and our own examples pass', async () => {
  const unlike: string[] = [];
  const refusedGood: string[] = [];
  const explained = new Map(DIFFERENCES.map(({ because }) => [because, 0]));
  let refusedBad = 0;
  for (const operation of all) {
    const asked = requestsFor(document, operation);
    const oracle = reads(operation) ? lenient : strict;
    const verdicts = await Promise.all(asked.map((each) => oracle.judge(each)));
    for (const [index, each] of asked.entries()) {
      const { status, reason } = verdicts[index] ?? { status: 0, reason: 'no answer' };
      const fault = ourFault(each);
      const name = `${idOf(operation)}, ${each.name}`;
      if (fault !== undefined && each.good) refusedGood.push(`${name}: ${fault}`);
      if (fault !== undefined && !each.good) refusedBad += 1;
      if ((fault === undefined) === (status === 200)) continue;
      const known = status === 400 ? DIFFERENCES.find(({ oracle: said }) => said.test(reason)) : undefined;
      if (known === undefined) unlike.push(`${name}: ours ${fault ?? 'fine'}, theirs ${status} ${reason}`);
      else explained.set(known.because, (explained.get(known.because) ?? 0) + 1);
    }
  }
  expect(unlike).toEqual([]);
  expect(refusedGood).toEqual([]);
  expect([...explained].filter(([, times]) => times === 0)).toEqual([]);
  expect(refusedBad).toBeGreaterThan(1000);
}, 60_000);

test('every operation with a JSON body has its check', () => {
  const unchecked = all.filter(
    (operation) => jsonMedia(document, operation) && !validators[idOf(operation)]?.body,
  );
  expect(unchecked.map(keyOf)).toEqual([]);
});
