// Straight to IBKR's Gateway over TLS. Its own certificate names no host and expired in 2019, so that no list of authorities
// can vouch for it: this connection, and no other of the process, accepts exactly the one certificate with this fingerprint.
//   openssl s_client -connect localhost:5000 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256
//   IBKR_GATEWAY_URL=https://localhost:5000 FINGERPRINT=AB:CD:… npx node clients/typescript/examples/gateway-fingerprint.ts
import { connect, type TLSSocket } from 'node:tls';
import { Agent, fetch as undiciFetch } from 'undici';
import { createClient } from 'bezant-client';

function trusting(fingerprint: string): typeof fetch {
  const dispatcher = new Agent({
    connect({ hostname, port }, callback) {
      const socket: TLSSocket = connect({
        host: hostname,
        port: Number(port),
        ALPNProtocols: ['http/1.1'],
        // Compared below instead, before a byte is sent
        rejectUnauthorized: false,
      });
      socket.once('error', (error: Error) => callback(error, null));
      socket.once('secureConnect', () => {
        if (socket.getPeerCertificate().fingerprint256 === fingerprint) return callback(null, socket);
        socket.destroy(Object.assign(new Error('another certificate'), { code: 'ERR_TLS_CERT_FINGERPRINT' }));
      });
    },
  });
  const send: unknown = (input: string, init?: object) => undiciFetch(input, { ...init, dispatcher });
  return send as typeof fetch;
}

const { IBKR_GATEWAY_URL, FINGERPRINT = '' } = process.env;
const client = createClient({
  baseUrl: IBKR_GATEWAY_URL,
  server: 'gateway',
  fetch: trusting(FINGERPRINT),
});
console.log(await client.health());
