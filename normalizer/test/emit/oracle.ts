// express-openapi-validator as a second opinion on requests: an Express server that answers 200 to what it finds valid.

import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import express, { type NextFunction, type Request, type Response } from 'express';
import * as openapiValidator from 'express-openapi-validator';
import { list } from '../../src/document.ts';
import { plainJson, type Json, type JsonObject } from '../../src/json.ts';
import { idOf, type Operation } from '../../src/operation.ts';
import { follow } from '../../src/pointer.ts';
import { jsonMedia, type Asked } from './requests.ts';

export interface Oracle {
  /** 200, or the status of the refusal with its reason */
  readonly judge: (asked: Asked) => Promise<{ readonly status: number; readonly reason: string }>;
  readonly stop: () => Promise<void>;
}

type Options = Parameters<typeof openapiValidator.middleware>[0];

/** Each operation stands at a path of its own, `/operationId/{parameter}`: values are judged here, not routing. */
export async function startOracle(
  document: JsonObject,
  operations: readonly Operation[],
  coerceTypes: false | 'array',
): Promise<Oracle> {
  const paths: JsonObject = {};
  for (const operation of operations)
    paths[template(operation)] = { [operation.method]: bare(document, operation) };
  const { info = {}, components = {} } = document;
  const app = express();
  app.use(express.json({ strict: false }));
  app.use(
    openapiValidator.middleware({
      apiSpec: plainJson({ openapi: '3.1.0', info, paths, components }) as Options['apiSpec'],
      validateApiSpec: false,
      validateSecurity: false,
      validateRequests: { allowUnknownQueryParameters: true, coerceTypes },
    }),
  );
  app.use((_request: Request, response: Response) => {
    response.sendStatus(200);
  });
  app.use((error: Error & { status?: number }, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else response.status(error.status ?? 500).send(error.message);
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  return {
    judge: (asked) => send(agent, port, asked),
    async stop() {
      agent.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function template(operation: Operation): string {
  const names = [...operation.path.matchAll(/\{(.+?)\}/g)].map(([placeholder]) => placeholder);
  return ['', idOf(operation), ...names].join('/');
}

/** Without what our validators leave alone: credentials, headers, and bodies that are signed or plain text. */
function bare(document: JsonObject, operation: Operation): Json {
  const { requestBody, responses = {} } = operation.node;
  const parameters = [...list(operation.item, 'parameters'), ...list(operation.node, 'parameters')];
  return {
    responses,
    parameters: parameters.filter((parameter) => follow(document, parameter)?.['in'] !== 'header'),
    ...(requestBody !== undefined && jsonMedia(document, operation) !== undefined && { requestBody }),
  };
}

async function send(agent: Agent, port: number, { operation, path, query, body }: Asked) {
  const joined = (value: string | readonly string[] = ''): string =>
    encodeURIComponent([value].flat().join(','));
  const filled = template(operation).replaceAll(/\{(.+?)\}/g, (_, name: string) => joined(path[name]));
  const search = Object.entries(query).map(([name, value]) => `${name}=${joined(value)}`);
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const call = request({
    agent,
    port,
    host: '127.0.0.1',
    method: operation.method.toUpperCase(),
    path: `${filled}?${search.join('&')}`,
    headers:
      bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length },
  });
  const answered = once(call, 'response');
  call.end(bytes);
  const [answer] = (await answered) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, reason: await text(answer) };
}
