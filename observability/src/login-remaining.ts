// How long the login is still good for: asked on two dashboards, with one meaning and one set of colours.

import { stat } from './panel.ts';
import { recorded } from './selectors.ts';

export const loginRemaining = (more = ''): ReturnType<typeof stat> =>
  stat({
    title: 'Login good for',
    description: `How long IBKR would keep the login without a further keepalive.${more}`,
    queries: [{ expr: recorded('bezant:login_remaining:seconds'), legend: '{{instance}}' }],
    unit: 's',
    decimals: 0,
    steps: [
      [null, 'red'],
      [180, 'yellow'],
      [300, 'green'],
    ],
  });
