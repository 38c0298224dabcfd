// What of IBKR's frames is nobody's to read: session ids, which are as good as a password, and what tells the machine.

import { isObject, type Json } from './client-frames.ts';

const secret = /^(?:session(?:_?id)?|token|access_?token|password|api|mac|hardware_?info)$/i;
/** Cheap, for nearly no frame has any. */
const mayHave = /"(?:session|sessionid|session_id|token|access_?token|password|api|mac|hardware_?info)"\s*:/i;

export const masked = '<masked>';

/** The frame without its secrets, as JSON and as text; the same ones when it has none. */
export function redact(text: string, json: Json): { text: string; json: Json } {
  // The answer to `tic` has the session under a name that elsewhere is harmless.
  const isTic = json['topic'] === 'tic';
  if (!isTic && !mayHave.test(text)) return { text, json };
  const clean = Object.fromEntries(
    Object.entries(json).map(([name, value]) => [
      name,
      isTic && name === 'id' ? masked : cleaned(name, value),
    ]),
  );
  return { text: JSON.stringify(clean), json: clean };
}

function cleaned(name: string, value: unknown): unknown {
  if (secret.test(name)) return masked;
  if (Array.isArray(value)) return (value as unknown[]).map((item) => cleaned('', item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, cleaned(inner, item)]));
}
