// The whole server for bezant-mcp without another one: on a loopback port that nobody is told but the model that must say
// where to log in. Nobody but this machine reaches it, as with the Gateway behind it.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import { loadConfig } from './config.ts';
import { createLog, openStderr } from './log.ts';
import { createMetrics } from './metrics.ts';
import { observers } from './observe.ts';
import { startServer } from './server.ts';
import { version } from './version.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The predecessor's names of two settings, and of a flag. */
const formerNames: Readonly<Record<string, string>> = {
  BEZANT_REJECT_INVALID_CERTS: 'BEZANT_VERIFY_TLS',
  BEZANT_MCP_KEEPALIVE_SECS: 'BEZANT_KEEPALIVE_SECS',
};
const formerFlags: Readonly<Record<string, string>> = { '--reject-invalid-certs': '--verify-tls' };

/** Unless the environment says otherwise. */
const defaults = (): Env => ({
  BEZANT_DATA_DIR: join(homedir(), '.bezant', 'mcp'),
  BEZANT_LOG: 'warn',
  // A program that comes and goes with its host has no record worth keeping.
  BEZANT_EVENTS_ENABLED: 'false',
});

/** Whatever the environment says, which may be meant for another server. */
const fixed: Env = {
  BEZANT_BIND: '127.0.0.1:0',
  BEZANT_ADMIN_BIND: '127.0.0.1:0',
  BEZANT_AUTH: 'none',
  BEZANT_TLS: 'off',
};

const stopMs = 2000;

export async function startMcpServer(
  env: Env,
  args: readonly string[],
): Promise<{ url: string; stop(): Promise<unknown> }> {
  const former = Object.entries(formerNames).map(([name, today]) => [today, env[name]]);
  const config = loadConfig(
    { ...defaults(), ...(Object.fromEntries(former) as Env), ...env, ...fixed },
    args.map((arg) => arg.replace(/^--[a-z-]+/, (flag) => formerFlags[flag] ?? flag)),
  );
  const log = createLog({
    level: config.logLevel,
    clock: systemClock,
    out: openStderr(),
    isTerminal: process.stderr.isTTY,
  });
  const metrics = createMetrics({ clock: systemClock, version });
  let url = '';
  const observe = observers(log, metrics.observe, (happening) => {
    if (happening.kind === 'started') url = happening.publicUrl;
  });
  const server = await startServer({
    config,
    observe,
    clock: systemClock,
    registry: metrics.registry,
    version,
    // Its host is the only parent it has.
    restartGateway: null,
  });
  return { url, stop: () => server.stop(stopMs) };
}
