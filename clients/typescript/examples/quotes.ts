// Quotes as they come, over IBKR's WebSocket, until ten were heard.
//   npx node clients/typescript/examples/quotes.ts AAPL MSFT
import { createClient } from 'bezant-client';

const { BEZANT_URL, BEZANT_API_KEY } = process.env;
const client = createClient({ baseUrl: BEZANT_URL, apiKey: BEZANT_API_KEY });
const live = client.live({ onState: (state) => console.log(`the connection is ${state}`) });

let heard = 0;
for (const symbol of process.argv.slice(2)) {
  const conid = await client.conidOf(symbol);
  live.quotes(conid, ['31', '84', '86'], (frame) => {
    // After the first, a frame has only what changed
    console.log(symbol, 'last', frame['31'], 'bid', frame['84'], 'ask', frame['86']);
    heard += 1;
    if (heard === 10) live.close();
  });
}
