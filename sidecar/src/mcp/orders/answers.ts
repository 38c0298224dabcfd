// What IBKR says to an order (IBKR Web API documentation, place order): it is taken, or it is asked about first. Refusals
// have become faults before.

import { ToolFault } from '../fault.ts';
import { plain, records, record, text, texts, whole } from '../reading.ts';

export type OrderAnswer =
  | { readonly kind: 'taken'; readonly orderId: number | undefined; readonly status: string | undefined }
  | { readonly kind: 'asked'; readonly replyId: string; readonly messages: readonly string[] };

export function readOrderAnswer(answer: unknown): OrderAnswer {
  const [first = record(answer)] = records(answer);
  const replyId = text(first['id']);
  const messages = texts(first['message']);
  if (replyId !== undefined && messages.length > 0) return { kind: 'asked', replyId, messages };
  if (text(first['order_id']) !== undefined)
    return { kind: 'taken', orderId: whole(first['order_id']), status: text(first['order_status']) };
  const said = plain(first['text']) ?? plain(first['error']) ?? plain(first['message']);
  if (said !== undefined)
    throw new ToolFault('ibkr_refused', `IBKR refused the order: ${said}.`, 'Correct what it names.');
  throw new ToolFault(
    'outcome_unknown',
    'IBKR’s answer to the order is not one that is known here.',
    'Do not send it again: look for it with list_orders.',
  );
}
