// What a person or a platform wants from the supervisor itself.

// Ctrl-C in a terminal reaches the whole foreground group, and npm passes its own copy on: the same wish twice.
const sameWishMs = 500;

const asks: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export interface Wishes {
  /** Stop in order. */
  stop: AbortSignal;
  /** Asked again while stopping: do not wait any longer. The reason is the signal's name. */
  atOnce: AbortSignal;
}

export function watchWishes(
  source: NodeJS.EventEmitter,
  outputs: NodeJS.EventEmitter[],
  now: () => number,
): Wishes {
  const stop = new AbortController();
  const atOnce = new AbortController();
  let firstAt = 0;
  for (const name of asks) {
    source.on(name, () => {
      if (!stop.signal.aborted) firstAt = now();
      else if (now() - firstAt >= sameWishMs) atOnce.abort(name);
      stop.abort(name);
    });
  }
  // Nobody reads what we print any more (`… | head`, a closed terminal).
  for (const output of outputs) output.on('error', () => stop.abort('EPIPE'));
  return { stop: stop.signal, atOnce: atOnce.signal };
}
