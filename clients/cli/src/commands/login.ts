// Opens the login page, waits until IBKR knows us, and says what stands in the way meanwhile.

import { spawn } from 'node:child_process';
import { InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import type { Define } from '../commands.ts';
import { Refusal } from '../failure.ts';
import { sleep } from '../sleep.ts';
import { remedies, standing, type Standing } from '../standing.ts';

/** bezant answers from what it knows; the Gateway has to ask IBKR. */
const lookEveryMs = { bezant: 1_000, gateway: 3_000 };
/** Waiting changes nothing in these. */
const hopeless: ReadonlySet<string> = new Set(['locked-out']);

interface Flags {
  readonly open?: boolean;
  readonly wait: number;
}

export const define: Define = (command, open) => {
  command
    .option('--no-open', 'tell the address, and open no browser')
    .option('--wait <minutes>', 'how long to wait', minutes, 5)
    .action(async ({ open: mayOpen = true, wait }: Flags) => {
      const cli = open();
      const { output, io, settings } = cli;
      let found = await standing(cli);
      if (!found.isLive) {
        const page = loginPage(settings.url);
        output.note(`Log in at ${page}`);
        if (mayOpen && io.stderr.isTTY) openBrowser(page);
        found = await waitFor(cli, found, wait * 60_000);
      }
      output.print({ data: { loggedIn: true, state: found.state, reason: found.reason } });
    });
};

async function waitFor(cli: Cli, first: Standing, waitMs: number): Promise<Standing> {
  const { output, io, settings } = cli;
  const until = Date.now() + waitMs;
  let told = '';
  for (let found = first; !found.isLive; found = await standing(cli)) {
    const { state, reason } = found;
    // The page itself asks for a login; anything else is worth a line
    if (reason !== told && state !== 'login-required')
      output.note(`${reason} ${remedies[state] ?? ''}`.trim());
    told = reason;
    if (hopeless.has(state) || Date.now() >= until) {
      const message = `Not logged in${hopeless.has(state) ? '' : ` within ${waitMs / 60_000} min`}: ${reason}`;
      throw new Refusal('login', state, message, remedies[state] ?? '`bezant doctor` looks closer.');
    }
    output.progress('Waiting for the login … Ctrl-C ends it.');
    await sleep(lookEveryMs[settings.server], io.signal);
  }
  return standing(cli);
}

function loginPage(url: string): string {
  return `${url.replace(/\/+$/, '').replace(/\/v1\/(api|portal)$/, '')}/`;
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number of minutes.');
}

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Where there is none, the address has been told. */
function openBrowser(page: string): void {
  const [program, ...args] = openers[process.platform] ?? ['xdg-open'];
  const child = spawn(program, [...args, page], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
