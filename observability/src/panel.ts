// How panels look: few kinds, the same everywhere. Each says in its description what is good, what is not, and what to do.

import { type Builder, type Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text' | 'purple';

export interface Query {
  expr: string;
  /** How its series are named; `{{label}}` is the label's value. */
  legend: string;
}

/** From this value on, this colour; the first has none below it. */
export type Step = readonly [from: number | null, colour: Colour];

/** What a number means, instead of the number. */
export type Words = Readonly<Record<number, readonly [text: string, colour: Colour]>>;

export interface Look {
  title: string;
  description: string;
  queries: readonly Query[];
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  steps?: readonly Step[];
}

/** What the grid places. */
export interface Placeable extends Builder<grafana.Panel> {
  id(id: number): this;
  gridPos(position: grafana.GridPos): this;
}

export const datasource: common.DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** A number that tells at a glance. */
export function stat(look: Look & { words?: Words; hasGraph?: boolean }): Placeable {
  const panel = dressed(new StatBuilder(), look)
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(look.hasGraph === true ? common.BigValueGraphMode.Area : common.BigValueGraphMode.None)
    .justifyMode(common.BigValueJustifyMode.Center)
    .textMode(common.BigValueTextMode.Auto)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .noValue('–');
  return look.words === undefined ? panel : panel.mappings([mapping(look.words)]);
}

/** Lines over time. */
export function lines(look: Look & { isStacked?: boolean; isBars?: boolean; hasTable?: boolean }): Placeable {
  const panel = dressed(new TimeseriesBuilder(), look)
    .lineWidth(1)
    .fillOpacity(look.isStacked === true ? 30 : 8)
    .showPoints(common.VisibilityMode.Never)
    .drawStyle(look.isBars === true ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .spanNulls(false)
    .legend(legend(look.hasTable === true))
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  if (look.isStacked === true) {
    panel.stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal).group('A'));
  }
  if (look.steps !== undefined) {
    panel.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
  }
  return panel;
}

/** One bar for each series, coloured by what it was when. */
export function timeline(look: Look & { words: Words }): Placeable {
  return dressed(new TimelineBuilder(), look)
    .mappings([mapping(look.words)])
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0)
    .legend(new common.VizLegendOptionsBuilder().showLegend(false));
}

/** The present values, largest first; `columns` names the labels that are shown. */
export function table(look: Look & { columns: Readonly<Record<string, string>>; value: string }): Placeable {
  const shown = [...Object.keys(look.columns), 'Value'];
  const panel = dressed(new TableBuilder(), look, { isTable: true })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: shown } },
    })
    .withTransformation({
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(shown.map((name, index) => [name, index])),
        renameByName: { ...look.columns, Value: look.value },
      },
    })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: look.value, desc: true }] } });
  return panel;
}

interface Dressable<Self> extends Placeable {
  title(title: string): Self;
  description(description: string): Self;
  datasource(source: common.DataSourceRef): Self;
  unit(unit: string): Self;
  decimals(decimals: number): Self;
  min(min: number): Self;
  max(max: number): Self;
  thresholds(thresholds: Builder<grafana.ThresholdsConfig>): Self;
  colorScheme(color: Builder<grafana.FieldColor>): Self;
  withTarget(target: Builder<Dataquery>): Self;
}

function dressed<Self extends Dressable<Self>>(panel: Self, look: Look, { isTable = false } = {}): Self {
  panel.title(look.title).description(look.description).datasource(datasource);
  for (const [index, query] of look.queries.entries()) panel.withTarget(target(query, index, isTable));
  if (look.unit !== undefined) panel.unit(look.unit);
  if (look.decimals !== undefined) panel.decimals(look.decimals);
  if (look.min !== undefined) panel.min(look.min);
  if (look.max !== undefined) panel.max(look.max);
  panel.thresholds(thresholds(look.steps ?? [[null, 'text']]));
  const isByThreshold = !(panel instanceof TimeseriesBuilder);
  panel.colorScheme(
    new grafana.FieldColorBuilder().mode(
      isByThreshold ? grafana.FieldColorModeId.Thresholds : grafana.FieldColorModeId.PaletteClassicByName,
    ),
  );
  return panel;
}

function target({ expr, legend }: Query, index: number, isTable: boolean): Builder<Dataquery> {
  const query = new DataqueryBuilder()
    .expr(expr)
    .legendFormat(legend)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index));
  return isTable ? query.instant().format(PromQueryFormat.Table) : query.range();
}

const thresholds = (steps: readonly Step[]): Builder<grafana.ThresholdsConfig> =>
  new grafana.ThresholdsConfigBuilder()
    .mode(grafana.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));

const mapping = (words: Words): grafana.ValueMapping => ({
  type: grafana.MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(words).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
});

function legend(hasTable: boolean): Builder<common.VizLegendOptions> {
  const base = new common.VizLegendOptionsBuilder().showLegend(true).placement(common.LegendPlacement.Bottom);
  return hasTable
    ? base
        .displayMode(common.LegendDisplayMode.Table)
        .calcs(['lastNotNull', 'max'])
        .sortBy('Max')
        .sortDesc(true)
    : base.displayMode(common.LegendDisplayMode.List);
}
