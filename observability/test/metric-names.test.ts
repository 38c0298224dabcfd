import { expect, test } from '@jest/globals';
import { metricNames } from './metric-names.ts';

test.each([
  ['up{job=~"a|b"} == 0', ['up']],
  ['sum by (operation) (rate(a_total{b="c and d"}[5m])) / 2', ['a_total']],
  ['a == 1 unless ignoring (state) (b == 1) and on () (hour() >= 12)', ['a', 'b']],
  ['x:y:rate5m or x unless x offset 1h', ['x:y:rate5m', 'x']],
  ['topk(10, a_bucket) > 0.5e3', ['a_bucket']],
])('%s', (expr, want) => {
  expect(metricNames(expr)).toEqual(want);
});
