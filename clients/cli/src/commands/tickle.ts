// One keepalive. IBKR's answer has the session's token, which is not for screens.

import type { Define } from '../commands.ts';
import { isRow } from '../report.ts';
import { masked } from '../secrets.ts';

export const define: Define = (command, open) => {
  command.action(async () => {
    const { client, output, io } = open();
    const answer: unknown = await (
      await client()
    ).call({ method: 'POST', path: '/tickle' }, { signal: io.signal });
    const token = isRow(answer) && typeof answer['session'] === 'string' ? answer['session'] : null;
    output.print({ data: { session: token === null ? null : masked(token) } });
  });
};
