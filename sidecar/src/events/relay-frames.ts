// What the relay needs to know about frames; everything else passes as it is. Topics and the order of the first frames as
// in IBKR's Web API documentation and as observed through the Gateway.

const start = (frame: Buffer): string => frame.toString('utf8', 0, 64).trimStart();

/** `shs` and `inp` are the dialogue that exercises options: it moves positions. Everything else subscribes. */
export const isTrading = (frame: Buffer): boolean => /^(shs|inp)/i.test(start(frame));

/** `{"session":"…"}`, which some clients send to introduce themselves; all topics begin with a letter. */
export const isGreeting = (frame: Buffer): boolean => start(frame).startsWith('{');

/** IBKR's side is open, but would drop a subscription. */
export const isWaiting = (frame: Buffer): boolean => start(frame).includes('waiting for session');

export const tradingRefused = Buffer.from(
  JSON.stringify({
    topic: 'error',
    error:
      'This would exercise options, which is not allowed here: the server is read-only, or the key may not trade.',
    code: 'read_only',
  }),
);
