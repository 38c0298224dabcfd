// An answer on its way to the caller: status and bytes as they came, headers reduced.

import type { Response } from 'express';
import type { GatewayAnswer } from '../gateway.ts';
import type { GatewayUrl } from '../gateway-url.ts';
import { answerHeaders } from './headers.ts';

export function forward(response: Response, answer: GatewayAnswer, gateway: GatewayUrl): void {
  if (response.destroyed) return;
  const headers = answerHeaders(answer, gateway);
  const bodiless = answer.status === 204 || answer.status === 304;
  if (!bodiless) headers['content-length'] = String(answer.body.length);
  response.writeHead(answer.status, headers);
  response.end(bodiless ? undefined : answer.body);
}
