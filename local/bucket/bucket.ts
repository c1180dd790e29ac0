/**
 * A stand-in for S3-compatible storage with one bucket: listens on loopback, closes completely.
 * It keeps, gives and removes single objects by path style, for requests that are signed with its one
 * pair of keys; it lists nothing, knows no parts, versions, ACLs, policies, presigned addresses or
 * virtual hosts (README.md).
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { control } from './control.ts';
import type { Faults } from './faults.ts';
import { noFaults } from './faults.ts';
import { answerXml, frontPage, RefusedError } from './answers.ts';
import { ObjectShelf, TooMuchError } from './shelf.ts';
import type { Kept } from './shelf.ts';
import { refusalOf } from './sigv4.ts';
import type { Keys } from './sigv4.ts';

export interface BucketOptions {
  /** 0 picks a free port. */
  readonly port: number;
  /** Holds the objects; made when missing. */
  readonly dataDir: string;
  readonly name: string;
  readonly keys: Keys;
  readonly now?: () => number;
}

export interface RunningBucket {
  /** The endpoint, and `/_ctl`. */
  readonly listening: string;
  readonly close: () => Promise<void>;
}

export interface World {
  readonly options: BucketOptions;
  readonly shelf: ObjectShelf;
  faults: Faults;
  /** `METHOD status`, in order, at most the last 500. */
  readonly requests: string[];
}

const maxRequests = 500;
/** Of an upload of the largest object on a slow disk. */
const requestTimeoutMs = 10 * 60_000;

export async function createBucket(options: BucketOptions): Promise<RunningBucket> {
  const world: World = {
    options,
    shelf: new ObjectShelf(options.dataDir),
    faults: noFaults(),
    requests: [],
  };
  const server = createServer((request, response) => void answer(world, request, response));
  server.requestTimeout = requestTimeoutMs;
  server.maxConnections = 64;
  return { listening: await listen(server, options.port), close: () => stop(server) };
}

async function answer(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path.startsWith('/_ctl')) await control(world, request, response);
    else if (path === '/' && request.method === 'GET') frontPage(world, response);
    else await serve(world, request, response);
  } catch (error) {
    if (!(error instanceof RefusedError)) throwAway(error, response);
    else answerXml(request, response, error);
  } finally {
    world.requests.push(`${request.method ?? ''} ${response.statusCode}`);
    if (world.requests.length > maxRequests) world.requests.shift();
  }
}

/** The other side went away, or this one has a fault that no client should take for S3's. */
function throwAway(error: unknown, response: ServerResponse): void {
  const { code } = error as NodeJS.ErrnoException;
  const isGone = code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET';
  if (!isGone) process.stderr.write(`bucket stand-in failed: ${String(error)}\n`);
  response.destroy();
}

async function serve(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { options, faults } = world;
  const { method = '', url: target = '/', headers } = request;
  if (faults.slowMs > 0) await wait(request, faults.slowMs);
  if (faults.moved) throw new RefusedError(301, 'PermanentRedirect');
  const asked = { method, target, headers };
  const refusal = refusalOf(asked, options.keys, (options.now ?? Date.now)());
  if (refusal !== null) {
    const status = refusal === 'AuthorizationHeaderMalformed' ? 400 : 403;
    throw new RefusedError(status, refusal);
  }
  const [, bucket = '', ...rest] = target.split('?')[0]?.split('/').map(decodeURIComponent) ?? [];
  const key = rest.join('/');
  if (bucket !== options.name) throw new RefusedError(404, 'NoSuchBucket');
  if (faults.denied) throw new RefusedError(403, 'AccessDenied');
  if (target.includes('?')) throw new RefusedError(501, 'NotImplemented');
  if (!world.shelf.isName(key)) throw new RefusedError(400, 'KeyTooLongError');
  if (method === 'PUT') return put(world, { request, response, key });
  if (method === 'DELETE') return remove(world, { response, key });
  const kept = world.shelf.find(key);
  if (kept === null) throw new RefusedError(404, 'NoSuchKey');
  if (method !== 'GET' && method !== 'HEAD') throw new RefusedError(405, 'MethodNotAllowed');
  const head = { 'content-length': kept.bytes, 'content-type': 'application/octet-stream' };
  response.writeHead(200, { ...head, 'last-modified': new Date(kept.at).toUTCString() });
  if (method === 'HEAD') response.end();
  else await send(world, response, kept);
}

interface Taken {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly key: string;
}

async function put({ shelf, faults }: World, { request, response, key }: Taken): Promise<void> {
  const said = request.headers['x-amz-content-sha256'] ?? '';
  if (request.headers['content-length'] === undefined) {
    throw new RefusedError(411, 'MissingContentLength');
  }
  if (typeof said !== 'string' || said.startsWith('STREAMING')) {
    throw new RefusedError(501, 'NotImplemented');
  }
  if (faults.full) throw new RefusedError(507, 'XMinioStorageFull');
  if (faults.cutsOff) {
    request.once('data', () => request.destroy());
    return;
  }
  const sum = said === 'UNSIGNED-PAYLOAD' ? null : said;
  const isWhole = await shelf.put(key, request, sum).catch((error: unknown) => {
    throw error instanceof TooMuchError ? new RefusedError(400, 'EntityTooLarge') : error;
  });
  if (!isWhole) throw new RefusedError(400, 'XAmzContentSHA256Mismatch');
  response.writeHead(200).end();
}

async function remove(
  { shelf, faults }: World,
  { response, key }: Omit<Taken, 'request'>,
): Promise<void> {
  if (faults.keepsAll) throw new RefusedError(403, 'AccessDenied');
  await shelf.remove(key);
  response.writeHead(204).end();
}

async function send({ shelf, faults }: World, response: ServerResponse, kept: Kept): Promise<void> {
  let sent = 0;
  for await (const read of shelf.read(kept.key)) {
    const chunk = read as Buffer;
    sent += chunk.length;
    const isLast = sent === kept.bytes;
    if (isLast && faults.cutsOff) break;
    if (isLast && faults.rots) chunk[chunk.length - 1] = (chunk.at(-1) ?? 0) ^ 1;
    if (response.destroyed) return;
    if (!response.write(chunk))
      await new Promise((go) => response.once('drain', go).once('close', go));
  }
  if (faults.cutsOff) response.destroy();
  else response.end();
}

/** Ends early when the caller hangs up. */
async function wait(request: IncomingMessage, durationMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      request.socket.off('close', finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    request.socket.once('close', finish);
  });
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
