// What goes wrong on purpose. One mutable record that everyone reads at the moment of acting, so that a control
// call changes a running simulator.

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

export interface Faults {
  socket: SocketFault;
}
