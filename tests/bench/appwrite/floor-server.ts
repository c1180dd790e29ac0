/**
 * What is left of the server when everything is left out: the same HTTP and WebSocket libraries
 * answer the bench with prepared bytes, and every write is one page written and synced, together
 * with those of the same turn. It keeps nothing, checks nothing and knows nobody; what it takes, nothing on this machine can save.
 * Prints `{"listening": <port>}`; its one argument is a folder on the disk to be measured.
 */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import { channelsOf, realtimeEvents } from '#local/appwrite/tablesdb/events.ts';

const pageBytes = 4096;
const page = Buffer.alloc(pageBytes, 1);
const file = openSync(join(process.argv[2] ?? '.', 'floor-server'), 'w');
writeSync(file, page);

const unsynced: (() => void)[] = [];

function synced(work: () => void): void {
  writeSync(file, page, 0, pageBytes, 0);
  if (unsynced.push(work) > 1) return;
  setImmediate(() => {
    fdatasyncSync(file);
    for (const one of unsynced.splice(0)) one();
  });
}

const row = { $id: 'row', owner: 'user1', status: 'paid', amount: 1, note: 'x'.repeat(80) };
const rows = JSON.stringify({ total: 25, rows: Array.from({ length: 25 }, () => row) });
const ids = ['database', 'table', 'row'] as const;
/** As many bytes as a real event has. */
const told = { events: realtimeEvents(ids, 'update'), channels: channelsOf(ids, 'update') };
/** Tables, functions and deployments in one: whatever is asked for, it is ready. */
const ready = JSON.stringify({
  $id: 'floor',
  version: 'floor',
  status: 'ready',
  deploymentId: 'floor',
  columns: [{ status: 'available' }],
  indexes: [{ status: 'available' }],
});
const execution = JSON.stringify({ status: 'completed', responseStatusCode: 200, duration: 0 });

const listeners = new Map<string, Set<WebSocket>>();
const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });

function publish(path: string, payload: unknown): void {
  const [, , database, , table, , id = ''] = path.slice(1).split('/');
  const channel = `tablesdb.${database}.tables.${table}.rows`;
  const hearing = [channel, `${channel}.${id}`].flatMap((name) => [...(listeners.get(name) ?? [])]);
  if (hearing.length === 0) return;
  const data = { ...told, timestamp: '', payload, subscriptions: ['floor'] };
  const frame = Buffer.from(JSON.stringify({ type: 'event', data }));
  for (const socket of hearing) socket.send(frame, { binary: false });
}

const ofRows = (path: string): boolean => /\/tables\/[^/]+\/rows(\/|$)/.test(path);

function read(path: string): string {
  if (!ofRows(path)) return ready;
  return path.endsWith('/rows') ? rows : JSON.stringify(row);
}

function written(path: string, body: string): string {
  if (path.endsWith('/executions')) return execution;
  const { data } = JSON.parse(body || '{}') as { data?: unknown };
  publish(path, data);
  return JSON.stringify({ ...row, ...(data ?? {}) });
}

function send(response: ServerResponse, text: string): void {
  const bytes = Buffer.from(text);
  const headers = { 'content-type': 'application/json', 'content-length': bytes.length };
  response.writeHead(200, headers).end(bytes);
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [path = ''] = (request.url ?? '').split('?');
    const body = Buffer.concat(chunks).toString();
    const writes = request.method !== 'GET' && (ofRows(path) || path.endsWith('/executions'));
    if (writes) synced(() => send(response, written(path, body)));
    else send(response, read(path));
  });
}

const server = createServer(serve);
server.on('upgrade', (request, wire, head) => {
  sockets.handleUpgrade(request, wire, head, (socket) => {
    const channel = new URL(request.url ?? '', 'ws://floor').searchParams.get('channels[]') ?? '';
    const hearing = listeners.get(channel) ?? new Set();
    listeners.set(channel, hearing.add(socket));
    socket.on('close', () => hearing.delete(socket));
    socket.send('{"type":"connected","data":{}}');
  });
});
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ listening: (server.address() as AddressInfo).port }));
});
process.once('SIGTERM', () => {
  closeSync(file);
  process.exit(0);
});
