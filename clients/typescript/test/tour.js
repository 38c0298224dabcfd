// What every runtime must be able to do with the package: a call, an error, a stream, a socket. Plain JavaScript, so that it
// runs as it is.

/** @param {typeof import('../src/index.ts')} api */
export async function tour({ createClient }, baseUrl) {
  const client = createClient({ baseUrl });
  const { authenticated } = await client.health();
  const positions = await client.positions('DU1234567');
  const refused = await client.conidOf('ZZZZ').catch(({ name, kind }) => `${name} ${kind}`);
  const event = await first(client.events('marketdata', { conids: [265598], since: 0 }));
  const live = client.live();
  const quote = await new Promise((resolve) => {
    live.quotes(265598, ['31'], (frame) => {
      if ('31' in frame) resolve(typeof frame['31']);
    });
  });
  live.close();
  return { authenticated, hasPositions: positions.length > 0, refused, event: event.topic, quote };
}

async function first(events) {
  for await (const event of events) return event;
}
