// OpenClaw's own times, from the agent's place and without the agent: the very calls of a smoke on a
// connection of its own. Runs inside the agent's container, so plain JavaScript; prints milliseconds.
//   node --input-type=module -e "$(cat direct.mjs)" <ws url> <headers as JSON> <message>
import { randomUUID } from 'node:crypto';

const [url = '', headersText = '{}', message = ''] = process.argv.slice(1);
const startedMs = performance.now();
const socket = new WebSocket(url, { headers: JSON.parse(headersText) });
const waiting = new Map();
const challenged = Promise.withResolvers();
socket.addEventListener('error', () => process.exit(3));
socket.addEventListener('message', ({ data }) => {
  const frame = JSON.parse(data);
  if (frame.event === 'connect.challenge') challenged.resolve();
  if (frame.type !== 'res' || frame.payload?.status === 'accepted') return;
  waiting.get(frame.id)?.(frame);
});

const call = (method, params) =>
  new Promise((resolve) => {
    const id = randomUUID();
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ type: 'req', id, method, params }));
  });

await challenged.promise;
await call('connect', {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: 'gateway-client', version: '1', platform: 'linux', mode: 'backend' },
  role: 'operator',
  scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.pairing'],
});
await call('models.authStatus', {});
const checked = await call('openclaw.setup.verify', {});
const sessionKey = `agent:main:smoke-${randomUUID()}`;
const turn = await call('agent', {
  ...{ message, sessionKey, agentId: 'main', deliver: false },
  ...{ idempotencyKey: randomUUID(), timeout: 120 },
});
await call('sessions.delete', { key: sessionKey });
if (!checked.payload?.ok || turn.payload?.status !== 'ok') process.exit(4);
console.log(performance.now() - startedMs);
process.exit(0);
