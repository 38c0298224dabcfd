// A session with a scripted IBKR and a clock that stands still, in a data folder of its own.

import { afterEach, beforeEach } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Happening } from '../../src/observe.ts';
import { createSession, type Session } from '../../src/session/session.ts';
import type { RestartGateway } from '../../src/supervisor.ts';
import { ManualClock } from '../manual-clock.ts';
import { scriptedIbkr, type ScriptedIbkr } from './scripted-ibkr.ts';

export interface RunningSession {
  clock: ManualClock;
  ibkr: ScriptedIbkr;
  session: Session;
  happenings: Happening[];
  /** States that the session went through, with what led there. */
  moves(): string[];
  of<Kind extends Happening['kind']>(kind: Kind): Extract<Happening, { kind: Kind }>[];
}

export function runningSession(): {
  open(settings?: {
    keepaliveSeconds?: number;
    compete?: boolean;
    restartGateway?: RestartGateway;
  }): RunningSession;
} {
  let dataDir = '';
  let sessions: Session[] = [];
  let clock: ManualClock;
  let ibkr: ScriptedIbkr;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'bezant-session-'));
    clock = new ManualClock();
    ibkr = scriptedIbkr(clock);
  });
  afterEach(async () => {
    await Promise.all(sessions.map((session) => session.stop()));
    sessions = [];
    rmSync(dataDir, { recursive: true, force: true });
  });
  return {
    /** Opened again, it is what runs after a restart: the same IBKR, clock and folder. */
    open(settings = {}) {
      const happenings: Happening[] = [];
      const session = createSession({
        clock,
        random: () => 0.5,
        call: (...call) => ibkr.call(...call),
        observe: (happening) => happenings.push(happening),
        keepaliveSeconds: 60,
        compete: false,
        dataDir,
        restartGateway: null,
        ...settings,
      });
      sessions.push(session);
      const of: RunningSession['of'] = (kind) =>
        happenings.filter(
          (happening): happening is Extract<Happening, { kind: typeof kind }> => happening.kind === kind,
        );
      return { clock, ibkr, session, happenings, of, moves: () => of('session').map(({ to }) => to) };
    },
  };
}
