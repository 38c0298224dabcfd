import { describe, expect, test } from '@jest/globals';
import { loadSettings, settings as gatewaySettings } from '../../gateway/launcher/src/settings.ts';
import { loadConfig } from '../src/config.ts';
import { settings } from '../src/settings.ts';
import { pages, readPage } from './pages.ts';

test.each(Object.keys(pages))(
  '%s says what the code does (else: npx node sidecar/test/pages.ts)',
  async (page) => {
    expect(readPage(page)).toBe(await pages[page]?.());
  },
);

describe('.env.example', () => {
  const lines = readPage('.env.example').split('\n');
  const assignments = lines.filter((line) => /^# [A-Z_\d]+=/.test(line)).map((line) => line.slice(2));

  test('with every line switched on means what nothing means', () => {
    const env = Object.fromEntries(
      assignments.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    expect(Object.keys(env)).toHaveLength(Object.keys({ ...settings, ...gatewaySettings }).length);
    expect(loadConfig(env)).toEqual(loadConfig({}));
    expect(loadSettings(env)).toEqual(loadSettings({}));
  });
});
