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

/** The safety of this very call: order id -1 makes a cancellation destructive. */
export function safetyOf({
  operation,
  path,
  query,
  json,
}: Pick<Call, 'operation' | 'path' | 'query' | 'json'>): Safety {
  for (const guard of operation.guards) {
    const values = {
      path: [path[guard.name]],
      query: query.getAll(guard.name),
      body: [member(json, guard.name)],
    };
    if (values[guard.in].some((value) => sameValue(value, guard.equals))) return guard.safety;
  }
  return operation.safety;
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
  if (operation.safety !== 'read') refuseDisguised(call.path);
  const safety = safetyOf(call);
  requireScope(principal, scopeFor[safety]);
  const refusing = rules.find((rule) => rule.refuses(safety, settings));
  if (refusing !== undefined) throw new Problem(refusing.code, refusing.message(operation));
}

/** What changes something is named by ids alone: `-1;x` or `-1/` might be cut down to `-1` on the way to IBKR. */
function refuseDisguised(path: Call['path']): void {
  for (const [name, value] of Object.entries(path)) {
    if (/[/\\;?#]/.test(value)) {
      throw new Problem('bad_request', `The path’s ${name} has a character that no id has.`, {
        errors: [{ pointer: `/path/${name}`, message: 'must be an id' }],
      });
    }
  }
}

export function requireScope(principal: Principal | null, scope: 'read' | 'trade' | 'admin'): void {
  if (principal !== null && !principal.scopes.has(scope)) {
    throw new Problem('scope_refused', `This API key lacks the scope "${scope}".`);
  }
}
