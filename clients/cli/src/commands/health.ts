// Whether IBKR knows us.

import type { Define } from '../commands.ts';

export const define: Define = (command, open) => {
  command.action(async () => {
    const { client, output, io } = open();
    const { authenticated, connected, competing, message } = await (
      await client()
    ).health({ signal: io.signal });
    output.print({ data: { authenticated, connected, competing, message } });
  });
};
