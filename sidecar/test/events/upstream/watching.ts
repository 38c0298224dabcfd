// The events against the simulated Gateway, over real TLS, HTTP and WebSockets, with a real store. Time stands still on both
// sides until a test moves it, and moves on both alike.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseScenario } from '../../../../gateway/simulator/src/scenario.ts';
import { startSimulator, type Simulator } from '../../../../gateway/simulator/src/simulator.ts';
import { loadContract } from '../../../src/contract.ts';
import { GatewayCookies } from '../../../src/cookies.ts';
import type { NewEvent, StoredEvent, Topic } from '../../../src/event.ts';
import { createConnection, type Connection } from '../../../src/events/connection.ts';
import { startEvents, type Events } from '../../../src/events/events.ts';
import type { OwnRead } from '../../../src/events/own-reads.ts';
import { createGateway, type Gateway } from '../../../src/gateway.ts';
import type { Happening } from '../../../src/observe.ts';
import type { SessionStateName } from '../../../src/session-state.ts';
import { openSpool } from '../../../src/store/spool.ts';
import { openSqlite } from '../../../src/store/sqlite.ts';
import { createWriter } from '../../../src/store/writer.ts';
import { ManualClock, settle, WallClock } from '../../manual-clock.ts';

export const account = 'DU1234567';
export const apple = 265598;

const contract = loadContract();

const scenario = parseScenario('events', {
  description: 'Logged in, nothing ends by itself, no orders.',
  session: { loggedIn: true, brokerage: 'up', lifeMs: null, reset: null, selfTickle: true },
  brokerage: {},
});

export interface Running extends Events {
  upstream: Connection;
}

