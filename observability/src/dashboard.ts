// What all dashboards share: variables, annotations, links among each other, times.

import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { place, type Section } from './grid.ts';
import { datasource } from './panel.ts';
import { of, ofSupervisor } from './selectors.ts';

export interface DashboardPlan {
  /** The file's name, and a part of the uid: links keep working as long as it stays. */
  name: string;
  title: string;
  description: string;
  sections: readonly Section[];
}

const tag = 'bezant';

export function dashboard({ name, title, description, sections }: DashboardPlan): grafana.Dashboard {
  const builder = new grafana.DashboardBuilder(title)
    .uid(`bezant-${name}`)
    .description(description)
    .tags([tag])
    .editable()
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(grafana.DashboardCursorSync.Crosshair)
    .link(
      new grafana.DashboardLinkBuilder('bezant')
        .type(grafana.DashboardLinkType.Dashboards)
        .tags([tag])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  for (const variable of variables) builder.withVariable(variable);
  for (const annotation of annotations) builder.annotation(annotation);
  place(builder, sections);
  return shown(builder.build());
}

/** The library hides links and annotations in a menu, which old versions of Grafana do not have. */
function shown(built: grafana.Dashboard): grafana.Dashboard {
  const { links, annotations: asked, ...rest } = built;
  return {
    ...rest,
    links: (links ?? []).map(({ placement: _, ...link }) => link),
    annotations: { list: (asked.list ?? []).map(({ placement: _, ...one }) => one) },
  };
}

const variables = [
  new grafana.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
  labelValues('namespace', 'Namespace', 'bezant_build_info'),
  labelValues('instance', 'bezant', 'bezant_build_info{namespace=~"$namespace"}'),
  labelValues(
    'supervisor',
    'Supervisor',
    'bezant_supervisor_start_timestamp_seconds{namespace=~"$namespace"}',
  ),
];

function labelValues(name: string, label: string, metric: string): grafana.QueryVariableBuilder {
  const wanted = name === 'supervisor' ? 'instance' : name;
  return new grafana.QueryVariableBuilder(name)
    .label(label)
    .query({ query: `label_values(${metric},${wanted})`, refId: name })
    .datasource(datasource)
    .refresh(grafana.VariableRefresh.OnTimeRangeChanged)
    .sort(grafana.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'], selected: true });
}

const annotations = [
  annotation(
    'Session changes',
    'blue',
    `changes(${of('bezant_session_state_since_timestamp_seconds')}[2m]) > 0`,
    'The session changed its state',
  ),
  annotation(
    'Sidecar started',
    'purple',
    `changes(${of('process_start_time_seconds', 'job="bezant"')}[2m]) > 0`,
    'The sidecar was started',
  ),
  annotation(
    'Process restarts',
    'red',
    `increase(${ofSupervisor('bezant_process_restarts_total')}[2m]) > 0`,
    '{{process}} was started again ({{reason}})',
  ),
];

function annotation(name: string, colour: string, expr: string, title: string) {
  return new grafana.AnnotationQueryBuilder()
    .name(name)
    .datasource(datasource)
    .enable(true)
    .iconColor(colour)
    .expr(expr)
    .step('60s')
    .titleFormat(title)
    .textFormat('{{instance}}')
    .target(new DataqueryBuilder().expr(expr).refId(name).range());
}
