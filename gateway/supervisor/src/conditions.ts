// `when` and `unless` in a plan: whatever carries one counts only where that environment variable says yes, or does not. A
// process is such an object as it is; a text becomes one as `{ "when": NAME, "value": TEXT }`. Looked at before references
// are expanded, so that what does not count needs no variable either.
import type { Env } from './expand.ts';
import { Faults } from './shape.ts';

const meanings = new Map<string, boolean>([
  ...['1', 'true', 'yes', 'on'].map((text) => [text, true] as const),
  ...['', '0', 'false', 'no', 'off'].map((text) => [text, false] as const),
]);

/** In place of what does not count. */
const left = Symbol('left out');

/** The document with what counts, and without its conditions. */
export function chooseAll(value: unknown, env: Env): unknown {
  const faults = new Set<string>();

  const says = (name: unknown): boolean => {
    if (typeof name !== 'string' || name === '') {
      faults.add('when and unless must name an environment variable');
      return false;
    }
    const meaning = meanings.get((env[name] ?? '').trim().toLowerCase());
    if (meaning === undefined) faults.add(`${name} must say yes or no: 1, 0, true, false, yes, no, on, off`);
    return meaning ?? false;
  };

  const choose = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(choose).filter((item) => item !== left);
    if (typeof node !== 'object' || node === null) return node;
    const { when, unless, ...rest } = node as Record<string, unknown>;
    if (when !== undefined && !says(when)) return left;
    if (unless !== undefined && says(unless)) return left;
    const isConditional = when !== undefined || unless !== undefined;
    if (isConditional && Object.keys(rest).join() === 'value') return choose(rest['value']);
    const members = Object.entries(rest).map(([key, member]) => [key, choose(member)] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== left));
  };

  const chosen = choose(value);
  if (faults.size > 0) throw new Faults([...faults]);
  return chosen;
}
