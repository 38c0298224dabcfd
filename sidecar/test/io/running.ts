// One stand-in Gateway and one server for all tests of a file; calls and scripts are forgotten between tests.

import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { startCapturingGateway, type Captured, type CapturingGateway } from './capturing-gateway.ts';
import { startSidecar, type Env, type Sidecar } from './sidecar-process.ts';
import { send, type Answer, type Sent } from './wire.ts';

export interface Running {
  readonly gateway: CapturingGateway;
  readonly sidecar: Sidecar;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  send(sent: Sent): Promise<Answer>;
  /** The one call that reached the Gateway under this path. */
  onlyCall(path: string): Captured;
}

export function running(env: Env = {}): Running {
  let gateway: CapturingGateway | undefined;
  let sidecar: Sidecar | undefined;
  beforeAll(async () => {
    gateway = await startCapturingGateway();
    sidecar = await startSidecar(gateway.apiUrl, env);
  });
  afterEach(() => gateway?.reset());
  afterAll(async () => {
    await sidecar?.stop();
    await gateway?.stop();
  });
  const must = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error('not running');
    return value;
  };
  return {
    get gateway() {
      return must(gateway);
    },
    get sidecar() {
      return must(sidecar);
    },
    get host() {
      return new URL(must(sidecar).url).host;
    },
    get origin() {
      return new URL(must(sidecar).url).origin;
    },
    send: (sent) => send(must(sidecar).url, sent),
    onlyCall(path) {
      const calls = must(gateway).calls(path);
      const [call] = calls;
      if (call === undefined || calls.length > 1) {
        throw new Error(
          `${calls.length} calls to ${path}; seen: ${must(gateway).seen().join(', ') || 'none'}`,
        );
      }
      return call;
    },
  };
}
