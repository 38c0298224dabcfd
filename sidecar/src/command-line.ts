// What can be asked instead of serving: help, version, and whether the settings are right.

import { loadConfig, printConfig, flagOf, type Config } from './config.ts';
import { settings } from './settings.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type Command = { print: string } | { serve: Config };

const actions: Readonly<Record<string, (env: Env, args: readonly string[], version: string) => string>> = {
  '--help': () => help(),
  '--version': (_env, _args, version) => version,
  '--print-config': (env, args) => printConfig(loadConfig(env, args)),
  '--check-config': (env, args) => {
    loadConfig(env, args);
    return 'The settings are right.';
  },
};

/** Throws a ConfigError with every fault. */
export function readCommand(env: Env, args: readonly string[], version: string): Command {
  const asked = args.find((arg) => Object.hasOwn(actions, arg));
  const action = asked === undefined ? undefined : actions[asked];
  if (action === undefined) return { serve: loadConfig(env, args) };
  return {
    print: action(
      env,
      args.filter((arg) => arg !== asked),
      version,
    ),
  };
}

function help(): string {
  const rows = Object.values(settings).map(({ env, doc, default: standard }) => {
    const given = standard === null || standard === '' ? '' : ` (${standard})`;
    return `  --${flagOf(env)}, ${env}${given}\n      ${doc}`;
  });
  return [
    'bezant-server: the sidecar in front of the IBKR Client Portal Gateway.',
    '',
    'Usage: bezant-server [--<setting> <value>]…',
    '       bezant-server --check-config | --print-config | --help | --version',
    '',
    'Settings, as flag or environment variable; a flag beats the environment:',
    ...rows,
  ].join('\n');
}
