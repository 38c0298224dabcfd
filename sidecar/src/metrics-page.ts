// GET /metrics, as text or as OpenMetrics, whichever the scraper asks for.

import { Registry } from '@prometheus-io/client';
import type { IncomingMessage, ServerResponse } from 'node:http';

export async function metricsPage(
  registry: Registry,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const isOpen = /\bapplication\/openmetrics-text\b/i.test(request.headers.accept ?? '');
  try {
    const text = await registry.metrics();
    const body = Buffer.from(isOpen ? toOpenMetrics(text) : text);
    response.writeHead(200, {
      'content-type': isOpen ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE,
      'content-length': body.length,
      vary: 'Accept',
    });
    response.end(body);
  } catch {
    response.writeHead(500).end();
  }
}

/**
 * The library's own OpenMetrics output renames the counters for good, so that the next scrape as text finds them without
 * `_total` (0.16.1). The formats differ in little: a counter's family has no suffix, no blank lines, and an end mark.
 */
export function toOpenMetrics(text: string): string {
  const counters = new Set([...text.matchAll(/^# TYPE (\w+)_total counter$/gm)].map(([, name]) => name));
  const renamed = text.replace(/^# (HELP|TYPE) (\w+)_total /gm, (line, word: string, name: string) =>
    counters.has(name) ? `# ${word} ${name} ` : line,
  );
  return `${renamed.replace(/\n{2,}/g, '\n').replace(/ Nan$/gm, ' NaN')}# EOF\n`;
}
