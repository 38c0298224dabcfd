// Clients of the real server, and of the simulated Gateway behind it.

import { createStages, type Stage as Servers } from '../../../sidecar/test/io/stages.ts';
import { createClient, type Client, type ClientOptions } from '../src/client.ts';

export { account, type Setting } from '../../../sidecar/test/io/stages.ts';

interface Direct {
  /** Of the Gateway itself, without bezant before it. */
  readonly direct: (options?: ClientOptions) => Client;
}

interface Through {
  /** Of bezant. */
  readonly client: (options?: ClientOptions) => Client;
}

export type Stage = Servers & Direct & Through;

export const { startGateway, startStage, sharedStage } = createStages<Direct, Through>({
  tls: false,
  direct: ({ url }) => ({
    direct: (options) => createClient({ baseUrl: url, server: 'gateway', ...options }),
  }),
  through: ({ url }) => ({ client: (options) => createClient({ baseUrl: url, ...options }) }),
});
