// Makes the stand-in's zip, laid out as IBKR's: `node build.ts FILE.zip [FILE-IN-IT=TEXT …]`. Needs a JDK: javac, jar, keytool.

import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const sources = join(import.meta.dirname, 'java');
const gateway = 'dist/ibgroup.web.core.iblink.router.clientportal.gw.jar';
const vertx = 'build/lib/runtime/vertx-core-3.5.0.jar';

/** `files` are put into it besides, by their path: another release of it has another sum. */
export function buildStandIn(zip: string, files: Readonly<Record<string, string>> = {}): void {
  const work = mkdtempSync(join(tmpdir(), 'stand-in-'));
  try {
    const classes = join(work, 'classes');
    const tree = join(work, 'tree');
    run('javac', '--release', '11', '-d', classes, ...globSync('**/*.java', { cwd: sources }).map(sourceOf));
    for (const folder of ['bin', 'dist', 'build/lib/runtime', 'root/webapps/demo'])
      mkdirSync(join(tree, folder), { recursive: true });
    run('jar', '--create', '--file', join(tree, vertx), '-C', classes, 'io');
    run('jar', '--create', '--file', join(tree, gateway), '-C', classes, 'ibgroup');
    makeKeystore(join(tree, 'root/vertx.jks'));
    const all = { ...shipped, ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text);
    }
    const made = join(work, 'made.zip');
    run('jar', '--create', '--no-manifest', '--file', made, '-C', tree, '.');
    mkdirSync(dirname(resolve(zip)), { recursive: true });
    cpSync(made, zip);
  } finally {
    rmSync(work, { recursive: true });
  }
}

const sourceOf = (path: string): string => join(sources, path);

// What the appliance must not use: this configuration opens the Gateway to everybody, and that log grows.
const shipped = {
  'bin/run.sh': '#!/bin/bash\nexit 1\n',
  'root/conf.yaml': 'listenPort: 5000\nips:\n  allow:\n    - 10.*\n    - 192.*\n',
  'root/logback.xml': '<configuration scan="true"/>\n',
  'root/webapps/demo/index.html': '<p>demo</p>\n',
};

/** Expired, without alternative names, and with a password that everybody knows: as the shipped one. */
function makeKeystore(file: string): void {
  const name = 'CN=Client Portal Web API, O=Stand-in';
  const store = ['-keystore', file, '-storetype', 'JKS', '-storepass', 'mywebapi', '-keypass', 'mywebapi'];
  const dates = ['-startdate', '2018/05/11', '-validity', '365'];
  run(
    'keytool',
    '-genkeypair',
    '-alias',
    'gateway',
    '-keyalg',
    'RSA',
    '-keysize',
    '2048',
    '-dname',
    name,
    ...dates,
    ...store,
  );
}

function run(program: string, ...args: string[]): void {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    const missing = 'needs a JDK on the PATH, such as Debian’s openjdk-17-jdk-headless';
    throw new Error(code === 'ENOENT' ? `${program} ${missing}` : `${program}: ${stderr ?? ''}`, {
      cause: error,
    });
  }
}

if (import.meta.main) {
  const [zip, ...files] = process.argv.slice(2);
  if (zip === undefined) throw new Error('usage: node build.ts FILE.zip [FILE-IN-IT=TEXT …]');
  buildStandIn(
    zip,
    Object.fromEntries(files.map((file) => file.split(/=(.*)/s).slice(0, 2) as [string, string])),
  );
}
