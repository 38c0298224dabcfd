// What a trader's program does first: an order, and what became of it.
import { until } from './project.ts';

const account = 'DU1234567';
/** So far below the market that it rests. */
const ticket = { conid: 265598, orderType: 'LMT', price: 1, side: 'BUY', tif: 'GTC', quantity: 1 };

interface OrderEvent {
  cursor: number;
  order_id: string | null;
}

export function createAccount(url: string, apiKey?: string) {
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
  };

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, { method, headers, ...init });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  async function orderEvents(since = 0): Promise<OrderEvent[]> {
    const response = await fetch(`${url}/events/orders?since=${since}`, { headers });
    if (response.status === 204) return [];
    if (!response.ok) throw new Error(`events were answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { events: OrderEvent[] }).events;
  }

  return {
    call,
    /** Resolves to the event that tells of it, after this cursor. IBKR's questions are all answered with yes. */
    async order(since = 0): Promise<OrderEvent> {
      let [answer] = (await call('POST', `/accounts/${account}/orders`, { orders: [ticket] })) as {
        id?: string;
        order_id?: string;
      }[];
      while (answer?.id !== undefined && answer.order_id === undefined)
        [answer] = (await call('POST', `/v1/api/iserver/reply/${answer.id}`, {
          confirmed: true,
        })) as (typeof answer)[];
      const orderId = answer?.order_id;
      if (orderId === undefined) throw new Error(`the order was not taken: ${JSON.stringify(answer)}`);
      let event: OrderEvent | undefined;
      await until(`an event of order ${orderId}`, async () => {
        event = (await orderEvents(since)).find(({ order_id }) => order_id === orderId);
        return event !== undefined;
      });
      return event as OrderEvent;
    },
    orderEvents,
  };
}
