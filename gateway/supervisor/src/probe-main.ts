// bezant-probe URL: leaves with 0 when it answers 200, else with 1 and a line why. For health checks of images without curl;
// Docker expands nothing in them, so references as in a plan are expanded here.
import { askableUrl } from './address.ts';
import { expandAll } from './expand.ts';
import { isLoopback } from './loopback.ts';
import { probe } from './ready.ts';

const timeoutMs = 5_000;

const [text, ...rest] = process.argv.slice(2);
const url = text === undefined ? null : askableUrl(expandAll(text, process.env) as string);

async function failureOf(asked: string): Promise<string | null> {
  const insecure = isLoopback(new URL(asked).hostname);
  return probe({ url: asked, status: [200], timeoutMs, insecure }, new AbortController().signal);
}

let failure: string | null;
if (text === undefined || rest.length > 0) failure = 'usage: bezant-probe URL';
else if (url === null) failure = 'the URL must be an http or https one';
else failure = await failureOf(url);

if (failure !== null) process.stderr.write(`${failure}\n`);
process.exitCode = failure === null ? 0 : 1;
