// Any operation of IBKR's API by its id, as the contract has it.

import { Option, type Command } from 'commander';
import { toRequest } from '../call-request.ts';
import type { Cli } from '../cli.ts';
import type { Define } from '../commands.ts';
import { confirm } from '../confirm.ts';
import { Refusal, UsageError } from '../failure.ts';
import { loadOperations, type Member, type Operation, type Parameter } from '../operations.ts';
import { column } from '../report.ts';
import { withoutSecrets } from '../secrets.ts';

const columns = [
  column('id', 'text', { title: 'operation' }),
  column('safety'),
  column('summary', 'text', { shrinks: true }),
];

export const define: Define = (command, open) => {
  const operations = loadOperations();
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  command
    .usage('<operation> [options]\n       bezant call [--search <text>]')
    .argument('[operation]', 'its id; without one, all are listed')
    .option('--search <text>', 'list those with this in id, path or summary')
    .action((id: string | undefined, { search = '' }: { search?: string }) => {
      if (id !== undefined) throw unknown(id, operations);
      const rows = operations.filter((operation) => matches(operation, search));
      const data = rows.map(({ id: name, method, path, area, summary, safety }) => ({
        id: name,
        method,
        path,
        area,
        safety,
        summary,
      }));
      open().output.print({ data, rows: data, columns, empty: `No operation has "${search}" in it.` });
    });
  // Hidden: the help of `call` is not the place for them all
  for (const { id, summary } of operations) command.command(id, { hidden: true }).summary(summary);
  command.hook('preSubcommand', (_, called) => {
    const operation = byId.get(called.name());
    if (operation !== undefined) defineOperation(called, operation, open);
  });
};

function defineOperation(command: Command, operation: Operation, open: () => Cli): void {
  const { summary, method, path, parameters, body, safety } = operation;
  const given = new Map<string, string>();
  command
    .description(`${summary}\n\n${method} /v1/api${path}${safety === 'read' ? '' : ` (${safety})`}`)
    .option('--param <name=value>', 'a parameter in another way; may be repeated', (text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new UsageError(`--param is name=value, not "${text}"`, 'Such as --param conid=265598.');
      given.set(text.slice(0, at), text.slice(at + 1));
    })
    .action(async (flags: { body?: string; yes?: boolean }) => {
      const { request, headers } = toRequest(operation, given, flags.body);
      const cli = open();
      // The session's own calls bring nothing out of order, and their names say what they do
      const isHarmless = safety === 'read' || safety === 'session';
      await confirm(cli, `Send ${operation.id} (${safety})`, isHarmless || flags.yes === true);
      const client = await cli.client();
      const data = await client.call<unknown>(request, { headers, signal: cli.io.signal });
      if (data instanceof Blob) await writeBytes(cli, data);
      else cli.output.print({ data: withoutSecrets(data) });
    });
  for (const parameter of parameters) {
    if (parameter.name === 'param') continue;
    const option = new Option(
      `--${parameter.name} <${parameter.type.replaceAll(' ', '-')}>`,
      told(parameter),
    );
    command.addOption(option.argParser((text: string) => void given.set(parameter.name, text)));
  }
  if (body !== null) {
    command.option('--body <json>', `the body (${body.mediaType}); @FILE, or - for stdin`);
    command.addHelpText('after', bodyHelp(body.members));
  }
  if (safety !== 'read' && safety !== 'session') command.option('-y, --yes', 'send it without asking');
}

function told({ required, in: place, values, default: standard }: Parameter): string {
  return [
    required ? 'needed' : place,
    ...(values === undefined ? [] : [`one of ${values.map(String).join(', ')}`]),
    ...(standard === undefined ? [] : [`${JSON.stringify(standard)} unless given`]),
  ].join('; ');
}

function bodyHelp(members: readonly Member[]): string {
  if (members.length === 0) return '';
  const width = Math.max(...members.map(({ name }) => name.length));
  const lines = members.map(({ name, type, required, values }) => {
    const more = [
      required ? 'needed' : '',
      values === undefined ? '' : `one of ${values.map(String).join(', ')}`,
    ];
    return `  ${name.padEnd(width)}  ${[type, ...more].filter(Boolean).join('; ')}`;
  });
  return `\nBody:\n${lines.join('\n')}\n`;
}

function matches({ id, path, summary, area }: Operation, text: string): boolean {
  return [id, path, summary, area].some((each) => each.toLowerCase().includes(text.toLowerCase()));
}

function unknown(id: string, operations: readonly Operation[]): UsageError {
  const near = operations.filter((operation) => operation.id.toLowerCase().includes(id.toLowerCase()));
  const names = near.slice(0, 5).map((operation) => operation.id);
  const hint =
    names.length > 0 ? `Did you mean ${names.join(', ')}?` : '`bezant call --search WORD` looks for one.';
  return new UsageError(`There is no operation ${id}.`, hint);
}

/** A PDF, say. */
async function writeBytes({ io }: Cli, content: Blob): Promise<void> {
  if (io.stdout.isTTY) {
    const message = `The answer is ${content.type || 'binary'}, ${content.size} bytes.`;
    throw new Refusal('usage', 'binary', message, 'Send it to a file: `bezant call … > file`.');
  }
  io.stdout.write(new Uint8Array(await content.arrayBuffer()));
}
