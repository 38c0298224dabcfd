// What a client sends: TOPIC+TARGET+{JSON}, with target and JSON optional (IBKR Web API documentation, websockets).

export interface Request {
  /** "smd" */
  topic: string;
  /** Between topic and JSON: ["265598"], or ["U1234567", "265598", "NASDAQ"]. */
  targets: string[];
  /** undefined when there is none or it does not parse. */
  args: Record<string, unknown> | undefined;
  /** As sent, up to the JSON: "smd+265598". */
  head: string;
}

export function parseRequest(text: string): Request {
  const at = text.indexOf('+{');
  const head = (at === -1 ? text : text.slice(0, at)).trim();
  const [topic = '', ...targets] = head.split('+');
  return { topic, targets, head, args: at === -1 ? undefined : parseArgs(text.slice(at + 1)) };
}

function parseArgs(text: string): Request['args'] {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
