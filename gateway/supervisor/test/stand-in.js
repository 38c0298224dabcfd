// A process to supervise. Its one argument is JSON: how it behaves. Every start prints its pid, so that a test can tell
// whether anything is left of it.
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

const behaviour = JSON.parse(process.argv[2] ?? '{}');
console.log(`pid=${process.pid}`);

// Starts are counted in a file: one character each.
let starts = 1;
if (behaviour.startsFile !== undefined) {
  appendFileSync(behaviour.startsFile, '.');
  starts = readFileSync(behaviour.startsFile, 'utf8').length;
}
console.log(`start ${starts}`);
if (behaviour.crash !== undefined && starts <= behaviour.crash.times) {
  console.error('about to crash');
  process.exit(behaviour.crash.code);
}

process.on('SIGTERM', () => {
  console.log('got TERM');
  if (!behaviour.ignoresTerm) process.exit(behaviour.termCode ?? 0);
});

// Asks over the channel to the supervisor, one thing after the other, and says what it was answered.
for (const ask of behaviour.asks ?? []) process.send(ask);
if (behaviour.asks !== undefined)
  process.on('message', (answer) => console.log(`answer ${JSON.stringify(answer)}`));

if (behaviour.helper) {
  // Stays in the group, ignores TERM, and would survive its parent.
  const forever =
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('pid=' + process.pid);";
  spawn(process.execPath, ['-e', forever], { stdio: ['ignore', 'inherit', 'inherit'] });
}

let asked = 0;
const answer = (request, response) => {
  asked += 1;
  if (starts === 1 && behaviour.hangsAfter !== undefined && asked > behaviour.hangsAfter) {
    console.log('hanging');
    return;
  }
  response.statusCode = asked <= (behaviour.unreadyAnswers ?? 0) ? 503 : (behaviour.status ?? 200);
  console.log(`answering ${response.statusCode}`);
  response.end('{}');
};
const server = behaviour.tls === undefined ? createServer(answer) : createTlsServer(behaviour.tls, answer);
server.listen(behaviour.port ?? 0, '127.0.0.1', () => console.log('listening'));
