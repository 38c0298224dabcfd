// One environment for all programs of the appliance: no setting of one is a typing error to another.
import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings as gatewaySettings } from '../gateway/launcher/src/settings.ts';
import { unknownSettings } from '../sidecar/src/config.ts';

const plans = join(import.meta.dirname, '..', 'gateway/supervisor/plans');
const namesOf = (file: string): string[] =>
  readFileSync(join(plans, file), 'utf8').match(/\bBEZANT_[A-Z\d_]+/g) ?? [];

const asEnvironment = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'x']));

test.each([
  { program: 'the launcher', names: Object.values(gatewaySettings).map(({ env }): string => env) },
  { program: 'the supervisor', names: [...new Set(globSync('*.json', { cwd: plans }).flatMap(namesOf))] },
  { program: 'the simulator', names: ['BEZANT_SIMULATOR_PORT', 'BEZANT_SIMULATOR_SCENARIO'] },
])('the server knows the names of $program', ({ names }) => {
  expect(names.length).toBeGreaterThan(1);
  expect(unknownSettings(asEnvironment(names))).toEqual([]);
});

test('and still none that only looks like them', () => {
  const wrong = ['BEZANT_GATEWAY_HEAP', 'BEZANT_GATEWAY_ZIPS', 'BEZANT_DEMON', 'BEZANT_SIMULATOR'];
  expect(unknownSettings(asEnvironment(wrong))).toEqual(wrong);
});
