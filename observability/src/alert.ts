// What an alert is. critical: nothing can be traded, or something is being lost; wake somebody. warning: look at it today.
// info: good to know. Each has a page in docs/runbooks of its name.

export type Severity = 'critical' | 'warning' | 'info';

export interface Alert {
  name: string;
  /** What must be so … */
  expr: string;
  /** … without a break for so long. */
  for: string;
  severity: Severity;
  /** One line for a telephone: what is wrong, and where. */
  summary: string;
  /** What it means and what to do next. */
  description: string;
}

export interface AlertGroup {
  name: string;
  alerts: readonly Alert[];
}
