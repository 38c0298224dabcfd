// One call of every operation the Gateway serves, so that whatever is loaded lazily is loaded.

import { readFileSync } from 'node:fs';

interface Row {
  method: string;
  path: string;
  servedBy: string;
  safety: string;
}

/** How many operations were called. */
export async function warmEveryOperation(url: string): Promise<number> {
  const table = new URL('../spec/generated/operations.json', import.meta.url);
  const rows = (JSON.parse(readFileSync(table, 'utf8')) as Row[]).filter(
    ({ servedBy }) => servedBy !== 'cloud',
  );
  for (const { method, path } of rows) {
    const filled = path.replace(/\{[^}]+\}/g, '265598');
    const body = method === 'GET' || method === 'DELETE' ? null : '{}';
    const answer = await fetch(`${url}/v1/api${filled}?conids=265598&fields=31&symbol=AAPL&conid=265598`, {
      method,
      body,
      headers: { 'content-type': 'application/json' },
    });
    await answer.arrayBuffer();
  }
  return rows.length;
}
