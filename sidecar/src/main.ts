// Settings → server → wait for a signal → stop. Exit codes: 0 done, 1 it could not start or crashed, 2 wrong settings.

import { ConfigError, unknownSettings, type Config } from './config.ts';
import { systemClock } from './clock.ts';
import { readCommand } from './command-line.ts';
import { ListenError } from './listen.ts';
import { createLog, openStdout } from './log.ts';
import { createMetrics } from './metrics.ts';
import { measureSettings } from './metrics-of-settings.ts';
import { observers, type Observe } from './observe.ts';
import { startServer } from './server.ts';
import { StoreError } from './store/store.ts';
import { gatewayRestarter } from './supervisor.ts';
import { version } from './version.ts';

try {
  const command = readCommand(process.env, process.argv.slice(2), version);
  if ('print' in command) {
    process.stdout.write(`${command.print}\n`);
    warnOfUnknown((message) => process.stderr.write(`${message}\n`));
  } else {
    await serve(command.serve);
  }
} catch (error) {
  const isForPeople = [ConfigError, ListenError, StoreError].some((kind) => error instanceof kind);
  process.stderr.write(`${String(isForPeople ? (error as Error).message : (error as Error).stack)}\n`);
  // What has started already may not keep the process.
  process.exit(error instanceof ConfigError ? 2 : 1);
}

async function serve(config: Config): Promise<void> {
  const log = createLog({
    level: config.logLevel,
    clock: systemClock,
    out: openStdout(),
    isTerminal: process.stdout.isTTY,
  });
  const metrics = createMetrics({ clock: systemClock, version });
  measureSettings(metrics.registry, config);
  const observe = observers(log, metrics.observe);
  warnOfUnknown((message) => observe({ kind: 'warning', message }));
  const ended = signal(observe);
  const server = await startServer({
    config,
    observe,
    clock: systemClock,
    registry: metrics.registry,
    version,
    restartGateway: gatewayRestarter(process),
  });
  observe({ kind: 'stopping', reason: await ended });
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  observe({ kind: 'stopped', ...(await server.stop(config.shutdownSeconds * 1000)) });
}

/** Resolves to the name of the signal that asks for the end. A failure nobody caught is told, and is an end too. */
function signal(observe: Observe): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT']) process.once(name, () => resolve(name));
    const crash = (error: unknown): void => {
      process.exitCode = 1;
      observe({ kind: 'crashed', cause: error });
      resolve('a failure in this server');
    };
    process.once('uncaughtException', crash).once('unhandledRejection', crash);
  });
}

function warnOfUnknown(warn: (message: string) => void): void {
  for (const name of unknownSettings(process.env))
    warn(`${name} is no setting of this server: is it a typing error?`);
}
