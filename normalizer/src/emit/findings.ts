// findings.json: what each pass changed and where, one change a line, so that a new document's repairs can be reviewed.

import type { Emitter } from './emitter.ts';

export const emitFindings: Emitter = ({ findings }) => ({
  'findings.json':
    findings.length === 0
      ? '[]\n'
      : `[\n${findings.map((finding) => `  ${JSON.stringify(finding)}`).join(',\n')}\n]\n`,
});
