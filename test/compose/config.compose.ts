// Every way to put the files together is accepted by the compose that is installed, and opens nothing to the network.
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { compose, composeVersion, type Failure } from './compose-command.ts';

const overrides = ['split.yaml', 'simulator.yaml', 'observability.yaml', 'tunnel.yaml'];
const env = {
  GRAFANA_PASSWORD: 'of-a-test',
  CLOUDFLARE_TUNNEL_TOKEN: 'of-a-test',
  BEZANT_PUBLIC_URL: 'https://bezant.example',
};

const combinations = Array.from({ length: 2 ** overrides.length }, (_, bits) =>
  overrides.filter((_file, index) => (bits & (1 << index)) !== 0),
);

interface Resolved {
  services: Record<string, { ports?: (string | { host_ip?: string; published?: string | number })[] }>;
}

const config = async (files: string[], given: Record<string, string>): Promise<Resolved> =>
  parse(await compose(['compose.yaml', ...files], ['config'], given)) as Resolved;

describe(`compose ${composeVersion}`, () => {
  test.each(combinations.map((files) => ({ files })))('compose.yaml with $files', async ({ files }) => {
    const { services } = await config(files, env);
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(['bezant', 'postgres']));
    expect(ports.length).toBe(files.includes('observability.yaml') ? 3 : 1);
    for (const port of ports)
      expect(typeof port === 'string' ? port.split(':')[0] : port.host_ip).toBe('127.0.0.1');
  });

  test('a setting goes in from the environment, and is absent or empty without it', async () => {
    const given = await compose(['compose.yaml'], ['config'], { BEZANT_READ_ONLY: 'yes' });
    expect(given).toMatch(/BEZANT_READ_ONLY: ["']?yes/);
    const { services } = await config([], {});
    expect(JSON.stringify(services['bezant'])).not.toMatch(/"BEZANT_READ_ONLY":"[^"]/);
  });

  test.each([
    { file: 'observability.yaml', name: 'GRAFANA_PASSWORD' },
    { file: 'tunnel.yaml', name: 'CLOUDFLARE_TUNNEL_TOKEN' },
    { file: 'tunnel.yaml', name: 'BEZANT_PUBLIC_URL' },
  ])('$file without $name says what to do', async ({ file, name }) => {
    const without = Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
    const failure = await compose(['compose.yaml', file], ['config'], without).then(
      () => null,
      (error: unknown) => error as Failure,
    );
    expect(failure?.stderr).toMatch(new RegExp(`Put ${name}=.* into compose/\\.env`));
  });
});
