// Every question that panels, alerts and recording rules ask is put to a real Prometheus that scraped the real appliance
// through a bad day: it takes the expression, everything named in it was measured, and there was an answer.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordings } from '../../src/recording.ts';
import { metricNames } from '../metric-names.ts';
import { annotationQueries, panelQueries, ruleQueries } from '../queries.ts';
import { startAppliance, type Appliance } from './appliance.ts';
import { startPrometheus, type Prometheus } from './prometheus.ts';
import { promtool } from './promtool.ts';
import { playStory, type Story } from './story.ts';

const stops: (() => Promise<void>)[] = [];
let appliance: Appliance;
let prometheus: Prometheus;
let story: Story;
let measured: ReadonlySet<string>;

beforeAll(async () => {
  appliance = await startAppliance();
  stops.push(() => appliance.stop());
  prometheus = await startPrometheus(appliance);
  stops.push(() => prometheus.stop());
  story = await playStory(appliance, prometheus);
  measured = await prometheus.metricNames();
}, 600_000);
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
}, 60_000);

/** As Grafana would fill it in, with “All” chosen. */
const filled = (expr: string): string =>
  expr
    .replace(/\$(namespace|instance|supervisor)\b/g, '.*')
    .replaceAll('$__rate_interval', '15s')
    .replaceAll('$__interval', '15s');

/** What there is nothing of in a run of minutes, and why. */
const unanswered: Readonly<Record<string, string>> = {
  bezant_events_store_bytes: 'the store is looked at every ten minutes',
  bezant_events_faults_total: 'nothing inside failed',
};

describe('panels', () => {
  const all = [...panelQueries, ...annotationQueries].map(({ where, expr }) => [where, expr] as const);
  test.each(all)('%s', async (_, expr) => {
    const answer = await prometheus.queryWholeRun(filled(expr));
    const names = metricNames(expr);
    if (names.some((name) => Object.hasOwn(unanswered, name))) return;
    expect(names.filter((name) => !measured.has(name))).toEqual([]);
    expect(answer.length).toBeGreaterThan(0);
  });
});

describe('alerts and recording rules', () => {
  test.each(ruleQueries.map(({ where, expr }) => [where, expr] as const))('%s', async (_, expr) => {
    await prometheus.query(expr);
    expect(metricNames(expr).filter((name) => !measured.has(name))).toEqual([]);
  });

  test('Prometheus can work all of them out', async () => {
    const health = await prometheus.ruleHealth();
    expect([...health.keys()].sort()).toEqual(ruleQueries.map(({ where }) => where).sort());
    expect([...health.values()].filter((said) => said !== 'ok')).toEqual([]);
  });

  test('what is recorded was recorded', () => {
    expect(recordings.map(({ record }) => record).filter((name) => !measured.has(name))).toEqual([]);
  });
});

test('nothing fires while all is well', () => {
  expect(story.falseAlarms).toEqual([]);
});

describe('alerts that the day has set off', () => {
  test.each([
    ['BezantCallersRefused', /^home turned away \d+ requests without the right to call\.$/],
    ['BezantPacingRejections', /^home refused \d+ calls in 10 minutes to keep IBKR’s limits\.$/],
    ['BezantContractDrift', /^IBKR’s answers to \w+ depart from its document\.$/],
    ['BezantUpstreamErrors', /^\d+(\.\d+)?% of the calls of home to IBKR fail\.$/],
    ['BezantGapNotHealed', /^What home missed during an outage is not read up yet\.$/],
    ['BezantEventStoreDown', /^The event store of home takes no events\.$/],
    ['BezantCompetingSession', /^TWS, the phone or another program holds the session that home needs\.$/],
    ['BezantLoginRequired', /^home waits for somebody to log in\.$/],
    ['BezantGatewayRestarting', /^The Gateway of home was started again 3 times in 30 minutes\.$/],
    ['BezantPenaltyBox', /^IBKR has put home into its penalty box for \d.*s\.$/],
  ])('%s', (name, summary) => {
    expect(story.fired.get(name)?.annotations['summary']).toMatch(summary);
    expect(story.fired.get(name)?.annotations['runbook_url']).toBe(`docs/runbooks/${name}.md`);
  });
});

describe('promtool has nothing against the names of', () => {
  test.each(['adminUrl', 'supervisorUrl'] as const)('%s', async (url) => {
    const text = await (await fetch(`${appliance[url]}/metrics`)).text();
    expect(text).toContain('# HELP bezant_');
    const { output } = promtool(['check', 'metrics'], text);
    // Those of the library for Node.js’s own metrics are known under these names everywhere.
    expect(output.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_'))).toEqual([]);
  });
});
