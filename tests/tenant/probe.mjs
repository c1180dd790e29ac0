// What somebody at this place sees of the gateway: one HTTP request and one WebSocket handshake that
// asks for all rights, both with the given headers. Runs inside containers, so plain JavaScript.
//   node --input-type=module -e "$(cat probe.mjs)" <host:port> <path> <headers as JSON>
const [place = '', path = '/', headersText = '{}'] = process.argv.slice(1);
const headers = JSON.parse(headersText);
const patienceMs = 4_000;

async function overHttp() {
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(`http://${place}${path}`, { headers, signal, redirect: 'manual' });
    const text = await response.text();
    return `${response.status} ${text.slice(0, 300)}`;
  } catch (error) {
    return `unreachable ${error.cause?.code ?? error.name}`;
  }
}

const hello = {
  type: 'req',
  id: 'probe',
  method: 'connect',
  params: {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: 'gateway-client', version: '1', platform: 'linux', mode: 'backend' },
    role: 'operator',
    scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.pairing'],
  },
};

function overSocket() {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${place}/ui`, { headers });
    const end = (seen) => {
      resolve(seen);
      socket.close();
    };
    setTimeout(() => end('unreachable timeout'), patienceMs).unref();
    socket.addEventListener('error', () => end('refused at the upgrade'));
    socket.addEventListener('close', ({ code, reason }) => end(`closed ${code} ${reason}`));
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.event === 'connect.challenge') socket.send(JSON.stringify(hello));
      if (frame.id !== 'probe') return;
      const scopes = frame.payload?.auth?.scopes ?? [];
      const code = frame.error?.details?.code ?? frame.error?.code;
      end(frame.ok ? `granted ${scopes.join(',')}` : `refused ${code}`);
    });
  });
}

console.log(JSON.stringify({ http: await overHttp(), socket: await overSocket() }));
process.exit(0);
