// The command line as a whole: flags that hold for every command, and the commands.

import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { createCli, type Cli, type GlobalFlags, type Io } from './cli.ts';
import { commands } from './commands.ts';
import { exits, failureJson, failureOf, failureText, UsageError, type Failure } from './failure.ts';

/** Resolves with the exit code; whatever went wrong has been told. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let cli: Cli | undefined;
  const program = createProgram(io, () => (cli ??= createCli(io, program.opts<GlobalFlags>())));
  try {
    await program.parseAsync(helpLast(args), { from: 'user' });
    return exits.ok;
  } catch (error) {
    cli?.output.clear();
    if (io.signal.aborted) return io.signal.reason === closedPipe ? exits.ok : exits.interrupted;
    // Help and version have been printed
    if (error instanceof CommanderError && error.exitCode === 0) return exits.ok;
    const failure = error instanceof CommanderError ? usageFault(error, args) : failureOf(error);
    return tell(failure, program, io);
  }
}

/** `help orders` → `orders --help`, which loads the command first. */
function helpLast(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  return first === 'help' && rest.length > 0 ? [...rest, '--help'] : args;
}

/** The reason when whoever read our output has gone. */
export const closedPipe = new Error('closed pipe');

function tell(failure: Failure, program: Command, { stderr }: Io): number {
  const isJson = program.opts<GlobalFlags>().output === 'json';
  stderr.write(isJson ? failureJson(failure) : failureText(failure));
  return exits[failure.exit];
}

function usageFault({ message, code }: CommanderError, args: readonly string[]): Failure {
  const called = commands.find(({ name }) => args.includes(name))?.name;
  const help =
    called === undefined ? '`bezant --help` lists the commands.' : `\`bezant help ${called}\` tells how.`;
  if (code === 'commander.help') return failureOf(new UsageError('No command was given.', help));
  const [line = '', suggestion = ''] = message.replace(/^error: /, '').split('\n');
  const hint = suggestion === '' ? help : suggestion.replace(/^\(|\)$/g, '');
  const sentence = line.slice(0, 1).toUpperCase() + line.slice(1).replace(/\.$/, '');
  return failureOf(new UsageError(`${sentence}.`, hint));
}

function createProgram(io: Io, open: () => Cli): Command {
  const program = new Command('bezant');
  program
    .description(
      'An Interactive Brokers account from the command line, through bezant or the Gateway itself.',
    )
    .version(version(), '-V, --version', 'the version')
    .helpOption('-h, --help', 'what there is to know')
    .helpCommand('help [command]', 'what there is to know about a command')
    .option('--url <url>', 'where bezant is (BEZANT_URL; http://127.0.0.1:8080)')
    .option('--gateway-url <url>', "IBKR's Gateway, to talk to it without bezant (IBKR_GATEWAY_URL)")
    .option('--verify-tls', "check the Gateway's certificate (BEZANT_VERIFY_TLS)")
    .addOption(
      new Option('-o, --output <format>', 'how to print; a table on a terminal and JSON elsewhere').choices([
        'json',
        'table',
        'csv',
      ]),
    )
    .option('--pretty', 'JSON over several lines')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => io.stdout.columns || 100,
      getOutHasColors: () => io.stdout.isTTY && io.stdout.hasColors(),
    });
  for (const { name, summary } of commands) {
    program.command(name).summary(summary).description(summary);
  }
  const load = async (command: Command): Promise<void> => {
    const row = commands.find(({ name }) => name === command.name() && command.parent === program);
    (await row?.load())?.define(command, open);
  };
  program
    .command('__complete', { hidden: true })
    .argument('<words...>')
    .action(async (words: string[]) => {
      const { candidates } = await import('./completions.ts');
      const found = await candidates(program, words, load);
      io.stdout.write(found.map(({ name, about }) => `${name}\t${about}\n`).join(''));
    });
  program.hook('preSubcommand', (_, command) => load(command));
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
