// Frames as clients and IBKR write them: TOPIC+TARGET+{JSON} one way (IBKR Web API documentation, websockets), JSON with a
// `topic` the other way.

export type Json = Readonly<Record<string, unknown>>;

export interface ClientFrame {
  /** As sent, without blanks around it. */
  readonly text: string;
  /** `smd`, in lower case. */
  readonly verb: string;
  /** `smd+265598`: what IBKR's answers carry as `topic`. */
  readonly head: string;
  /** `265598`, or account, conid and exchange of a depth. */
  readonly targets: readonly string[];
  readonly args: Json;
}

export function parseClientFrame(data: Buffer): ClientFrame {
  const text = data.toString('utf8').trim();
  const brace = text.indexOf('{');
  const head = (brace === -1 ? text : text.slice(0, brace)).replace(/[+\s]+$/, '');
  const [verb = '', ...targets] = head.split('+');
  return {
    text,
    verb: verb.toLowerCase(),
    head,
    targets,
    args: brace === -1 ? {} : toObject(text.slice(brace)),
  };
}

function toObject(text: string): Json {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `shs` and `inp` are the dialogue that exercises options: it moves positions. Everything else subscribes. */
export const isTrading = ({ verb }: ClientFrame): boolean => /^(shs|inp)/.test(verb);

/** `{"session":"…"}`, with which some clients introduce themselves: the Gateway's session is all that counts. */
export const isGreeting = ({ text }: ClientFrame): boolean => text === '' || text.startsWith('{');

/** Frames of IBKR's are binary when they come through the Gateway (observed on the build of 2023-04-24). */
export const toFrame = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

export function errorFrame(topic: string, code: string, error: string): Buffer {
  return toFrame({ topic, error, code });
}

export const tradingRefused =
  'This would exercise options, which is not allowed here: the server is read-only, or the key may not trade.';
