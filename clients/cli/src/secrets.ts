// Answers that open a session to whoever reads them: a screen, a log and a history are no place for those members.

import { isRow } from './report.ts';

/** As IBKR names them in tickle, SSO and OAuth answers (IBKR Web API documentation). */
const secret =
  /^(session|access_token|id_token|refresh_token|oauth_token|oauth_token_secret|live_session_token|mac|machine_?id|hardware_info)$/i;

export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isRow(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secret.test(name) && typeof inner === 'string' ? masked(inner) : withoutSecrets(inner),
    ]),
  );
}

/** Enough to tell one from another. */
export function masked(text: string): string {
  return `${text.slice(0, 4)}…`;
}
