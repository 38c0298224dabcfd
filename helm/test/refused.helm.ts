// What is refused, and in which words: the schema says what is no value, the guards what does not go together.
import { describe, expect, test } from '@jest/globals';

import { template, type Values } from './chart.ts';

interface Case {
  what: string;
  values?: Values;
  release?: string;
  want: (string | RegExp)[];
}

async function refusal({ values, release }: Case): Promise<string> {
  const { exitCode, output, errors } = await template({
    ...(values === undefined ? {} : { values }),
    ...(release === undefined ? {} : { release }),
  });
  expect({ exitCode, output }).toEqual({ exitCode: 1, output: '' });
  return errors;
}

describe('by a guard, in a sentence', () => {
  test.each<Case>([
    {
      what: 'a second pod',
      values: { replicas: 2 },
      want: ['replicas is 2, and must be 1: IBKR allows one session per user', 'install several releases'],
    },
    { what: 'no pod', values: { replicas: 0 }, want: ['replicas is 0, and must be 1'] },
    {
      what: 'two databases',
      values: { postgres: { enabled: true }, externalPostgres: { existingSecret: 'a' } },
      want: ['postgres.enabled and externalPostgres exclude each other'],
    },
    {
      what: 'one database in two ways',
      values: { externalPostgres: { url: 'postgres://not-a-password@a/b', existingSecret: 'a' } },
      want: ['externalPostgres.url and externalPostgres.existingSecret exclude each other: set one.'],
    },
    {
      what: 'keys in two ways',
      values: { apiKeys: { values: ['not-a-real-key-0001'], existingSecret: 'a' } },
      want: ['apiKeys.values and apiKeys.existingSecret exclude each other: set one.'],
    },
    {
      what: 'a debug token in two ways',
      values: { debugToken: { value: 'not-a-token', existingSecret: 'a' } },
      want: ['debugToken.value and debugToken.existingSecret exclude each other: set one.'],
    },
    {
      what: 'an ingress without host',
      values: { ingress: { enabled: true } },
      want: ['ingress.enabled needs ingress.host: bezant answers only to names it has been told.'],
    },
    {
      what: 'a route without host and without gateway',
      values: { httpRoute: { enabled: true } },
      want: ['httpRoute.enabled needs httpRoute.host', 'httpRoute.enabled needs httpRoute.parentRefs'],
    },
    {
      what: 'a claim that would not be used',
      values: { persistence: { enabled: false, existingClaim: 'a' } },
      want: ['persistence.existingClaim needs persistence.enabled'],
    },
    {
      what: 'an end before the drain is over',
      values: { settings: { BEZANT_SHUTDOWN_SECS: 60 } },
      want: ['terminationGracePeriodSeconds is 60, and must be at least 85: BEZANT_SHUTDOWN_SECS (60)'],
    },
    {
      what: 'a release named like a part of another',
      release: 'bezant-postgres',
      want: ['The name "bezant-postgres" ends like', 'Choose another release name'],
    },
    {
      what: 'a release that begins with a digit',
      release: '1st',
      want: ['The name "1st-bezant" cannot be a Service'],
    },
    { what: 'a release with a dot', release: 'a.b', want: ['The name "a.b-bezant" cannot be a Service'] },
    {
      what: 'a release whose name would be cut',
      release: 'a'.repeat(40),
      want: ['at most 43 small letters', 'set fullnameOverride'],
    },
    {
      what: 'a release too long for its Postgres',
      release: 'a'.repeat(44),
      values: { fullnameOverride: 'short', postgres: { enabled: true } },
      want: ['is too long for the bundled Postgres: at most 43 characters'],
    },
    {
      what: 'everything at once',
      values: { replicas: 3, ingress: { enabled: true }, httpRoute: { enabled: true, host: 'a.example' } },
      want: ['replicas is 3', 'needs ingress.host', 'needs httpRoute.parentRefs'],
    },
  ])('$what', async (row) => {
    const message = await refusal(row);
    for (const part of row.want) expect(message).toContain(part);
    expect(message).not.toMatch(/not-a-(password|real-key|token)/);
  });
});

