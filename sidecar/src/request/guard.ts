// Whether a call may be made at all: safety classes against the settings and the caller's scopes. Fails closed.

import type { Operation, Safety } from '../contract.ts';
import { Problem, type ProblemCode } from '../errors.ts';
import type { Principal } from '../api-keys.ts';
import type { Call } from './call.ts';

export interface GuardSettings {
  readOnly: boolean;
  allowDestructive: boolean;
}

interface Rule {
  refuses: (safety: Safety, settings: GuardSettings) => boolean;
  code: ProblemCode;
  message: (operation: Operation) => string;
}

const harmless: ReadonlySet<Safety> = new Set(['read', 'session']);

/** In order: the first that refuses speaks. */
const rules: readonly Rule[] = [
  {
    refuses: (safety, settings) => settings.readOnly && !harmless.has(safety),
    code: 'read_only',
    message: (operation) => `${operation.id} is not a read, and this server is read-only.`,
  },
  {
    refuses: (safety, settings) => safety === 'costs-money' && !settings.allowDestructive,
    code: 'costs_money_refused',
    message: (operation) => `${operation.id} costs money at every call.`,
  },
  {
    refuses: (safety, settings) => safety === 'destructive' && !settings.allowDestructive,
    code: 'destructive_refused',
    message: (operation) => `${operation.id} would act on everything at once.`,
  },
];

const scopeFor: Readonly<Record<Safety, 'read' | 'trade' | 'admin'>> = {
  read: 'read',
  session: 'trade',
  write: 'trade',
  order: 'trade',
  destructive: 'trade',
  'costs-money': 'trade',
};

/** The safety of this very call: order id -1 makes a cancellation destructive, wherever in the call it is named. */
export function safetyOf({ operation, path, query, json }: Call): Safety {
  const found = operation.guards.find(({ name, equals }) =>
    [path[name], ...query.getAll(name), member(json, name)].some((value) => sameValue(value, equals)),
  );
  return found?.safety ?? operation.safety;
}

/** Numbers may be written in several ways: `-1`, `-01`, `-1.0`, ` -1`. */
function sameValue(value: unknown, equals: string): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const text = String(value).trim();
  return text === equals || (text !== '' && Number(text) === Number(equals));
}

function member(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
}

export function guard(call: Call, settings: GuardSettings, principal: Principal | null): void {
  const { operation } = call;
  if (operation.servedBy === 'cloud') {
    throw new Problem('not_served', `${operation.id} is not served by the Gateway.`);
  }
  const safety = safetyOf(call);
  requireScope(principal, scopeFor[safety]);
  const refusing = rules.find((rule) => rule.refuses(safety, settings));
  if (refusing !== undefined) throw new Problem(refusing.code, refusing.message(operation));
  refuseDisguised(call);
}

/** A segment that is gone or leads elsewhere on the way to IBKR. */
const noSegment = /^\.{0,2}$/;

/** Visible ASCII without what might be cut off or decoded on the way: `-1;x`, `-1/`, `%2D1`, a digit of another script. */
const idPattern = /^(?:(?![#%/;?\\])[!-~])+$/;

/** With `-1` and `0` named by a guard, no other spelling of a number is anybody's id. */
const numberPattern = /^-?\d+$/;

/** A placeholder's value must be what it looks like; where a call may change something, an id and nothing else. */
function refuseDisguised({ operation, path }: Call): void {
  const isRead = operation.method === 'GET' && operation.safety === 'read';
  for (const [name, value] of Object.entries(path)) {
    const isGuarded = operation.guards.some((guard) => guard.name === name);
    const isFine = isGuarded ? numberPattern.test(value) : isRead || idPattern.test(value);
    if (isFine && !noSegment.test(value)) continue;
    throw new Problem('bad_request', `The path’s ${name} is not an id.`, {
      errors: [{ pointer: `/path/${name}`, message: 'must be an id' }],
    });
  }
}

function requireScope(principal: Principal | null, scope: 'read' | 'trade' | 'admin'): void {
  if (principal !== null && !principal.scopes.has(scope)) {
    throw new Problem('scope_refused', `This API key lacks the scope "${scope}".`);
  }
}
