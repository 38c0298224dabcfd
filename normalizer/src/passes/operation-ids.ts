// Every operation needs one name of its own. A missing one is made of method and path; a repeated one gets the made name
// behind it, then a number.

import { operations, type Operation } from '../operation.ts';
import { join } from '../pointer.ts';
import type { Pass } from './pass.ts';

export const operationIds: Pass = {
  name: 'operation-ids',
  run(document, report) {
    const all = operations(document);
    const taken = new Set(
      all.map(({ node }) => node['operationId']).filter((id) => typeof id === 'string' && id !== ''),
    );
    const seen = new Set<string>();
    for (const operation of all) {
      const was = operation.node['operationId'];
      if (typeof was === 'string' && was !== '' && !seen.has(was)) {
        seen.add(was);
        continue;
      }
      const made = madeName(operation);
      const is = free(typeof was === 'string' && was !== '' ? `${was}_${made}` : made, taken);
      operation.node['operationId'] = is;
      taken.add(is);
      seen.add(is);
      report(join(operation.at, 'operationId'), was, is);
    }
  },
};

/** GET /gw/api/v1/accounts/{accountId} → get_gw_api_v1_accounts_accountid */
export function madeName({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `${method}_${path}`
    .replace(/[{}]/g, '')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toLowerCase();
}

function free(name: string, taken: ReadonlySet<unknown>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count++) if (!taken.has(`${name}_${count}`)) return `${name}_${count}`;
}
