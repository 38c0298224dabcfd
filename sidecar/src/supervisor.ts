// The supervisor that started this server, where there is one that takes requests: gateway/supervisor/README.md has the
// messages. Another parent with a channel (pm2, a test runner) answers nothing, which counts as a refusal.

/** Of `process`: what there is only with a channel may be missing. */
export interface Host {
  connected: boolean;
  send?: ((message: unknown, done: (error: Error | null) => void) => unknown) | undefined;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Resolves with null when the Gateway is being restarted, otherwise with why not. */
export type RestartGateway = () => Promise<string | null>;

const answerMs = 5_000;

/** Null where nobody can restart the Gateway. */
export function gatewayRestarter(host: Host): RestartGateway | null {
  if (host.send === undefined) return null;
  return () =>
    new Promise((resolve) => {
      // Listening keeps the process alive, so it is for this one answer.
      const end = (refused: string | null): void => {
        clearTimeout(timer);
        host.off('message', hear);
        resolve(refused);
      };
      const hear = (message: unknown): void => {
        const { restart, refused } = Object(message) as Record<string, unknown>;
        if (restart === 'gateway') end(typeof refused === 'string' ? refused : null);
      };
      const timer = setTimeout(() => end('the supervisor does not answer'), answerMs);
      if (!host.connected) return end('the supervisor is gone');
      host.on('message', hear);
      host.send?.({ restart: 'gateway' }, (error) => {
        if (error !== null) end('the supervisor is gone');
      });
    });
}
