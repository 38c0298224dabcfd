// The one connection to IBKR as everybody in here uses it: what is asked over it, and the accounts, which IBKR wants to have
// been asked for before it sends quotes.

import { isObject, type Json } from './client-frames.ts';
import { createConnector, type Connector, type ConnectorDeps } from './connector.ts';
import type { Frame } from './frame-reader.ts';
import { accountsOf, isReadFailure, readAccounts, type OwnRead } from './own-reads.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

export interface Connection
  extends Omit<Connector, 'tell'>, Pick<Subscriptions, 'want' | 'touch' | 'isWanted' | 'heads'> {
  /** Of this connection, once IBKR has told them. */
  accounts(): Promise<readonly string[]>;
}

export function createConnection(
  deps: ConnectorDeps & {
    read: OwnRead;
    /** IBKR's word on the session, as it comes. */
    onStatus: (status: Json) => void;
  },
): Connection {
  const connector = createConnector(deps);
  const stopping = new AbortController();
  /** What IBKR was asked over this connection. */
  let asked: Promise<Json> | null = null;
  let isTold = false;

  const subscriptions = createSubscriptions({
    send: (text) => connector.send(text),
    clock: deps.clock,
    observe: deps.observe,
    async prepare() {
      try {
        tellAccounts(await ask());
        return true;
      } catch (cause) {
        if (!isReadFailure(cause)) deps.observe({ kind: 'events-fault', part: 'preflight', cause });
        return false;
      }
    },
  });

  function ask(): Promise<Json> {
    const mine = asked ?? readAccounts(deps.read, stopping.signal);
    asked = mine;
    mine.catch(() => {
      if (asked === mine) asked = null;
    });
    return mine;
  }

  /** A connection that was made before the login is greeted without them; whoever made one now would be told. */
  function tellAccounts(args: Json): void {
    if (isTold || !connector.isReady()) return;
    const json = { topic: 'act', args };
    connector.tell({ text: JSON.stringify(json), json });
  }

  function read({ json }: Frame): void {
    if (json === null) return;
    const { topic, args, error } = json;
    // The greeting begins.
    if (topic === 'system' && 'success' in json) isTold = false;
    if (topic === 'act') isTold = true;
    if (topic === 'sts' && isObject(args)) deps.onStatus(args);
    if ('error' in json && /accounts/i.test(String(error))) {
      asked = null;
      subscriptions.unprepared();
    }
  }

  connector.onFrame(read);
  connector.onReady(() => {
    asked = null;
    subscriptions.connected();
  });
  connector.onDown(() => subscriptions.disconnected());

  return {
    ...connector,
    want: (head, args) => subscriptions.want(head, args),
    touch: (head, args) => subscriptions.touch(head, args),
    isWanted: (head) => subscriptions.isWanted(head),
    heads: () => subscriptions.heads(),
    accounts: async () => accountsOf(await ask()),
    async stop() {
      stopping.abort(new Error('the events are stopping'));
      subscriptions.stop();
      await connector.stop();
    },
  };
}
