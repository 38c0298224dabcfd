// Containers, volumes and networks of one test file, taken away when it is done.

import { chmodSync, mkdtempSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GenericContainer,
  Network,
  Wait,
  type StartedNetwork,
  type StartedTestContainer,
} from 'testcontainers';
import { buildStandIn } from '../../gateway/launcher/test/stand-in/build.ts';
import { Appliance } from './appliance.ts';
import { must } from './docker.ts';
import { images } from './images.ts';

/** Of starting, on a machine that has other things to do. */
export const startupMs = 180_000;

/** `docker run` by options that testcontainers has no method for. */
class Container extends GenericContainer {
  with(host: object, create: object): this {
    Object.assign(this.hostConfig, host);
    Object.assign(this.createOpts, create);
    return this;
  }
}

export interface Options {
  image?: string;
  env?: Readonly<Record<string, string>>;
  /** A named volume; an anonymous one else. */
  volume?: string;
  ports?: readonly number[];
  /** As the engine's API names them. */
  host?: object;
  create?: object;
  /** What to wait for in its log. */
  says?: RegExp;
}

export class Stage {
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #zips = mkdtempSync(join(tmpdir(), 'bezant-zips-'));
  #network: StartedNetwork | null = null;

  async network(): Promise<StartedNetwork> {
    if (this.#network !== null) return this.#network;
    const network = await new Network().start();
    this.#network = network;
    this.#undo.push(() => network.stop());
    return network;
  }

  async volume(): Promise<string> {
    const name = `bezant-test-${randomBytes(6).toString('hex')}`;
    await must('volume', 'create', name);
    this.#undo.push(() => must('volume', 'rm', '--force', name));
    return name;
  }

  /** The folder with a zip that stands in for IBKR's; `files` make it another release. */
  standIn(name = 'clientportal.gw.zip', files: Readonly<Record<string, string>> = {}): string {
    // The user inside is another one.
    chmodSync(this.#zips, 0o755);
    buildStandIn(join(this.#zips, name), files);
    return this.#zips;
  }

  /** The simulator as IBKR, reached by the stand-in as `https://ibkr:5000`. */
  async ibkr(scenario = 'logged-out'): Promise<StartedTestContainer> {
    const container = await new GenericContainer(images.gateway)
      .withNetwork(await this.network())
      .withNetworkAliases('ibkr')
      .withEntrypoint(['bezant-simulator'])
      .withCommand(['--host', '0.0.0.0', '--scenario', scenario])
      .withWaitStrategy(Wait.forLogMessage(/listens on/))
      .withStartupTimeout(startupMs)
      .start();
    this.#undo.push(() => container.stop());
    return container;
  }

  /** The appliance with the stand-in in the Gateway's place, the simulator behind it. */
  async combined({ env = {}, host = {}, ...options }: Options = {}): Promise<Appliance> {
    return this.run({
      env: {
        BEZANT_GATEWAY_ZIP: '/zips/clientportal.gw.zip',
        BEZANT_GATEWAY_REMOTE_HOST: 'https://ibkr:5000',
        ...env,
      },
      host: { Binds: [`${this.#zips}:/zips:ro`], ...host },
      ...options,
    });
  }

  async run({
    image = images.combined,
    env = {},
    volume,
    ports = [8080],
    host = {},
    create = {},
    says,
  }: Options) {
    const container = new Container(image)
      .with(host, create)
      .withNetwork(await this.network())
      .withEnvironment(env)
      .withExposedPorts(...ports)
      .withWaitStrategy(Wait.forLogMessage(says ?? /bezant is ready/))
      .withStartupTimeout(startupMs);
    let log = '';
    container.withLogConsumer((stream) => stream.on('data', (chunk: Buffer) => (log += chunk.toString())));
    if (volume !== undefined)
      container.with({ Mounts: [{ Type: 'volume', Source: volume, Target: '/data' }] }, {});
    const started = await container.start().catch((error: unknown) => {
      throw new Error(`the container did not get ready; its log:\n${log}`, { cause: error });
    });
    this.#undo.push(() => must('rm', '--force', '--volumes', started.getId()));
    return new Appliance(started, ports[0] ?? 8080);
  }

  /** For what a test makes besides. */
  later(undo: () => Promise<unknown>): void {
    this.#undo.push(undo);
  }

  async clear(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }
}
