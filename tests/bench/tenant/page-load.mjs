// The Control UI's first page and everything it names, several times, once straight from the gateway
// and once through the agent, in turns. Runs inside the agent's container, so plain JavaScript.
//   node --input-type=module -e "$(cat page-load.mjs)" <rounds> <side as JSON> <side as JSON>
// A side is {host, port, headers}; prints a list of milliseconds a side, as JSON.
import { Agent, request } from 'node:http';

const [rounds = '1', ...sideTexts] = process.argv.slice(1);
const sides = sideTexts.map((text) => JSON.parse(text));

const get = (agent, side, path) =>
  new Promise((resolve, reject) => {
    const { host, port, headers } = side;
    const call = request({ host, port, path, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(parts).toString('utf8'));
        else reject(new Error(`${path}: ${answer.statusCode}`));
      });
    });
    call.on('error', reject);
    call.end();
  });

/** As a browser asks: six at a time on living connections. */
async function load(side) {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  const startedMs = performance.now();
  const page = await get(agent, side, '/ui/');
  const named = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1]);
  const paths = new Set(named.map((path) => new URL(path, 'http://x/ui/').pathname));
  if (paths.size === 0) throw new Error('the page names nothing');
  await Promise.all([...paths].map((path) => get(agent, side, path)));
  agent.destroy();
  return performance.now() - startedMs;
}

const times = sides.map(() => []);
for (const side of sides) await load(side);
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [index, side] of sides.entries()) times[index].push(await load(side));
}
console.log(JSON.stringify(times));
