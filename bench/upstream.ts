// Stands in for the Gateway under load: HTTPS, TLS 1.2, one small JSON answer, nothing else, so that what is measured is
// what the server in front of it adds. A process of its own: prints its port and serves until it is told to stop.

import { createServer } from 'node:https';
import { generate } from 'selfsigned';

const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
});
const answer = JSON.stringify([
  {
    conid: '265598',
    companyHeader: 'APPLE INC (NASDAQ)',
    companyName: 'APPLE INC',
    symbol: 'AAPL',
    description: 'NASDAQ',
  },
  {
    conid: '38708077',
    companyHeader: 'APPLE INC (MEXI)',
    companyName: 'APPLE INC',
    symbol: 'AAPL',
    description: 'MEXI',
  },
  {
    conid: '532640894',
    companyHeader: 'APPLE INC (EBS)',
    companyName: 'APPLE INC',
    symbol: 'AAPL',
    description: 'EBS',
  },
]);

const server = createServer({ key, cert, maxVersion: 'TLSv1.2', keepAlive: true }, (request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(String(address.port));
});
process.once('SIGTERM', () => process.exit(0));
