// A process of its own that keeps events, for tests that kill it or take its disk away. Told what to write by messages,
// tells what was stored and what was observed.

import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { NewEvent } from '../../src/event.ts';
import type { Happening } from '../../src/observe.ts';
import { startStore } from '../../src/store/open.ts';

export type Order = { write: NewEvent[] } | { flood: NewEvent } | { stop: true };
export type Told = { ready: true } | { stored: [cursor: number, n: unknown][] } | { happened: Happening };

const tell = (told: Told) => process.send?.(told);

const observe = (happening: Happening) => {
  tell({ happened: happening.kind === 'event-store' ? { kind: 'event-store', ok: true } : happening });
};
const opened = await startStore({ config: loadConfig(process.env), clock: systemClock, observe });
const { writer } = opened;
writer.onStored((events) => tell({ stored: events.map(({ cursor, payload }) => [cursor, payload['n']]) }));

/** As fast as it goes, in portions as frames have them, each event with a number of its own. */
function flood(event: NewEvent): void {
  let n = 0;
  const more = () => {
    if (writer.state.queued < 5000)
      for (let count = 0; count < 50; count++) writer.write({ ...event, payload: { n: ++n } });
    setImmediate(more);
  };
  more();
}

process.on('message', (order: Order) => {
  if ('write' in order) for (const event of order.write) writer.write(event);
  else if ('flood' in order) flood(order.flood);
  else void opened.stop().then(() => process.exit(0));
});
tell({ ready: true });
