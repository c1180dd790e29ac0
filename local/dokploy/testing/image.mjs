// A tiny image for tests: `serve` listens and answers what it sees, `once` writes and ends.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

const [mode, ...rest] = process.argv.slice(2);
// In a container the ingress comes from outside; as a process everything is loopback.
const { DATA_DIR, PORT, GREETING, ADDRESS = '127.0.0.1' } = process.env;

if (mode === 'once' || mode === 'bootstrap') {
  const runs = join(DATA_DIR, 'runs');
  const count = existsSync(runs) ? Number(readFileSync(runs, 'utf8')) : 0;
  writeFileSync(runs, String(count + 1));
  console.log(`bootstrapped ${count + 1}`);
  process.exit(Number(rest[0] ?? 0));
}
// As an entrypoint does: a script of the stack is run in place of the program. Any other word is not.
if (rest[0] === 'sh') {
  const shell = spawn('sh', rest.slice(1), { stdio: 'inherit' });
  process.on('SIGTERM', () => shell.kill());
  shell.on('exit', (code) => process.exit(code ?? 0));
  await new Promise(() => {});
}
if (mode === 'stubborn') {
  process.on('SIGTERM', () => console.log('not yet'));
  // One child in the same group, one that leaves it.
  for (const detached of [false, true]) {
    spawn('sleep', ['600'], { detached, stdio: 'ignore' });
  }
}

const server = createServer((request, response) => {
  if (['/healthz', '/startupz', '/agent/healthz'].includes(request.url)) {
    response.writeHead(process.env.SICK === '1' ? 503 : 200).end('ok');
    return;
  }
  if (request.url === '/crash') process.exit(3);
  if (request.url === '/whoami') {
    response.end(request.socket.remoteAddress.replace('::ffff:', ''));
    return;
  }
  if (request.url.startsWith('/seen-by/')) {
    fetch(`http://${request.url.slice('/seen-by/'.length)}/whoami`)
      .then((answer) => answer.text())
      .then((text) => response.end(text))
      .catch(() => response.writeHead(502).end());
    return;
  }
  if (request.url.startsWith('/reach/')) {
    const [host, port] = request.url.slice('/reach/'.length).split(':');
    const socket = connect({ host, port: Number(port), timeout: 1_500 });
    const answer = (text) => {
      socket.destroy();
      if (!response.writableEnded) response.end(text);
    };
    socket.on('connect', () => answer('reached'));
    socket.on('timeout', () => answer('silence'));
    socket.on('error', (error) => answer(error.code));
    return;
  }
  const runs = readFileSync(join(DATA_DIR, 'runs'), 'utf8');
  const body = { greeting: GREETING, runs, headers: request.headers, env: process.env };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n' +
      `sec-websocket-accept: ${accept}\r\n\r\n`,
  );
  socket.write(Buffer.from([0x81, 5, ...Buffer.from('hello')]));
});
server.listen(Number(PORT), ADDRESS, () => console.log(`listening, pid ${process.pid}`));
