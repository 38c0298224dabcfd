// When sessions end by themselves: brokerage idle, SSO idle, a day of life, the nightly reset.
import type { Clock, Timer } from './clock.ts';
import { nextWallClock } from './nightly.ts';
import type { SessionSettings } from './session.ts';

export interface LifetimeDeps {
  clock: Clock;
  settings: SessionSettings;
  state: { loggedIn: boolean; brokerage: string; loginMs: number; touchedMs: number };
  endBrokerage: (connected: boolean) => void;
  endAll: () => void;
}

export interface Lifetime {
  /** To be called after every change of `state`, except of `touchedMs`. */
  watch(): void;
  /** Inside the outage that follows a nightly reset. */
  readonly maintenance: boolean;
}

const dayMs = 86_400_000;

export function startLifetime(deps: LifetimeDeps): Lifetime {
  const { clock, settings, state, endBrokerage, endAll } = deps;
  let timer: Timer | undefined;
  let outageUntilMs = 0;

  const ends = (): { atMs: number; run: () => void }[] => [
    ...(state.brokerage === 'up'
      ? [{ atMs: state.touchedMs + settings.brokerageIdleMs, run: () => endBrokerage(true) }]
      : []),
    { atMs: state.touchedMs + settings.ssoIdleMs, run: endAll },
    ...(settings.lifeMs === null ? [] : [{ atMs: state.loginMs + settings.lifeMs, run: endAll }]),
  ];
  // One timer for the nearest end; activity only moves the ends, and the timer looks again when it fires.
  const watch = (): void => {
    timer?.cancel();
    if (!state.loggedIn) return;
    const nearestMs = Math.min(...ends().map(({ atMs }) => atMs));
    timer = clock.setTimeout(() => {
      const due = ends().find(({ atMs }) => atMs <= clock.now());
      if (due === undefined) watch();
      else due.run();
    }, nearestMs - clock.now());
  };

  const armReset = (reset: NonNullable<SessionSettings['reset']>, waitMs: number): void => {
    clock.setTimeout(() => {
      outageUntilMs = clock.now() + reset.outageMs;
      if (reset.ends === 'sso') endAll();
      else if (state.loggedIn) endBrokerage(false);
      armReset(reset, reset.afterMs === undefined ? untilMidnight(reset) : dayMs);
    }, waitMs);
  };
  const untilMidnight = ({
    at = '00:00',
    timeZone = 'America/New_York',
  }: {
    at?: string;
    timeZone?: string;
  }): number => nextWallClock(clock.now(), at, timeZone) - clock.now();

  watch();
  if (settings.reset !== null)
    armReset(settings.reset, settings.reset.afterMs ?? untilMidnight(settings.reset));
  return {
    watch,
    get maintenance() {
      return clock.now() < outageUntilMs;
    },
  };
}
