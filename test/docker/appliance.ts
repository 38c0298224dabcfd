// A running container as its user sees it (HTTP, its log, its exit) and as its keeper does (processes, health).

import type { StartedTestContainer } from 'testcontainers';
import { docker, must } from './docker.ts';
import { until } from './until.ts';

export interface Process {
  pid: number;
  parent: number;
  uid: number;
  /** As /proc has it: R, S, T, Z … */
  state: string;
  command: string;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** Runs inside: the image has no ps. */
const listing = `
  const { readdirSync, readFileSync } = require('node:fs');
  const rows = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).flatMap((pid) => {
    try {
      const status = readFileSync('/proc/' + pid + '/status', 'utf8');
      const field = (name) => new RegExp('^' + name + ':\\\\s+(\\\\S+)', 'm').exec(status)[1];
      const command = readFileSync('/proc/' + pid + '/cmdline', 'utf8').replaceAll('\\0', ' ').trim();
      return [{ pid: +pid, parent: +field('PPid'), uid: +field('Uid'), state: field('State'), command: command || field('Name') }];
    } catch { return []; }
  });
  console.log(JSON.stringify(rows.filter(({ pid }) => pid !== process.pid)));
`;

/** Who is who, by command line. */
const roles = {
  supervisor: /^node .*bezant-supervisor/,
  sidecar: /^node .*bezant-server/,
  gateway: /GatewayStart/,
  simulator: /^node .*bezant-simulator/,
} as const;

export class Appliance {
  readonly container: StartedTestContainer;
  readonly #port: number;

  constructor(container: StartedTestContainer, port: number) {
    this.container = container;
    this.#port = port;
  }

  get id(): string {
    return this.container.getId();
  }

  /** Changes when the container is started again. */
  async url(): Promise<string> {
    const [first = ''] = (await must('port', this.id, `${this.#port}/tcp`)).split('\n');
    return `http://127.0.0.1:${first.slice(first.lastIndexOf(':') + 1)}`;
  }

  async log(): Promise<string> {
    return (await docker('logs', this.id)).text;
  }

  async #times(text: string): Promise<number> {
    return (await this.log()).split(text).length - 1;
  }

  async exec(...command: string[]): Promise<string> {
    return must('exec', this.id, ...command);
  }

  async processes(): Promise<Process[]> {
    return JSON.parse(await this.exec('node', '--eval', listing)) as Process[];
  }

  /** Resolves when there is exactly one such process. */
  async process(role: keyof typeof roles): Promise<Process> {
    return until(`one ${role}`, async () => {
      const found = (await this.processes()).filter(({ command }) => roles[role].test(command));
      return found.length === 1 ? (found[0] ?? null) : null;
    });
  }

  async signal(role: keyof typeof roles, signal: string): Promise<number> {
    const { pid } = await this.process(role);
    await this.exec('sh', '-c', `kill -${signal} ${pid}`);
    return pid;
  }

  /** The key that the first start made; read, not from the log, as its owner would later. */
  async key(): Promise<string> {
    return this.exec('cat', '/data/api-key');
  }

  async ask(path: string, { key, ...init }: RequestInit & { key?: string } = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
    const response = await fetch((await this.url()) + path, { redirect: 'manual', ...init, headers });
    const text = await response.text();
    try {
      return { status: response.status, body: JSON.parse(text) };
    } catch {
      return { status: response.status, body: text };
    }
  }

  async post(path: string, body: unknown, key: string): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.ask(path, { key, method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** As IBKR's login page does it. */
  async logIn(key: string): Promise<void> {
    const form = (path: string, fields: Record<string, string>): Promise<Answer> =>
      this.ask(path, { key, method: 'POST', body: new URLSearchParams(fields) });
    await form('/sso/Authenticator', { ACTION: 'INIT', USER: 'trader', LOGIN_TYPE: '2' });
    await form('/sso/Authenticator', { ACTION: 'COMPLETEAUTH' });
    await form('/sso/Dispatcher', { loginType: '2', forwardTo: '22' });
    await this.untilLive(key);
  }

  async untilLive(key: string): Promise<void> {
    await until('the session is live', async () => {
      const { status, body } = await this.ask('/health', { key });
      return status === 200 && (body as { authenticated: boolean }).authenticated;
    });
  }

  /** What HEALTHCHECK says. */
  async health(): Promise<string> {
    return must('inspect', '--format', '{{.State.Health.Status}}', this.id);
  }

  async becomes(health: string): Promise<void> {
    await until(health, async () => (await this.health()) === health);
  }

  /** running, exited … */
  async state(): Promise<string> {
    return must('inspect', '--format', '{{.State.Status}}', this.id);
  }

  async exitCode(): Promise<number> {
    return Number(await must('inspect', '--format', '{{.State.ExitCode}}', this.id));
  }

  /** `docker stop`, and what came of it. */
  async stop(): Promise<{ code: number; ms: number }> {
    const startedAt = Date.now();
    await must('stop', '--time', '30', this.id);
    const ms = Date.now() - startedAt;
    return { code: await this.exitCode(), ms };
  }

  /** Again, with the same volume; resolves when it is ready. */
  async start(): Promise<void> {
    const before = await this.#times('bezant is ready');
    await must('start', this.id);
    await until('ready again', async () => (await this.#times('bezant is ready')) > before);
  }
}
