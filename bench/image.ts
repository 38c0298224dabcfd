// The images: how large they are, how soon the combined one is ready, what its processes take, idle and under load. Docker runs
// it, the simulator is IBKR, and a stand-in takes the Gateway's place; `--gateway PATH` takes a real one (IBKR's zip, or the
// folder that it unpacks to) and has a table of its own. `--quick` is for a glance and writes nothing.

import { parseArgs } from 'node:util';
import { build, compressedMegabytes } from './image-build.ts';
import { openScene, type Weight } from './image-scene.ts';
import { createTables } from './events-tables.ts';
import { atRate, median } from './load.ts';
import { onThisMachine, publish } from './report.ts';

const { quick = false, gateway } = parseArgs({
  options: { quick: { type: 'boolean' }, gateway: { type: 'string' } },
}).values;
const rounds = quick ? 1 : 5;
const idleSeconds = quick ? 5 : 60;
const loadSeconds = quick ? 5 : 60;
/** IBKR allows ten. */
const perSecond = 50;

const pause = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const { heading, row, text } = createTables();
const images = build();

if (gateway === undefined) {
  heading('compressed (`docker save`, gzip -6), without IBKR’s Gateway', 'MB');
  for (const [target, image] of Object.entries(images)) row(target, await compressedMegabytes(image));
}

const scene = await openScene(images, gateway);
try {
  const starts: { first: number; again: number }[] = [];
  for (let round = 0; round < rounds; round += 1) starts.push(await scene.timeStarts());
  heading('from `docker run` to ready', 's');
  row(
    gateway === undefined ? 'first start: the zip is checked and unpacked' : 'first start',
    median(starts.map(({ first }) => first / 1000)),
  );
  row('started again', median(starts.map(({ again }) => again / 1000)));

  const appliance = await scene.start();
  await appliance.logIn();
  await pause(idleSeconds);
  const idle = await appliance.weigh();
  const path = (index: number): string => `/v1/api/iserver/secdef/search?symbol=S${index}`;
  const weighed = pause(loadSeconds - 1).then(() => appliance.weigh());
  const [{ p50Ms }, busy] = await Promise.all([
    atRate({ url: appliance.url, path }, perSecond, loadSeconds),
    weighed,
  ]);
  heading(
    'MiB, logged in',
    `RSS idle for ${idleSeconds} s`,
    'own idle',
    `RSS after ${loadSeconds} s of ${perSecond} requests a second`,
    'own then',
  );
  const column = (name: string): number[] =>
    [idle, busy].flatMap((weight) => [weight.processes[name]?.rss ?? 0, weight.processes[name]?.own ?? 0]);
  for (const name of ['gateway', 'sidecar', 'supervisor', 'tini']) row(name, ...column(name));
  const sum = (weight: Weight, kind: 'rss' | 'own'): number =>
    Object.values(weight.processes).reduce((total, process) => total + process[kind], 0);
  row('together', ...[idle, busy].flatMap((weight) => [sum(weight, 'rss'), sum(weight, 'own')]));
  row('the container, as `docker stats` counts it', idle.container, '', busy.container, '');
  console.error(`(p50 under that load: ${p50Ms.toFixed(1)} ms)`);
} finally {
  await scene.close();
}

const about = gateway === undefined ? 'A stand-in is in the Gateway’s place' : 'IBKR’s own Gateway is inside';
publish(
  gateway === undefined ? 'bench:image' : 'bench:image:real',
  `Measured ${onThisMachine()}; medians of ${rounds}. ${about}, the simulator is IBKR.\n\n${text()}`,
  !quick,
);
