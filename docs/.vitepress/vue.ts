// Pages become Vue's components, and those outside docs/ would look for Vue in the repository's packages, where it is not.

import { join } from 'node:path';

interface Resolving {
  resolve: (id: string, importer: string, options: { skipSelf: boolean }) => unknown;
}

const inside = join(import.meta.dirname, 'config.ts');

export const vueForAllPages = {
  name: 'vue-for-all-pages',
  enforce: 'pre',
  resolveId(this: Resolving, id: string): unknown {
    return /^vue(\/|$)/.test(id) ? this.resolve(id, inside, { skipSelf: true }) : null;
  },
};
