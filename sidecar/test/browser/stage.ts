// What a test has in front of it: the built simulator, the built server before it, and a browser. Everything that was
// started is stopped again, in reverse.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startSidecar, type Env, type Sidecar } from '../io/sidecar-process.ts';
import { openBrowser } from './chromium.ts';
import { startSimulatorProcess, type SimulatorProcess } from './simulator-process.ts';

export interface Served {
  simulator: SimulatorProcess;
  sidecar: Sidecar;
}

export class Stage {
  readonly #stops: (() => Promise<unknown>)[] = [];
  #browser: Promise<Browser> | null = null;

  /** Runs `stop` at the end of the test. */
  add<Started extends { stop(): Promise<unknown> }>(started: Started): Started {
    this.#stops.push(() => started.stop());
    return started;
  }

  async serve(scenario: string, env: Env = {}): Promise<Served> {
    const simulator = this.add(await startSimulatorProcess(scenario));
    return { simulator, sidecar: await this.sidecar(simulator.url, env) };
  }

  async sidecar(gatewayUrl: string, env: Env = {}): Promise<Sidecar> {
    return this.add(await startSidecar(gatewayUrl, env));
  }

  /** A page of a new profile, with the manners of a person who accepts a self-signed certificate. */
  async page(options: BrowserContextOptions = {}): Promise<Page> {
    this.#browser ??= openBrowser();
    const browser = await this.#browser;
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    this.#stops.push(() => context.close());
    return context.newPage();
  }

  async clear(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) await stop();
  }

  async close(): Promise<void> {
    await this.clear();
    await (await this.#browser)?.close();
  }
}
