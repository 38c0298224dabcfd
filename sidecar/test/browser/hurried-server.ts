// The server inside the test, with a clock that runs ahead: what the session waits for in minutes happens in seconds.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/metrics.ts';
import { startServer } from '../../src/server.ts';

const timeScale = 40;

export interface HurriedServer {
  url: string;
  stop(): Promise<void>;
}

export async function startHurriedServer(gatewayUrl: string): Promise<HurriedServer> {
  const startedMs = Date.now();
  const clock: Clock = {
    now: () => startedMs + (Date.now() - startedMs) * timeScale,
    after: (ms, run) => systemClock.after(ms / timeScale, run),
  };
  const dataDir = mkdtempSync(join(tmpdir(), 'bezant-browser-'));
  let url = '';
  const server = await startServer({
    config: loadConfig({
      BEZANT_BIND: '127.0.0.1:0',
      BEZANT_ADMIN_BIND: '127.0.0.1:0',
      BEZANT_DATA_DIR: dataDir,
      BEZANT_DRIFT_SAMPLE: '0',
      IBKR_GATEWAY_URL: gatewayUrl,
    }),
    observe: (happening) => {
      if (happening.kind === 'started') url = happening.publicUrl;
    },
    clock,
    registry: createMetrics({ clock, version: 'test' }).registry,
    version: 'test',
    restartGateway: null,
  });
  return {
    url,
    async stop() {
      await server.stop(0);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
