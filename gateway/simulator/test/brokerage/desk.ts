// A world with time standing still and someone logged in; time moves only by `clock.advance`.
import { handlers } from '../../src/brokerage/handlers.ts';
import { createWorld, type World } from '../../src/brokerage/world.ts';
import type { Answer } from '../../src/call.ts';
import { createClock, type Clock } from '../../src/clock.ts';
import { loadContract } from '../../src/operation.ts';
import { createRandom } from '../../src/random.ts';
import { createSession, sessionDefaults, type OwnedSession } from '../../src/session.ts';

/** A Wednesday, 15:30 in New York. */
export const NOW = Date.UTC(2026, 3, 8, 19, 30);
export const ACCOUNT = 'DU1234567';
export const AAPL = 265598;

const { operations } = loadContract();

export interface Desk {
  world: World;
  clock: Clock;
  session: OwnedSession;
  call(id: string, request?: Request): Answer;
  /** The JSON of an answer that must be 200. */
  read(id: string, request?: Request): unknown;
  /** Places one ticket and says yes to every question. */
  place(ticket: Record<string, unknown>): number;
}

export interface Request {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

export function openDesk(brokerage: Record<string, unknown> = {}, seed = 7): Desk {
  const clock = createClock({ scale: 0, startMs: NOW });
  const random = createRandom(seed);
  const session = createSession({
    clock,
    random,
    settings: {
      ...sessionDefaults,
      loggedIn: true,
      brokerage: 'up',
      reset: null,
      lifeMs: null,
      brokerageIdleMs: 1e12,
      ssoIdleMs: 1e12,
    },
  });
  session.accountsQueried = true;
  const scenario = { name: 'test', description: '', session: sessionDefaults, faults: {}, brokerage };
  const world = createWorld({ clock, random, scenario, session });

  const call = (id: string, { params = {}, query = {}, body }: Request = {}): Answer => {
    const operation = operations.find((one) => one.id === id);
    const handler = handlers[id];
    if (operation === undefined || handler === undefined) throw new Error(`no operation ${id}`);
    const { method, path } = operation;
    const text = body === undefined ? '' : JSON.stringify(body);
    return handler(
      { operation, method, path, params, query: new URLSearchParams(query), body, text, headers: {} },
      world,
    );
  };
  const read = (id: string, request?: Request): unknown => {
    const { status = 200, json } = call(id, request);
    if (status !== 200) throw new Error(`${id} answered ${status}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    world,
    clock,
    session,
    call,
    read,
    place: (ticket) => {
      let answer = read('submitNewOrder', { params: { accountId: ACCOUNT }, body: { orders: [ticket] } });
      for (;;) {
        const [first] = answer as { id?: string; order_id?: string }[];
        if (first?.order_id !== undefined) return Number(first.order_id);
        if (first?.id === undefined) throw new Error(JSON.stringify(answer));
        answer = read('confirmOrderReply', { params: { replyId: first.id }, body: { confirmed: true } });
      }
    },
  };
}
