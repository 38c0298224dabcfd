// All alerts, in the order in which people care.

import type { AlertGroup } from './alert.ts';
import { events } from './alerts/events.ts';
import { processes } from './alerts/processes.ts';
import { session } from './alerts/session.ts';
import { upstream } from './alerts/upstream.ts';

export const alertGroups: readonly AlertGroup[] = [session, upstream, events, processes];
