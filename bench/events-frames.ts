// The load: nine quotes of a hundred instruments to each change of an order. Every frame says when it was sent, by the
// machine's monotonic clock, which all processes share, and none repeats another.

export const instruments = 100;

/** One in so many is an order. */
const orderEvery = 10;

export function frame(number: number): unknown {
  const sentNs = String(process.hrtime.bigint());
  const price = (150 + (number % 1000) / 100).toFixed(2);
  return number % orderEvery === 0 ? order(number, price, sentNs) : quote(number, price, sentNs);
}

function order(number: number, price: string, sentNs: string): unknown {
  const totalSize = 1_000_000_000;
  const change = {
    acct: 'DU1',
    account: 'DU1',
    orderId: 1_000_000 + (number % 500),
    conid: 265598,
    conidex: '265598',
    ticker: 'AAPL',
    secType: 'STK',
    listingExchange: 'NASDAQ',
    orderDesc: `Buy ${totalSize} AAPL Limit ${price}, Day`,
    status: 'Submitted',
    order_ccp_status: 'Submitted',
    totalSize,
    filledQuantity: number,
    remainingQuantity: totalSize - number,
    avgPrice: price,
    orderType: 'Limit',
    side: 'BUY',
    timeInForce: 'CLOSE',
    lastExecutionTime_r: Date.now(),
    sentNs,
  };
  return { topic: 'sor', args: [change] };
}

function quote(number: number, price: string, sentNs: string): unknown {
  const conid = 1 + ((number - Math.floor(number / orderEvery)) % instruments);
  return {
    topic: `smd+${conid}`,
    server_id: `q${conid}`,
    conid,
    conidEx: String(conid),
    _updated: Date.now(),
    '6119': `q${conid}`,
    '31': price,
    '84': price,
    '86': price,
    '85': String(number % 90),
    '88': String(number % 70),
    sentNs,
  };
}
