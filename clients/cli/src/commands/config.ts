// What the command would use, and where that comes from. The key is never shown.

import type { Define } from '../commands.ts';
import { column } from '../report.ts';

const columns = [column('setting'), column('value'), column('from')];

export const define: Define = (command, open) => {
  command.action(() => {
    const { settings, output, io } = open();
    const { server, url, urlFrom, apiKey, account, verifyTls } = settings;
    const isGateway = server === 'gateway';
    const rows = [
      { setting: 'server', value: isGateway ? "IBKR's Gateway, without bezant" : 'bezant', from: urlFrom },
      { setting: 'url', value: url, from: urlFrom },
      { setting: 'apiKey', value: apiKey === undefined ? null : 'set, not shown', from: 'BEZANT_API_KEY' },
      { setting: 'account', value: account ?? null, from: 'BEZANT_ACCOUNT' },
      { setting: 'verifyTls', value: isGateway ? verifyTls : true, from: 'BEZANT_VERIFY_TLS, --verify-tls' },
      { setting: 'output', value: output.format, from: outputFrom(io.stdout.isTTY) },
    ];
    const data = { server, url, urlFrom, apiKey: apiKey !== undefined, account: account ?? null, verifyTls };
    output.print({ data, rows, columns });
  });
};

const outputFrom = (isTerminal: boolean): string =>
  isTerminal ? '--output; else a table on a terminal' : '--output; else JSON without a terminal';
