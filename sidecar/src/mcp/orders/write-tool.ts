// Any other call that changes something. One that touches orders, or everything at once, or costs money, is announced first
// and sent when it comes again with the token of its announcement.

import type { Clock } from '../../clock.ts';
import type { Operation, Safety } from '../../contract.ts';
import { ToolFault } from '../fault.ts';
import { text } from '../reading.ts';
import type { Tools } from '../tool.ts';
import { givenTo, operationNamed, trimmed, type OperationDeps } from '../tools/operations.ts';
import { createPending } from './pending.ts';
import { sendOnce } from './sending.ts';

const announceMs = 120_000;

const twoSteps: ReadonlySet<Safety> = new Set(['order', 'destructive', 'costs-money']);

export function writeTool(deps: OperationDeps & { clock: Clock }): Tools {
  const announced = createPending<string>({ clock: deps.clock, lifetimeMs: announceMs });
  return {
    async api_write(args, caller) {
      const operation = operationNamed(deps.contract, args['operation']);
      refuseOthers(operation);
      const given = givenTo(operation, deps.table, args);
      const call = JSON.stringify([operation.id, given]);
      const what = `${operation.id} (${operation.summary.replace(/\.$/, '')}) with ${JSON.stringify(given)}`;
      if (twoSteps.has(operation.safety)) {
        const token = text(args['confirm_token']);
        if (token === undefined) {
          const { key } = announced.add(caller.principal, call);
          const next_step =
            'Nothing was sent. When the user agrees, call api_write again with this confirm_token.';
          return { json: { would_call: what, confirm_token: key, next_step } };
        }
        if (announced.find(caller.principal, token) !== call)
          throw new ToolFault(
            'confirm_unknown',
            'This confirm_token is unknown, used, too old or of another call.',
            'Call api_write without it first.',
          );
        if (caller.canAsk) {
          const key = `call-${token.slice(0, 8)}`;
          const said = caller.said(key);
          if (said === null) return { ask: { key, message: `Call ${what}?` } };
          if (said === 'no') {
            announced.drop(token);
            return { json: { status: 'declined', next_step: 'The user declined; nothing was sent.' } };
          }
        }
        announced.drop(token);
      }
      const answer = await sendOnce(
        () => deps.ask(caller, operation.id, given),
        operation.id,
        'read back what it would have changed first.',
      );
      return { json: trimmed(answer, {}) };
    },
  };
}

function refuseOthers({ id, safety, tool }: Operation): void {
  if (safety === 'read') throw new ToolFault('not_a_write', `${id} only reads.`, 'Use api_read.');
  if (safety === 'order' && tool !== null)
    throw new ToolFault(
      'use_another_tool',
      `${id} is not called this way.`,
      `Use ${tool === 'place_order' ? 'preview_order, then place_order' : tool}.`,
    );
}
