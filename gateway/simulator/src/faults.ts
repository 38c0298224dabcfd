// What goes wrong on purpose. One mutable record that everyone reads at the moment of acting, so that a control
// call changes a running simulator.
import {
  boolean,
  list,
  number,
  object,
  oneOf,
  optional,
  record,
  string,
  anything,
  type Check,
} from './shape.ts';

/**
 * normal; silent: opens, then sends nothing (pings are still answered); no-ready: heartbeats but neither `system`
 * success nor `sts`; no-heartbeat; waiting: only "waiting for session"; malformed: broken JSON and invalid UTF-8
 * between good frames; hang-handshake: the upgrade is never answered; refuse: the upgrade is answered 503;
 * close: closed with 1000 right after it opened.
 */
export const socketFaults = [
  'normal',
  'silent',
  'no-ready',
  'no-heartbeat',
  'waiting',
  'malformed',
  'hang-handshake',
  'refuse',
  'close',
] as const;
export type SocketFault = (typeof socketFaults)[number];

/** normal; rejected: wrong password; two-factor: a phone must approve; unauthorized: success text, then 401s. */
export const loginFaults = ['normal', 'rejected', 'two-factor', 'unauthorized'] as const;

/** How /v1/api answers before login. Status 401 is well observed, its body is not, so there are three. */
export const loggedOutForms = ['problem', 'text', 'empty', 'redirect'] as const;

export const pacingRules = ['off', 'lenient', 'strict'] as const;

/** What the SSO server's login redirect carries as content type once the Gateway has turned it into text. */
export const dispatcherTypes = ['none', 'octet-stream', 'html'] as const;

/** A fault for the requests that a pattern names. The first one that applies wins. */
export interface PathFault {
  /** A path with `*` for one segment and `**` for any number, e.g. "/v1/api/iserver/**". */
  path: string;
  methods?: string[];
  /** How often it applies; without it, until removed. */
  times?: number;
  /** Simulated time from when the fault was set. */
  afterMs?: number;
  forMs?: number;
  /** The operation takes effect although its answer is replaced or lost. */
  effect?: boolean;
  status?: number;
  headers?: Record<string, string>;
  contentType?: string;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
  /** An HTML error page as the body. */
  html?: boolean;
  /** A body of this many MiB. */
  bodyMiB?: number;
  delayMs?: number;
  /** Never answered, connection open: what the Gateway does when its upstream fails. */
  hang?: boolean;
  /** Connection destroyed, after `truncateBytes` when given. */
  reset?: boolean;
  /** This many bytes of the body, then silence. */
  truncateBytes?: number;
  /** The body leaves in 16 pieces with this pause between them. */
  dripMs?: number;
}

export interface Faults {
  socket: SocketFault;
  login: (typeof loginFaults)[number];
  loggedOut: (typeof loggedOutForms)[number];
  dispatcherType: (typeof dispatcherTypes)[number];
  /** 401 for an Origin or Referer that is not the origin the request was sent to. */
  strictOrigin: boolean;
  /** 401 for a cookie IBKR does not set, or one name sent twice. */
  strictCookies: boolean;
  /** 401 for a session cookie of an earlier session; no cookie is fine. */
  staleCookies: boolean;
  pacing: (typeof pacingRules)[number];
  /** hang: IBKR cannot be reached, so nothing that the Gateway forwards is ever answered. */
  upstream: 'normal' | 'hang';
  /** Added to every forwarded answer. */
  latencyMs: number;
  /** How long a second ssodh/init on a live session takes the bridge down. */
  reinitOutageMs: number;
  paths: PathFault[];
}

export const defaultFaults: Faults = {
  socket: 'normal',
  login: 'normal',
  loggedOut: 'problem',
  dispatcherType: 'none',
  strictOrigin: false,
  strictCookies: false,
  staleCookies: false,
  pacing: 'lenient',
  upstream: 'normal',
  latencyMs: 0,
  reinitOutageMs: 0,
  paths: [],
};

export const checkFaults: Check = object({
  socket: optional(oneOf(socketFaults)),
  login: optional(oneOf(loginFaults)),
  loggedOut: optional(oneOf(loggedOutForms)),
  dispatcherType: optional(oneOf(dispatcherTypes)),
  strictOrigin: optional(boolean),
  strictCookies: optional(boolean),
  staleCookies: optional(boolean),
  pacing: optional(oneOf(pacingRules)),
  upstream: optional(oneOf(['normal', 'hang'])),
  latencyMs: optional(number),
  reinitOutageMs: optional(number),
  paths: optional(
    list(
      object({
        path: string,
        methods: optional(list(string)),
        times: optional(number),
        afterMs: optional(number),
        forMs: optional(number),
        effect: optional(boolean),
        status: optional(number),
        headers: optional(record(string)),
        contentType: optional(string),
        body: optional(anything),
        html: optional(boolean),
        bodyMiB: optional(number),
        delayMs: optional(number),
        hang: optional(boolean),
        reset: optional(boolean),
        truncateBytes: optional(number),
        dripMs: optional(number),
      }),
    ),
  ),
});
