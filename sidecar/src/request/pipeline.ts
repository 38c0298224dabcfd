// The way of a call to IBKR, in order: may it, is it right, is the answer known, what must come first, is it its turn, go.

import type { Principal } from '../api-keys.ts';
import type { Clock } from '../clock.ts';
import type { Contract, Operation } from '../contract.ts';
import { Problem } from '../errors.ts';
import type { Gateway, GatewayAnswer } from '../gateway.ts';
import type { Observe } from '../observe.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { callOf, type Call } from './call.ts';
import { Coalescer } from './coalesce.ts';
import { guard, type GuardSettings } from './guard.ts';
import { Governor, type PacingSettings, type Priority } from './pacing.ts';
import { Preflight, wantsPreflight } from './preflight.ts';
import { createValidate, type Validators } from './validate.ts';
import { WarmUp } from './warm-up.ts';

export interface Sighting {
  operation: string;
  outcome: GatewayAnswer | Problem;
}

export interface OwnCall {
  query?: Readonly<Record<string, string>>;
  /** Undefined sends no body. */
  json?: unknown;
}

export interface Pipeline {
  /** A caller's call, through every step. Settles when the call's signal aborts, at the latest. */
  run(call: Call, principal: Principal | null): Promise<GatewayAnswer>;
  /** A call of our own, such as the keepalive: paced and observed, nothing else. */
  own(operationId: string, given: OwnCall, signal?: AbortSignal): Promise<GatewayAnswer>;
}

export function createPipeline(deps: {
  contract: Contract;
  validators: Validators;
  gateway: Pick<Gateway, 'call'>;
  clock: Clock;
  observe: Observe;
  guard: GuardSettings;
  pacing: PacingSettings;
  session: {
    /** The number of the brokerage session. */
    epoch(): number;
    /** Told what was seen on the way. */
    saw(sighting: Sighting): void;
    /** Whether a call that nobody asked for can go well. */
    isUsable(): boolean;
  };
  /** Compares an answer with the contract, off the hot path. */
  sample: (operation: Operation, answer: GatewayAnswer) => void;
}): Pipeline {
  const { contract, gateway, clock, observe, session } = deps;
  const epoch = (): number => session.epoch();
  const validate = createValidate(deps);
  const governor = new Governor({ clock, observe, settings: deps.pacing });
  const coalescer = new Coalescer({ clock, observe, epoch });
  const warmUp = new WarmUp({ clock, observe, epoch });
  const never = new AbortController().signal;

  const preflight = new Preflight({
    contract,
    observe,
    epoch,
    // Others may be waiting for the same first call, so it does not end when the first of them leaves.
    call: (operation) => send(ownCall(operation, {}, never), 'session', never),
  });

  /** `signal` ends the waiting for a turn, `sentSignal` the call that is at the Gateway already. */
  async function send(
    call: Call,
    priority: Priority,
    signal: AbortSignal,
    sentSignal = signal,
    onSent = (): void => undefined,
  ): Promise<GatewayAnswer> {
    const { operation } = call;
    const leave = await governor.enter(operation, priority, signal);
    onSent();
    const startedMs = clock.now();
    let outcome: 'sent' | 'unsent' = 'sent';
    try {
      const answer = await gateway.call({
        method: operation.method,
        target: call.target,
        headers: call.headers,
        body: call.body,
        signal: sentSignal,
        mayRetryWithoutCookies: operation.safety === 'read',
      });
      observe({
        kind: 'upstream',
        operation: operation.id,
        status: answer.status,
        durationMs: clock.now() - startedMs,
      });
      if (answer.status === 429) governor.penalize(operation, retryAfterMs(answer));
      preflight.saw(operation, answer);
      session.saw({ operation: operation.id, outcome: answer });
      deps.sample(operation, answer);
      return answer;
    } catch (error) {
      if (error instanceof Problem) {
        if (error.code === 'upstream_unreachable') outcome = 'unsent';
        const durationMs = clock.now() - startedMs;
        observe({
          kind: 'upstream-failed',
          operation: operation.id,
          code: error.code,
          durationMs,
          cause: error.cause,
        });
        session.saw({ operation: operation.id, outcome: error });
      }
      throw error;
    } finally {
      leave(outcome);
    }
  }

  async function proceed(call: Call, signal: AbortSignal, onSent: () => void): Promise<GatewayAnswer> {
    const { operation } = call;
    const { safety } = operation;
    const priority = safety === 'order' ? 'order' : safety === 'session' ? 'session' : 'caller';
    // What is no read can be left unsent, but once it is sent it is not taken back: its outcome must be seen.
    const sentSignal = safety === 'read' ? signal : never;
    if (session.isUsable()) await preflight.before(operation);
    const answer = await warmUp.run(call, () => send(call, priority, signal, sentSignal, onSent), signal);
    if (safety !== 'read' || operation.preflight.length === 0 || !wantsPreflight(answer)) return answer;
    await preflight.before(operation);
    return send(call, priority, signal);
  }

  return {
    async run(call, principal) {
      guard(call, deps.guard, principal);
      validate(call);
      return unlessAborted(
        coalescer.run(call, (signal, onSent) => proceed(call, signal, onSent)),
        call.signal,
      );
    },
    async own(operationId, given, signal = never) {
      const operation = contract.byId.get(operationId);
      if (operation === undefined) throw new Error(`the contract has no operation ${operationId}`);
      return send(ownCall(operation, given, signal), 'session', signal);
    },
  };
}

function ownCall(operation: Operation, { query, json }: OwnCall, signal: AbortSignal): Call {
  const values = { query: new URLSearchParams(query) };
  if (json === undefined) return callOf(operation, { headers: {}, signal, fresh: true }, values);
  const caller = { headers: { 'content-type': 'application/json' }, signal, fresh: true };
  return callOf(operation, caller, { ...values, body: Buffer.from(JSON.stringify(json)), json });
}

function retryAfterMs({ headers }: GatewayAnswer): number | null {
  const seconds = Number(headers['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null;
}
