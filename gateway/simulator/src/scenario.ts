// A scenario says how the story starts. `brokerage` belongs to the brokerage world, which checks it when it is made
// and throws an Error naming the field that is wrong.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkFaults, type Faults } from './faults.ts';
import { sessionDefaults, type SessionSettings } from './session.ts';
import { anything, boolean, nullable, number, object, oneOf, optional, record, string } from './shape.ts';

export interface Scenario {
  name: string;
  description: string;
  session: SessionSettings;
  faults: Partial<Faults>;
  brokerage: Record<string, unknown>;
}

const check = object({
  description: string,
  session: optional(
    object({
      username: optional(string),
      paper: optional(boolean),
      loggedIn: optional(boolean),
      brokerage: optional(oneOf(['up', 'down', 'competing'])),
      rival: optional(oneOf(['yields', 'stubborn'])),
      authDelayMs: optional(number),
      brokerageIdleMs: optional(number),
      ssoIdleMs: optional(number),
      lifeMs: optional(nullable(number)),
      selfTickle: optional(boolean),
      reset: optional(
        nullable(
          object({
            at: optional(string),
            timeZone: optional(string),
            afterMs: optional(number),
            ends: oneOf(['sso', 'brokerage']),
            outageMs: number,
          }),
        ),
      ),
    }),
  ),
  faults: optional(checkFaults),
  brokerage: optional(record(anything)),
});

const shipped = fileURLToPath(new URL('../scenarios/', import.meta.url));

export function scenarioNames(folder = shipped): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** A shipped scenario by name, or any file by path. */
export function loadScenario(nameOrFile: string, folder = shipped): Scenario {
  const isFile = nameOrFile.endsWith('.json');
  if (!isFile && !scenarioNames(folder).includes(nameOrFile))
    throw new Error(
      `There is no scenario "${nameOrFile}". Give one of ${scenarioNames(folder).join(', ')}, or a .json file.`,
    );
  const file = isFile ? nameOrFile : `${folder}/${nameOrFile}.json`;
  return parseScenario(nameOrFile, readJson(file));
}

export function parseScenario(name: string, value: unknown): Scenario {
  const faults = check(value, '');
  if (faults.length > 0) throw new Error(`Scenario ${name} is not usable:\n  ${faults.join('\n  ')}`);
  const {
    description,
    session,
    faults: patch,
    brokerage,
  } = value as {
    description: string;
    session?: Partial<SessionSettings>;
    faults?: Partial<Faults>;
    brokerage?: Record<string, unknown>;
  };
  return {
    name,
    description,
    session: { ...sessionDefaults, ...session },
    faults: patch ?? {},
    brokerage: brokerage ?? {},
  };
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
