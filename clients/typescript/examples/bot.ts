import { createClient } from 'bezant-client';

const { BEZANT_URL, BEZANT_API_KEY } = process.env;
const client = createClient({ baseUrl: BEZANT_URL, apiKey: BEZANT_API_KEY });

const [account] = await client.portfolio.getAllAccounts();
const accountId = account?.accountId ?? '';
const { netliquidation } = await client.portfolio.getPortfolioSummary(accountId);
console.log(`${accountId} is worth ${netliquidation?.amount} ${netliquidation?.currency}`);

const conid = await client.conidOf('AAPL');
const [quote] = await client.marketData.getMdSnapshot({ conids: [String(conid)], fields: ['84', '86'] });
console.log('AAPL: bid', quote?.['84'], 'ask', quote?.['86']);

const price = Math.floor(Number(quote?.['84']) / 2); // too low to be filled
const ticket = { conid, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price } as const;
const { amount, initial } = await client.orders.previewMarginImpact(accountId, { orders: [ticket] });
console.log(`1 at ${price} costs ${amount?.total}, margin ${initial?.change}`);

const since = await client.headCursor();
const confirm = ['o163', 'o354', 'o10153']; // yes: far from the market, and capped
const placed = await client.placeOrder(accountId, ticket, { confirm });
if (placed.kind !== 'submitted') throw new Error(`not placed: ${JSON.stringify(placed)}`);
const [order] = placed.orders;

for await (const event of client.events('orders', { since })) {
  if (event.topic !== 'orders' || event.order_id !== order?.orderId) continue;
  const { status } = event.payload;
  console.log(`event ${event.cursor}: order ${event.order_id} is`, status);
  if (status === 'Submitted') await client.cancelOrder(accountId, order.orderId);
  if (status === 'Cancelled' || status === 'Filled') break;
}
