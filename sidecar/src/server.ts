// Puts the parts together, starts them, and stops them in reverse.

import type { Registry } from '@prometheus-io/client';
import { startAdmin } from './admin.ts';
import { createApp } from './app.ts';
import { createCertificate } from './certificate.ts';
import { steadyClock, type Clock } from './clock.ts';
import type { Config } from './config.ts';
import { generatedFolder, loadContract } from './contract.ts';
import { GatewayCookies } from './cookies.ts';
import { createDocsPage } from './docs-page.ts';
import { createDrift, loadResponseChecks } from './drift.ts';
import { createGateway } from './gateway.ts';
import { parseGatewayUrl } from './gateway-url.ts';
import { createHostCheck } from './host-check.ts';
import { startListener } from './listener.ts';
import type { Observe } from './observe.ts';
import { createOpenapi } from './openapi.ts';
import { loadApiKeys } from './own-key.ts';
import { startFeed } from './events/feed.ts';
import { createMcpEndpoint } from './mcp/endpoint.ts';
import { answerBrokenRequest } from './request/broken-request.ts';
import { createContractRoutes } from './request/contract-routes.ts';
import { createEdge } from './request/edge.ts';
import { createFriendlyRoutes } from './request/friendly-routes.ts';
import { createKeys } from './request/keys.ts';
import { createPipeline } from './request/pipeline.ts';
import { writeProblem } from './request/problem.ts';
import { contractTargets, createRoutes, friendlyTargets } from './request/route.ts';
import { createSocketPeer } from './request/socket-peer.ts';
import { loadValidators } from './request/validate.ts';
import { createCompositeRoutes } from './routes/composite.ts';
import { createDebugRoutes } from './routes/debug.ts';
import { createHealthRoutes } from './routes/health.ts';
import { historyBySymbol } from './routes/history.ts';
import { createOpenRoutes, createOwnRoutes } from './routes/own.ts';
import { allPositions } from './routes/positions.ts';
import { createLoginPages } from './session/login/pages.ts';
import { createSession } from './session/session.ts';
import type { SessionStateName } from './session-state.ts';
import { formatAddress, type Address } from './setting-values.ts';
import type { RestartGateway } from './supervisor.ts';

/** States in which a call of ours would only be refused. */
const hopeless: ReadonlySet<SessionStateName> = new Set(['login-required', 'maintenance']);

export interface Server {
  /** Takes no more requests, lets those under way finish until the deadline. */
  stop(deadlineMs: number): Promise<{ drained: boolean }>;
}

