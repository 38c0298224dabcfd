// Where panels stand: rows of Grafana's 24 columns, filled from the left, one below the other. A row that does not fill
// them, or overflows, is refused, so that nothing overlaps and nothing has holes.

import * as grafana from '@grafana/grafana-foundation-sdk/dashboard';
import type { Placeable } from './panel.ts';

export interface Line {
  height: number;
  panels: readonly (readonly [width: number, panel: Placeable])[];
}

export interface Section {
  /** The heading above it; the first section needs none. */
  title?: string;
  lines: readonly Line[];
}

const columns = 24;

export function place(dashboard: grafana.DashboardBuilder, sections: readonly Section[]): void {
  let y = 0;
  let id = 0;
  for (const { title, lines } of sections) {
    if (title !== undefined) {
      dashboard.withRow(
        new grafana.RowBuilder(title).id(++id).collapsed(false).gridPos({ x: 0, y, w: columns, h: 1 }),
      );
      y += 1;
    }
    for (const { height, panels } of lines) {
      let x = 0;
      for (const [width, panel] of panels) {
        dashboard.withPanel(panel.id(++id).gridPos({ x, y, w: width, h: height }));
        x += width;
      }
      if (x !== columns) throw new Error(`a line of ${title ?? 'the first section'} is ${x} columns wide`);
      y += height;
    }
  }
}
