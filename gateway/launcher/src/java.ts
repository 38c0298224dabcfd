// The command that the Gateway is: the vendor's class path, our configuration before it, flags for a machine of 1 GB.

import { accessSync, constants, globSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { Fault } from './fault.ts';

export interface Run {
  release: string;
  /** Our conf.yaml and logback.xml; first on the class path, as bin/run.sh has it. */
  root: string;
  home: string;
  tmp: string;
  heapMb: number;
  extra: readonly string[];
}

// Java 8, which IBKR allows, refuses to start with some of the options below.
const oldestJava = 11;

const mainClass = 'ibgroup.web.core.clientportal.gw.GatewayStart';

/** PERFORMANCE.md has what each of them brings. */
export function javaArguments({ release, root, home, tmp, heapMb, extra }: Run): string[] {
  return [
    `-Xmx${heapMb}m`,
    `-Xms${Math.min(heapMb, 16)}m`,
    '-XX:+UseSerialGC',
    // The Gateway moves bytes: the second compiler costs more memory than it saves time.
    '-XX:TieredStopAtLevel=1',
    '-XX:ReservedCodeCacheSize=32m',
    '-XX:MaxMetaspaceSize=96m',
    '-Xss512k',
    // Netty takes memory by the piece: of 256 kB instead of 16 MB.
    '-Dio.netty.allocator.maxOrder=5',
    // A Gateway without memory must end, so that it is started again, and must not leave its memory on the disk.
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:-CreateCoredumpOnCrash',
    `-XX:ErrorFile=${join(home, 'hs_err.log')}`,
    // A file in /tmp that changes every second.
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Djava.io.tmpdir=${tmp}`,
    `-Dvertx.cacheDirBase=${join(tmp, 'vertx')}`,
    `-Dlogback.configurationFile=${join(root, 'logback.xml')}`,
    // As the vendor's bin/run.sh.
    '-Dvertx.disableDnsResolver=true',
    '-Djava.net.preferIPv4Stack=true',
    '-Dvertx.logger-delegate-factory-class-name=io.vertx.core.logging.SLF4JLogDelegateFactory',
    ...extra,
    '-cp',
    [root, ...jars(release, 'dist'), ...jars(release, 'build/lib/runtime')].join(delimiter),
    mainClass,
    '--conf',
    'conf.yaml',
  ];
}

const jars = (release: string, folder: string): string[] => globSync(join(release, folder, '*.jar')).sort();

// No settings and no secrets of bezant's: the Gateway needs none, and an error file of Java's prints them.
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'JAVA_HOME',
  'JAVA_TOOL_OPTIONS',
  'JDK_JAVA_OPTIONS',
];

export function javaEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept = passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]));
  return Object.fromEntries(kept) as Record<string, string>;
}

/** The file to run. Node ends without a word if it cannot be executed, so this looks first. */
export function findJava(java: string, path: string | undefined): string {
  const candidates = java.includes('/')
    ? [resolve(java)]
    : (path ?? '')
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, java));
  const found = candidates.find(isExecutable);
  if (found === undefined)
    throw new Fault(
      `There is no Java to run the Gateway with: ${java} ${java.includes('/') ? 'is not a program' : 'is not on the PATH'}.\n` +
        'Install one (Debian: apt install openjdk-17-jre-headless) or name it in BEZANT_JAVA.',
      2,
    );
  const version = majorVersion(found);
  if (version !== null && version < oldestJava)
    throw new Fault(
      `The Gateway is run with Java ${oldestJava} or newer; ${found} is ${version}. Name another in BEZANT_JAVA.`,
      2,
    );
  return found;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** From the file that every Java has beside bin; null when there is none. */
function majorVersion(java: string): number | null {
  try {
    const text = readFileSync(join(dirname(dirname(realpathSync(java))), 'release'), 'utf8');
    const [, major] = /^JAVA_VERSION="(?:1\.)?(\d+)/m.exec(text) ?? [];
    return major === undefined ? null : Number(major);
  } catch {
    return null;
  }
}
