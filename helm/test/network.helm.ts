// Who reaches the pods, and whom they reach.
import { describe, expect, test } from '@jest/globals';

import { only, render } from './chart.ts';
import { labelsOf, selects } from './labels.ts';

interface Policy {
  policyTypes: string[];
  ingress: { ports: { port: string | number }[]; from?: unknown[] }[];
  egress?: { ports: { port: number }[]; to?: { ipBlock?: { cidr: string; except: string[] } }[] }[];
}

describe('the network policy', () => {
  const policyOf = async (values: Record<string, unknown>, name = 'home-bezant'): Promise<Policy> =>
    only(await render({ values }), 'NetworkPolicy', name).spec as Policy;

  test('opens 8080 to everyone and the metrics to monitoring, by default', async () => {
    const { policyTypes, ingress } = await policyOf({});
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ingress.map(({ ports, from }) => [ports.map(({ port }) => port), from?.length])).toEqual([
      [['http'], undefined],
      [['admin', 'supervisor'], 2],
    ]);
    expect(JSON.stringify(ingress[1]?.from)).toContain('"kubernetes.io/metadata.name":"monitoring"');
  });

  test('opens 8080 to the chosen peers alone, and to `helm test`', async () => {
    const { ingress } = await policyOf({
      networkPolicy: { from: [{ podSelector: { matchLabels: { a: 'b' } } }] },
    });
    expect(ingress[0]?.from).toEqual([
      { podSelector: { matchLabels: { a: 'b' } } },
      {
        podSelector: {
          matchLabels: {
            'app.kubernetes.io/name': 'bezant',
            'app.kubernetes.io/instance': 'home',
            'app.kubernetes.io/component': 'test',
          },
        },
      },
    ]);
  });

  test('lets out DNS and HTTPS to the internet, no private address', async () => {
    const { egress } = await policyOf({});
    expect(egress?.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[53, 53], [443]]);
    const blocks = egress?.[1]?.to?.map(({ ipBlock }) => ipBlock);
    expect(blocks?.map((block) => block?.cidr)).toEqual(['0.0.0.0/0', '::/0']);
    expect(blocks?.[0]?.except).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']),
    );
  });

  test.each([
    { what: 'the bundled Postgres', values: { postgres: { enabled: true } }, port: 5432, to: 'home' },
    {
      what: 'another',
      values: { externalPostgres: { existingSecret: 'a', port: 6432 } },
      port: 6432,
      to: undefined,
    },
  ])('lets out to $what', async ({ values, port, to }) => {
    const { egress } = await policyOf(values);
    expect(egress?.at(-1)?.ports).toMatchObject([{ port }]);
    expect(JSON.stringify(egress?.at(-1)?.to ?? [])).toContain(to ?? '');
  });

  test('of the bundled Postgres lets in this release’s bezant, and nothing out', async () => {
    const values = { postgres: { enabled: true } };
    const policy = await policyOf(values, 'home-postgres');
    expect(policy.egress).toBeUndefined();
    expect(policy.policyTypes).toContain('Egress');
    const [rule] = policy.ingress as { from: { podSelector: { matchLabels: Record<string, string> } }[] }[];
    const admitted = rule?.from[0]?.podSelector.matchLabels ?? {};
    const labels = await Promise.all(
      ['home', 'paper'].map(async (release) => labelsOf(await render({ release, values }))),
    );
    const admittedPods = labels.flat().filter((given) => selects(admitted, given));
    expect(admittedPods.map((given) => given['app.kubernetes.io/instance'])).toEqual(['home']);
  });
});
