// The command line and its environment: one table, so that flags, variables and --help cannot differ.
import type { SimulatorOptions } from './simulator.ts';

export interface CommandOptions extends SimulatorOptions {
  scenario?: string;
  help: boolean;
  verbose: boolean;
  writeCert: string | undefined;
}

interface Setting {
  flag: string;
  /** How --help names the value; a switch has none. */
  value?: string;
  help: string;
  set: (options: CommandOptions, value: string) => void;
}

const settings: Setting[] = [
  {
    flag: 'port',
    value: 'NUMBER',
    help: 'listen here; 0 takes a free one (5000)',
    set: (options, value) => (options.port = toNumber(value, 0, 65_535)),
  },
  {
    flag: 'host',
    value: 'ADDRESS',
    help: 'bind to (127.0.0.1)',
    set: (options, value) => (options.host = value),
  },
  {
    flag: 'scenario',
    value: 'NAME|FILE',
    help: 'how the story starts (demo)',
    set: (options, value) => (options.scenario = value),
  },
  {
    flag: 'mode',
    value: 'gateway|upstream',
    help: 'be the Gateway, or api.ibkr.com behind a real one (gateway)',
    set: (options, value) => {
      if (value !== 'gateway' && value !== 'upstream') throw new Error('is gateway or upstream');
      options.mode = value;
    },
  },
  {
    flag: 'time-scale',
    value: 'NUMBER',
    help: 'simulated seconds per real one; 0 stands still (1)',
    set: (options, value) => (options.timeScale = toNumber(value, 0, 1_000_000)),
  },
  {
    flag: 'seed',
    value: 'NUMBER',
    help: 'same seed, same story (1)',
    set: (options, value) => (options.seed = toNumber(value, 0, 2 ** 32 - 1)),
  },
  { flag: 'no-tls', help: 'plain HTTP', set: (options, value) => (options.tls = !toBoolean(value)) },
  {
    flag: 'cert',
    value: 'FILE',
    help: 'PEM certificate instead of a self-signed one',
    set: (options, value) => (options.certFile = value),
  },
  { flag: 'key', value: 'FILE', help: 'its PEM key', set: (options, value) => (options.keyFile = value) },
  {
    flag: 'write-cert',
    value: 'FILE',
    help: 'write the certificate there, for a client or a trust store to pin',
    set: (options, value) => (options.writeCert = value),
  },
  {
    flag: 'data',
    value: 'DIR',
    help: 'keep the self-signed certificate there',
    set: (options, value) => (options.dataDir = value),
  },
  {
    flag: 'verbose',
    help: 'a line per request',
    set: (options, value) => (options.verbose = toBoolean(value)),
  },
  { flag: 'help', help: 'this text', set: (options, value) => (options.help = toBoolean(value)) },
];

const variableOf = ({ flag }: Setting): string =>
  `BEZANT_SIMULATOR_${flag.toUpperCase().replaceAll('-', '_')}`;

/** Flags win over variables; every fault is reported, not just the first. */
export function parseOptions(args: string[], env: Record<string, string | undefined>): CommandOptions {
  const options: CommandOptions = { port: 5000, help: false, verbose: false, writeCert: undefined };
  const faults: string[] = [];
  const apply = (setting: Setting, name: string, value: string): void => {
    try {
      setting.set(options, value);
    } catch (error) {
      faults.push(`${name} ${(error as Error).message}, not "${value}"`);
    }
  };
  for (const setting of settings) {
    const value = env[variableOf(setting)];
    if (value !== undefined && value !== '') apply(setting, variableOf(setting), value);
  }
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [name = '', inline] = arg.split(/=(.*)/s);
    const setting = settings.find(({ flag }) => `--${flag}` === name);
    if (setting === undefined) faults.push(`${arg} is not known; --help lists what is`);
    else {
      const value = inline ?? (setting.value === undefined ? 'true' : rest.shift());
      if (value === undefined) faults.push(`${name} needs ${setting.value ?? ''}`);
      else apply(setting, name, value);
    }
  }
  if ((options.certFile === undefined) !== (options.keyFile === undefined))
    faults.push('--cert and --key go together');
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return options;
}

export function helpText(scenarios: string[]): string {
  const rows = settings.map(({ flag, value, help }) => [
    `--${flag}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return [
    'bezant-simulator: a Client Portal Gateway that needs no account.',
    '',
    ...rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`),
    '',
    `Every flag is also a variable: --time-scale is ${variableOf({ flag: 'time-scale', help: '', set: () => undefined })}.`,
    `Scenarios: ${scenarios.join(', ')}.`,
  ].join('\n');
}

function toNumber(text: string, from: number, to: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= from && value <= to))
    throw new Error(`is a number from ${from} to ${to}`);
  return value;
}

function toBoolean(text: string): boolean {
  if (['1', 'true', 'yes'].includes(text.toLowerCase())) return true;
  if (['0', 'false', 'no'].includes(text.toLowerCase())) return false;
  throw new Error('is yes or no');
}
