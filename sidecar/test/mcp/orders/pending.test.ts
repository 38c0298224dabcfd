// What waits for a second step belongs to its owner, and not for long.

import { expect, test } from '@jest/globals';
import type { Principal } from '../../../src/api-keys.ts';
import { createPending } from '../../../src/mcp/orders/pending.ts';
import { ManualClock } from '../../manual-clock.ts';

const one: Principal = { name: 'one', scopes: new Set() };
const other: Principal = { name: 'other', scopes: new Set() };

function waiting() {
  const clock = new ManualClock();
  return { clock, pending: createPending<string>({ clock, lifetimeMs: 1000 }) };
}

test('its owner finds it, nobody else does', () => {
  const { pending } = waiting();
  const { key } = pending.add(one, 'order');
  expect(pending.find(one, key)).toBe('order');
  expect(pending.find(other, key)).toBeNull();
  expect(pending.find(null, key)).toBeNull();
  expect(pending.find(one, `${key}x`)).toBeNull();
});

test('it is gone after its time, and once it is dropped', async () => {
  const { clock, pending } = waiting();
  const { key, expiresMs } = pending.add(null, 'order');
  expect(expiresMs).toBe(clock.now() + 1000);
  await clock.advance(999);
  expect(pending.find(null, key)).toBe('order');
  await clock.advance(1);
  expect(pending.find(null, key)).toBeNull();
  const again = pending.add(null, 'order');
  pending.drop(again.key);
  expect(pending.find(null, again.key)).toBeNull();
});

test('keys are never alike, and there is an end to what is kept', () => {
  const { pending } = waiting();
  const keys = Array.from({ length: 1200 }, () => pending.add(null, 'order').key);
  expect(new Set(keys).size).toBe(1200);
  expect(keys.filter((key) => pending.find(null, key) !== null)).toHaveLength(1000);
  expect(pending.find(null, keys.at(-1) ?? '')).toBe('order');
});