export async function startServer(deps: {
  config: Config;
  observe: Observe;
  clock: Clock;
  registry: Registry;
  version: string;
  /** Null where nobody can restart the Gateway. */
  restartGateway: RestartGateway | null;
}): Promise<Server> {
  const { config, observe, clock } = deps;
  const userAgent = `bezant/${deps.version}`;
  const contract = loadContract();
  const validators = await loadValidators(generatedFolder);
  const identity = createCertificate({ config, clock, observe });
  const keys = loadApiKeys({
    config,
    announce: (key, file) =>
      process.stderr.write(`An API key was made, shown this once and kept in ${file}:\n${key}\n`),
  });

  const gateway = createGateway({
    url: parseGatewayUrl(config.gatewayUrl),
    cookies: new GatewayCookies(config.edgeCookiePrefixes),
    trust: { verify: config.verifyTls, caFile: config.gatewayCa, fingerprint: config.gatewayFingerprint },
    userAgent,
    timeoutMs: config.upstreamTimeoutSeconds * 1000,
    onStaleCookies: () => observe({ kind: 'cookies', what: 'stale-dropped' }),
  });
  const session = createSession({
    ...config,
    clock,
    observe,
    random: Math.random,
    restartGateway: deps.restartGateway,
    call: (operationId, json, signal) => pipeline.own(operationId, { json }, signal),
  });
  const pipeline = createPipeline({
    contract,
    validators,
    gateway,
    clock: steadyClock,
    observe,
    guard: config,
    pacing: {
      enforce: config.pacing === 'enforce',
      perSecond: config.pacingPerSecond,
      waitMs: config.pacingWaitSeconds * 1000,
      penaltyMs: config.penaltySeconds * 1000,
    },
    session: {
      epoch: () => session.epoch(),
      saw: (sighting) => session.saw(sighting),
      isUsable: () => !hopeless.has(session.state().name),
    },
    sample: createDrift({
      sampleOneIn: config.driftSample,
      load: () => loadResponseChecks(generatedFolder),
      observe,
    }),
  });

  const check = createHostCheck(config);
  const loginPages = createLoginPages({
    gateway,
    fingerprint: config.gatewayFingerprint,
    timeoutMs: config.upstreamTimeoutSeconds * 1000,
    publicUrl: config.publicUrl,
    session,
    observe,
  });

  const peer = createSocketPeer({ check, keys, readOnly: config.readOnly });
  const feed = await startFeed({
    config,
    gateway,
    userAgent,
    clock,
    steady: steadyClock,
    observe,
    session,
    random: Math.random,
    read: (operationId, query, signal) => pipeline.own(operationId, { query }, signal),
    door: {
      checkPeer: (request) => peer.check(request),
      mayTrade: (request) => peer.mayTrade(request),
      refuse: writeProblem,
    },
  });

  const mcp = createMcpEndpoint({
    folder: generatedFolder,
    contract,
    pipeline,
    session: {
      state: () => session.state(),
      epoch: () => session.epoch(),
      health: (signal) => session.health(signal),
      onChange: (listener) => session.onChange(listener),
      keepAlive: (signal) => pipeline.own('getSessionToken', {}, signal),
    },
    events: feed.journal,
    cookieValues: () => gateway.cookies.values(),
    clock,
    observe,
    allowOrders: config.mcpAllowOrders,
    readOnly: config.readOnly,
    publicUrl: config.publicUrl,
    deadlineMs: config.requestTimeoutSeconds * 1000,
    version: deps.version,
  });

  let stopping = false;
  const health = createHealthRoutes(session);
  const composites = [allPositions({ contract }), historyBySymbol({ contract })];
  const app = createApp(
    {
      edge: createEdge({
        check,
        observe,
        maxConcurrency: config.maxConcurrency,
        timeoutMs: config.requestTimeoutSeconds * 1000,
        isStopping: () => stopping,
      }),
      open: createOpenRoutes({ health, docs: createDocsPage() }),
      keys: createKeys(keys),
      own: createOwnRoutes({
        health,
        openapi: createOpenapi({
          folder: generatedFolder,
          operations: contract.operations,
          composed: composites,
          version: deps.version,
          asksForKeys: keys !== null,
        }),
        debug: createDebugRoutes({
          token: config.debugToken,
          gateway,
          call: (operationId, json, signal) => pipeline.own(operationId, { json }, signal),
        }),
      }),
      mcp: mcp.handle,
      events: feed.handle,
      composites: createCompositeRoutes({ composites, pipeline, gateway }),
      friendly: createFriendlyRoutes({ routes: createRoutes(friendlyTargets(contract)), pipeline, gateway }),
      contract: createContractRoutes({
        routes: createRoutes(contractTargets(contract)),
        pipeline,
        gateway,
        observe,
        passthrough: config.passthrough,
        readOnly: config.readOnly,
      }),
      loginPages: loginPages.handle,
    },
    observe,
  );

  const admin = await startAdmin({ ...health, bind: config.adminBind, registry: deps.registry, observe });
  const listener = await startListener({
    bind: config.bind,
    handler: app,
    upgrade: (request, socket, head) => feed.relay.upgrade(request, socket, head),
    brokenRequest: answerBrokenRequest,
    identity,
    observe,
  }).catch(async (error: unknown) => {
    await Promise.all([admin.stop(), feed.stop()]);
    throw error;
  });
  session.start();
  observe({
    kind: 'started',
    publicUrl: urlOf(listener.address),
    adminUrl: urlOf(admin.address),
    operations: contract.operations.length,
    readyMs: process.uptime() * 1000,
  });

  return {
    async stop(deadlineMs) {
      const endMs = performance.now() + deadlineMs;
      stopping = true;
      const [drained] = await Promise.all([listener.stop(deadlineMs), feed.stopReaders(), mcp.stop()]);
      await feed.stop();
      await session.stop();
      loginPages.stop();
      await gateway.stop(Math.max(0, endMs - performance.now()));
      await admin.stop();
      return drained;
    },
  };
}

const urlOf = (address: Address): string => `http://${formatAddress(address)}`;
