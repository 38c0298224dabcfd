// options → simulator → say where → wait for a signal → stop.
import { writeFileSync } from 'node:fs';
import { helpText, parseOptions, type CommandOptions } from './options.ts';
import { scenarioNames } from './scenario.ts';
import { startSimulator } from './simulator.ts';

export async function main(args: string[], env: Record<string, string | undefined>): Promise<void> {
  const options = parseOptions(args, env);
  if (options.help) {
    console.log(helpText(scenarioNames()));
    return;
  }
  const simulator = await startSimulator({ ...options, ...(options.verbose ? { log: console.log } : {}) });
  if (options.writeCert !== undefined) {
    if (simulator.cert === undefined) throw new Error('--write-cert has nothing to write with --no-tls');
    writeFileSync(options.writeCert, simulator.cert);
  }
  console.log(banner(simulator.url, simulator.port, options));

  const stop = (): void => {
    void simulator.stop().then(() => process.exit(0));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function banner(url: string, port: number, options: CommandOptions): string {
  return [
    `bezant-simulator listens on ${url} (port ${port}, ${options.mode ?? 'gateway'} mode, scenario ${options.scenario ?? 'demo'})`,
    `  log in    open ${url}/ in a browser; any username and password will do`,
    `  API       ${url}/v1/api/iserver/auth/status`,
    `  control   curl -k ${url}/simulator/state`,
  ].join('\n');
}

await main(process.argv.slice(2), process.env).catch((error: unknown) => {
  console.error(`bezant-simulator: ${(error as Error).message}`);
  process.exit(1);
});