export interface Watching {
  simulator: Simulator;
  clock: ManualClock;
  /** What time it is; the same as `clock` until a test sets it. */
  wall: WallClock;
  happenings: Happening[];
  /** What has been stored in this test, by any run. */
  stored: StoredEvent[];
  of<Kind extends Happening['kind']>(kind: Kind): Extract<Happening, { kind: Kind }>[];
  /** Starts the events, or again after `stopEvents`. */
  start(): Promise<Running>;
  /** Started and ready, with nothing left to read up. */
  ready(): Promise<Running>;
  stopEvents(): Promise<void>;
  /** Lets time pass until IBKR is dialed. */
  redialed(): Promise<void>;
  /** The connection stands, or has failed already. */
  met(): Promise<void>;
  /** Lets time pass on both sides; what IBKR sent meanwhile has arrived afterwards. */
  pass(ms: number): Promise<void>;
  /** Only here, as if IBKR had died. */
  passHere(ms: number): Promise<void>;
  control(call: string, body?: unknown): Promise<unknown>;
  enterSession(name: SessionStateName): void;
  /** Events of this topic do not reach the store, as when a crash comes first. */
  lost: Topic | null;
  /** Upgrades that reached the Gateway. */
  dials(): number;
  /** The answers of calls to the API. */
  post(target: string, json: unknown): Promise<unknown>;
  read(target: string): Promise<{ status: number; body: unknown }>;
  /** Places an order that rests, and says yes to every question. */
  place(quantity?: number): Promise<string>;
  frame(value: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startWatching(): Promise<Watching> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-events-'));
  const simulator = await startSimulator({ scenario, timeScale: 0 });
  const clock = new ManualClock(simulator.clock.now());
  const wall = new WallClock(clock);
  const happenings: Happening[] = [];
  const observe = (happening: Happening): number => happenings.push(happening);
  const gateway: Gateway = createGateway({
    url: { origin: simulator.url, prefix: '' },
    cookies: new GatewayCookies([]),
    trust: { verify: false, caFile: null, fingerprint: null },
    userAgent: 'bezant/test',
    timeoutMs: 5_000,
    onStaleCookies: () => undefined,
  });
  const store = openSqlite(join(dataDir, 'events.db'));
  const spool = await openSpool({
    folder: join(dataDir, 'spool'),
    capBytes: 1e9,
    lastTaken: null,
    onUnreadable: () => undefined,
  });
  const writer = createWriter({ store, spool, observe, clock });
  const stored: StoredEvent[] = [];
  writer.onStored((events) => stored.push(...events));
  let sessionState: SessionStateName = 'live';
  const sessionListeners = new Set<(from: SessionStateName, to: SessionStateName) => void>();
  let events: Running | null = null;
  let markers = 0;
  const seen = new Set<unknown>();

  const control: Watching['control'] = (call, body) => simulator.control.call(call, body);

  async function mark(): Promise<number> {
    markers += 1;
    const frame = { text: JSON.stringify({ marker: markers }) };
    const { sentTo } = (await control('POST /frames', frame)) as { sentTo: number };
    await settle();
    return sentTo;
  }

  /** Frames of one socket arrive in order, so what was sent before this one has come when it has. */
  async function arrived(): Promise<void> {
    const sentTo = await mark();
    if (sentTo > 0 && events !== null) await until(() => seen.has(markers) || isDown());
    await settle();
  }

  const phase = (): unknown => events?.status()['state'];
  const isDown = (): boolean => !['ready', 'held', 'dialing'].includes(String(phase()));

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1_000) {
      const step = Math.min(left, 1_000);
      simulator.clock.advance(step);
      await arrived();
      await clock.advance(step);
      await settle();
    }
  }

  const watching: Watching = {
    simulator,
    clock,
    wall,
    happenings,
    stored,
    of: (kind) =>
      happenings.filter(
        (happening): happening is Extract<Happening, { kind: typeof kind }> => happening.kind === kind,
      ),
    async start() {
      const read: OwnRead = (operationId, query, signal) => {
        const operation = contract.byId.get(operationId);
        if (operation === undefined) throw new Error(`no operation ${operationId}`);
        const search = new URLSearchParams(query).toString();
        const target = `/v1/api${operation.path}${search === '' ? '' : `?${search}`}`;
        return gateway.call({ method: operation.method, target, signal });
      };
      const clocks = { clock: wall, steady: clock };
      const upstream = createConnection({
        ...clocks,
        gateway,
        fingerprint: null,
        userAgent: 'bezant/test',
        random: () => 0.5,
        observe,
        session: {
          state: () => ({ name: sessionState }),
          refresh: () => undefined,
          onChange(listener) {
            sessionListeners.add(listener);
            return () => sessionListeners.delete(listener);
          },
        },
        read,
        onStatus: () => undefined,
      });
      const write = (event: NewEvent): void => {
        if (event.topic !== watching.lost) writer.write(event);
      };
      const started = await startEvents({
        ...clocks,
        connection: upstream,
        observe,
        store,
        write,
        read,
        dataDir,
      });
      events = { ...started, upstream };
      upstream.onFrame(({ json }) => seen.add(json?.['marker']));
      return events;
    },
    async redialed() {
      await until(async () => {
        if (phase() === 'dialing') return true;
        await pass(250);
        return false;
      });
    },
    async met() {
      await watching.redialed();
      // While hands are shaken time must stand still, or the deadline for that would pass.
      const before = seen.size;
      await until(async () => {
        await mark();
        return seen.size > before || phase() !== 'dialing';
      });
    },
    async ready() {
      const started = events ?? (await watching.start());
      await until(() => phase() !== 'idle');
      if (phase() !== 'held') await watching.met();
      await until(async () => {
        await pass(50);
        return started.upstream.isReady();
      });
      await until(() => started.status()['catching_up'] === false);
      await settle();
      return started;
    },
    async stopEvents() {
      const stopped = events?.stop();
      await clock.advance(5_000);
      await stopped;
      events = null;
    },
    pass,
    async passHere(ms) {
      await clock.advance(ms);
      await settle();
    },
    control,
    lost: null,
    enterSession(name) {
      const from = sessionState;
      sessionState = name;
      for (const listener of [...sessionListeners]) listener(from, name);
    },
    dials: () => simulator.capture.list({ path: '/v1/api/ws' }).length,
    async post(target, json) {
      const { body } = await gateway.call({
        method: 'POST',
        target: `/v1/api${target}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(json)),
      });
      return JSON.parse(body.toString()) as unknown;
    },
    async read(target) {
      const { status, body } = await gateway.call({ method: 'GET', target: `/v1/api${target}` });
      return { status, body: JSON.parse(body.toString()) as unknown };
    },
    async place(quantity = 10) {
      const ticket = { conid: apple, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity, price: 150 };
      const ask = async (target: string, json: unknown): Promise<{ id?: string; order_id?: string }> => {
        const [answer = {}] = (await watching.post(target, json)) as { id?: string; order_id?: string }[];
        return answer;
      };
      let answer = await ask(`/iserver/account/${account}/orders`, { orders: [ticket] });
      while (answer.id !== undefined) {
        answer = await ask(`/iserver/reply/${answer.id}`, { confirmed: true });
      }
      return answer.order_id ?? '';
    },
    frame: (value) => control('POST /frames', { text: JSON.stringify(value) }),
    async stop() {
      await watching.stopEvents();
      await writer.stop();
      await store.stop();
      await gateway.stop();
      await simulator.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return watching;
}

/** Waits for a condition, looking again after every turn of the event loop; one that never holds fails the test. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`never held: ${holds.toString()}`);
    await settle();
  }
}
