// What the server adds: the same load straight to the upstream and through the server, in one run, turn by turn, on
// loopback. Writes the table of PERFORMANCE.md. `--quick` is for a glance: fewer and shorter rounds, nothing written.

import { asFastAsPossible, atRate, median, type Latency, type Target } from './load.ts';
import { startSidecar, startUpstream, timeCommand } from './processes.ts';
import { writeReport, type Row } from './report.ts';
import { warmEveryOperation } from './warm.ts';

const quick = process.argv.includes('--quick');
const rounds = quick ? 1 : 5;
const seconds = quick ? 2 : 8;
const rates = [50, 200, 1000];
const burst = quick ? 4000 : 20_000;

const rows: Row[] = [];
const upstream = await startUpstream();

const starts: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  const sidecar = await startSidecar(upstream.url);
  starts.push(sidecar.readyMs);
  await sidecar.stop();
}

const sidecar = await startSidecar(upstream.url);
const idleMegabytes = await sidecar.rssMegabytes();
const warmed = await warmEveryOperation(sidecar.url);
const warmMegabytes = await sidecar.rssMegabytes();

const path = (index: number): string => `/v1/api/iserver/secdef/search?symbol=S${index}`;
const direct: Target = { url: upstream.url, path };
const through: Target = { url: sidecar.url, path };

for (const perSecond of rates) {
  const measured: { direct: Latency[]; through: Latency[] } = { direct: [], through: [] };
  for (let round = 0; round < rounds; round += 1) {
    measured.direct.push(await atRate(direct, perSecond, seconds));
    measured.through.push(await atRate(through, perSecond, seconds));
  }
  for (const [name, pick] of [
    ['p50', ({ p50Ms }: Latency) => p50Ms],
    ['p99', ({ p99Ms }: Latency) => p99Ms],
  ] as const) {
    const [one, two] = [median(measured.direct.map(pick)), median(measured.through.map(pick))];
    rows.push({
      what: `${name} at ${perSecond} req/s, ms`,
      direct: one,
      through: two,
      added: two - one,
      digits: 2,
    });
  }
}

const throughput: { direct: number[]; through: number[] } = { direct: [], through: [] };
const cpuMicros: number[] = [];
for (let round = 0; round < rounds; round += 1) {
  throughput.direct.push(await asFastAsPossible(direct, burst));
  const before = await sidecar.cpuSeconds();
  throughput.through.push(await asFastAsPossible(through, burst));
  cpuMicros.push((((await sidecar.cpuSeconds()) - before) / burst) * 1e6);
}
rows.push({
  what: 'most requests a second, 32 connections',
  direct: median(throughput.direct),
  through: median(throughput.through),
  digits: 0,
});
rows.push({ what: 'CPU of the server a request, µs', through: median(cpuMicros), digits: 0 });
rows.push({ what: 'start of the process to first answer, ms', through: median(starts), digits: 0 });
rows.push({ what: 'RSS idle, MiB', through: idleMegabytes, digits: 0 });
rows.push({
  what: `RSS after a call of each of ${warmed} operations, MiB`,
  through: warmMegabytes,
  digits: 0,
});
await sidecar.stop();
await upstream.stop();

const check = ['normalizer/bin/bezant-normalizer.js', 'generate', '--check'];
const normalizing: number[] = [];
for (let round = 0; round < rounds; round += 1) normalizing.push(await timeCommand(check));
rows.push({ what: 'contract from the document to all outputs, s', through: median(normalizing), digits: 1 });

writeReport(rows, { rounds, seconds, write: !quick });
