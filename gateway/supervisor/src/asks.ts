// What a process may ask of the supervisor over its channel: `{ "restart": NAME }`, where its entry of the plan allows it.
// Each is answered, and an answer that refuses says why.

export interface Answer {
  restart: string;
  /** `null` when it is being done. */
  refused: string | null;
}

export interface AskDeps {
  mayRestart: string[];
  /** `null` when it is being done, otherwise why not. */
  restart: (name: string) => string | null;
}

/** `null` for what is no message of ours. */
export function answerTo(message: unknown, deps: AskDeps): Answer | null {
  if (typeof message !== 'object' || message === null) return null;
  const { restart: name, ...rest } = message as Record<string, unknown>;
  if (typeof name !== 'string' || Object.keys(rest).length > 0) return null;
  if (!deps.mayRestart.includes(name)) return { restart: name, refused: 'the plan does not allow it' };
  return { restart: name, refused: deps.restart(name) };
}
