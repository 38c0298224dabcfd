// What is known of one process over all its lives, for whoever asks the supervisor how it is.

/** Why a process was started again: it ended, it did not answer (any more), or another process asked for it. */
export const restartReasons = ['exit', 'hang', 'asked'] as const;
export type RestartReason = (typeof restartReasons)[number];

export interface Vitals {
  name: string;
  /** `null` between two lives. */
  pid: number | null;
  /** Start of the present life or the last, in milliseconds since the epoch. */
  startedAtMs: number | null;
  /** Why it does not count as up: what the last probe met, or what came before one; `null` when it answered. */
  fault: string | null;
  restarts: Record<RestartReason, number>;
  /** How long the last probe took. */
  probeMs: number | null;
  /** Probes that failed once it had been ready. */
  probeFailures: number;
  /** Crashes that are still allowed before everything stops. */
  restartsLeft: number;
}

export function newVitals(name: string, restartsLeft: number): Vitals {
  return {
    name,
    pid: null,
    startedAtMs: null,
    fault: 'it has not been started yet',
    restarts: { exit: 0, hang: 0, asked: 0 },
    probeMs: null,
    probeFailures: 0,
    restartsLeft,
  };
}
