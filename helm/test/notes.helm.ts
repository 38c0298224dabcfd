// What a person reads after `helm install`: where to go, the key, the login.
import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chart, helm, type Values } from './chart.ts';

async function notes(values: Values): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bezant-notes-'));
  try {
    const file = join(folder, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    const args = ['install', 'home', chart, '--namespace', 'trading', '--dry-run=client', '--values', file];
    const { exitCode, output, errors } = await helm(args);
    expect({ exitCode, errors: errors.replace(/^level=WARN.*\n/gm, '') }).toEqual({
      exitCode: 0,
      errors: '',
    });
    return output.slice(output.indexOf('NOTES:'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each<{ what: string; values: Values; want: string[]; never?: string[] }>([
  {
    what: 'alone: a port-forward, and the key that bezant makes',
    values: {},
    want: [
      'kubectl --namespace trading port-forward service/home-bezant 8080:8080',
      'kubectl --namespace trading exec home-bezant-0 -- cat /data/api-key',
      'open http://localhost:8080/ in a browser',
      'http://home-bezant.trading:8080',
      'helm --namespace trading test home',
    ],
    never: ['persistence.enabled'],
  },
  {
    what: 'behind an ingress, with keys of the chart’s',
    values: {
      ingress: { enabled: true, host: 'a.example' },
      apiKeys: { values: ['not-a-real-key-0001'] },
    },
    want: [
      'https://a.example',
      `kubectl --namespace trading get secret home-bezant-secrets --output go-template='{{ index .data "api-keys" | base64decode }}'`,
      'open https://a.example/ in a browser',
    ],
    never: ['port-forward', 'not-a-real-key', '/data/api-key'],
  },
  {
    what: 'with a Secret of yours, behind another port',
    values: { apiKeys: { existingSecret: 'mine', key: 'k' }, service: { port: 80 } },
    want: ['in the Secret mine, entry k', 'service/home-bezant 8080:80', 'http://home-bezant.trading:80,'],
    never: ['/data/api-key'],
  },
  {
    what: 'the demo: no key, no login to explain',
    values: { demo: true, persistence: { enabled: false } },
    want: ['simulated account, DU1234567', 'port-forward', 'are lost with the pod'],
    never: ['The key that callers need', 'IBKR’s login page', 'Authorization'],
  },
])('$what', async ({ values, want, never = [] }) => {
  const text = await notes(values);
  expect(text).toMatch(/^NOTES:/);
  for (const part of want) expect(text).toContain(part);
  for (const part of never) expect(text).not.toContain(part);
});