describe('by the schema, by path', () => {
  test.each<Case>([
    {
      what: 'an unknown value',
      values: { replicaCount: 1 },
      want: ["additional properties 'replicaCount' not allowed"],
    },
    {
      what: 'an unknown value inside',
      values: { image: { name: 'a' } },
      want: ["at '/image': additional properties 'name' not allowed"],
    },
    {
      what: 'a setting that is none',
      values: { settings: { BEZANT_KEEPALIVE: 60 } },
      want: ["at '/settings': additional properties 'BEZANT_KEEPALIVE' not allowed"],
    },
    {
      what: 'a setting that the chart decides',
      values: { settings: { BEZANT_BIND: '0.0.0.0:1' } },
      want: ["at '/settings': additional properties 'BEZANT_BIND' not allowed"],
    },
    {
      what: 'a secret among the settings',
      values: { settings: { BEZANT_API_KEYS: 'not-a-real-key-0001' } },
      want: ["additional properties 'BEZANT_API_KEYS' not allowed"],
    },
    {
      what: 'a yes-or-no that is neither',
      values: { settings: { BEZANT_READ_ONLY: 'maybe' } },
      want: ["at '/settings/BEZANT_READ_ONLY': got string, want boolean"],
    },
    {
      what: 'a number too large',
      values: { settings: { BEZANT_KEEPALIVE_SECS: 3601 } },
      want: ["at '/settings/BEZANT_KEEPALIVE_SECS': maximum: got 3,601, want 3,600"],
    },
    {
      what: 'a number with a fraction',
      values: { settings: { BEZANT_KEEPALIVE_SECS: 1.5 } },
      want: ["at '/settings/BEZANT_KEEPALIVE_SECS': got number, want integer"],
    },
    {
      what: 'a word that is none of three',
      values: { settings: { BEZANT_PASSTHROUGH: 'write' } },
      want: ["at '/settings/BEZANT_PASSTHROUGH': value must be one of 'read', 'all', 'off'"],
    },
    {
      what: 'a setting by the back door',
      values: { extraEnv: [{ name: 'BEZANT_READ_ONLY', value: '0' }] },
      want: ["at '/extraEnv/0/name'"],
    },
    {
      what: 'a key too short',
      values: { apiKeys: { values: ['hunter2'] } },
      want: ["at '/apiKeys/values/0': minLength: got 7, want 16"],
    },
    { what: 'half a pod', values: { replicas: 1.5 }, want: ["at '/replicas': got number, want integer"] },
    {
      what: 'a URL with a path',
      values: { publicUrl: 'https://a.example/bezant' },
      want: ["at '/publicUrl': 'https://a.example/bezant' does not match pattern"],
    },
    {
      what: 'a host with a port',
      values: { ingress: { enabled: true, host: 'a.example:443' } },
      want: ["at '/ingress/host': 'a.example:443' does not match pattern"],
    },
    {
      what: 'a digest that is none',
      values: { image: { digest: 'latest' } },
      want: ["at '/image/digest': 'latest' does not match pattern"],
    },
    {
      what: 'a size in words',
      values: { persistence: { size: 'large' } },
      want: ["at '/persistence/size': 'large' does not match pattern"],
    },
    {
      what: 'a port that is none',
      values: { service: { port: 70000 } },
      want: ["at '/service/port': maximum: got 70,000, want 65,535"],
    },
    {
      what: 'a kind of Service that is none',
      values: { service: { type: 'ExternalName' } },
      want: ["at '/service/type': value must be one of"],
    },
    {
      what: 'a mount to write to',
      values: { extraVolumeMounts: [{ name: 'a', mountPath: '/a', readOnly: false }] },
      want: ["at '/extraVolumeMounts/0/readOnly'"],
    },
    {
      what: 'a peer that is none',
      values: { networkPolicy: { from: [{ cidr: '0.0.0.0/0' }] } },
      want: ["at '/networkPolicy/from/0': additional properties 'cidr' not allowed"],
    },
    {
      what: 'a switch that is a word',
      values: { metrics: { rules: { enabled: 'yes' } } },
      want: ["at '/metrics/rules/enabled': got string, want boolean"],
    },
    {
      what: 'a misspelt value of the Postgres, though it is off',
      values: { postgres: { storage: '1Gi' } },
      want: ["at '/postgres': additional properties 'storage' not allowed"],
    },
    {
      what: 'a Postgres that is root',
      values: { postgres: { enabled: true, userId: 0 } },
      want: ["at '/postgres/userId': minimum: got 0, want 1"],
    },
  ])('$what', async (row) => {
    const message = await refusal(row);
    for (const part of row.want) expect(message).toContain(part);
    expect(message).not.toMatch(/hunter2|not-a-real-key/);
  });
});
