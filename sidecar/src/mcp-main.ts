// bezant-mcp, for hosts that start a program and speak with it over stdin and stdout. With BEZANT_URL it hands everything to
// that server; with IBKR_GATEWAY_URL alone it is a server itself, on a loopback port of its own, straight before the Gateway.
// Nothing but the protocol is written to stdout.

import { startBridge } from './mcp/bridge.ts';
import { version } from './version.ts';

type Env = Readonly<Record<string, string | undefined>>;

const usage = `bezant-mcp: the Model Context Protocol over stdio, for hosts that start a program.

  BEZANT_URL, BEZANT_API_KEY   the bezant server to speak with (http://127.0.0.1:8080)
  IBKR_GATEWAY_URL             without BEZANT_URL: IBKR's Gateway itself; then every setting of bezant-server counts,
                               such as BEZANT_MCP_ALLOW_ORDERS=1
  --gateway-url, --help, --version`;

/** Faults of settings, ports and stores are for people; anything else is ours to report. */
const forPeople: ReadonlySet<string> = new Set(['ConfigError', 'ListenError', 'StoreError']);

try {
  await main(process.env, process.argv.slice(2));
} catch (error) {
  const { name, message, stack } = error as Error;
  process.stderr.write(`${forPeople.has(name) ? message : String(stack)}\n`);
  process.exit(name === 'ConfigError' ? 2 : 1);
}

async function main(env: Env, args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return void process.stdout.write(`${usage}\n`);
  if (args.includes('--version')) return void process.stdout.write(`${version}\n`);
  const given = (name: string): string | null => env[name]?.trim() || null;
  const url = given('BEZANT_URL');
  const isDirect = args.length > 0 || (url === null && given('IBKR_GATEWAY_URL') !== null);
  // Loaded where it is needed: handing on needs no server.
  const own = isDirect ? await (await import('./mcp-server.ts')).startMcpServer(env, args) : null;
  const bridge = await startBridge({
    url: own?.url ?? url ?? 'http://127.0.0.1:8080',
    key: own === null ? given('BEZANT_API_KEY') : null,
  });
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => void bridge.stop());
  await bridge.closed;
  await own?.stop();
  process.exit(0);
}
