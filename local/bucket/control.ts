/**
 * `/_ctl`: what a test or a developer turns and reads. Guarantees: a page of another site cannot reach
 * it (any `Origin` or cross-site fetch is refused).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RefusedError } from './answers.ts';
import type { World } from './bucket.ts';
import { faults, noFaults } from './faults.ts';

const maxBodyBytes = 4_096;

export async function control(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const site = request.headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'none' && site !== 'same-origin';
  if (isForeign || request.headers.origin !== undefined) throw new RefusedError(403, 'Forbidden');
  const url = new URL(request.url ?? '/', 'http://stand-in.invalid');
  switch (`${request.method ?? ''} ${url.pathname}`) {
    case 'GET /_ctl':
      json(response, {
        ...{ objects: world.shelf.list(), requests: world.requests, faults: world.faults },
      });
      return;
    case 'PATCH /_ctl/faults': {
      const parsed = faults.safeParse({ ...world.faults, ...(await bodyOf(request)) });
      if (!parsed.success) throw new RefusedError(400, 'InvalidRequest');
      world.faults = parsed.data;
      json(response, world.faults);
      return;
    }
    case 'DELETE /_ctl/faults':
      world.faults = noFaults();
      json(response, world.faults);
      return;
    case 'GET /_ctl/object':
      download(world, url.searchParams.get('key') ?? '', response);
      return;
    default:
      throw new RefusedError(404, 'NotFound');
  }
}

/** For a person who fetches a backup back without a client for S3. */
function download({ shelf }: World, key: string, response: ServerResponse): void {
  const kept = shelf.find(key);
  if (kept === null) throw new RefusedError(404, 'NoSuchKey');
  const name = (key.split('/').at(-1) ?? 'object').replace(/[^A-Za-z0-9._-]/g, '_');
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': kept.bytes,
    'content-disposition': `attachment; filename="${name}"`,
  });
  shelf.read(key).pipe(response);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBodyBytes) throw new RefusedError(413, 'InvalidRequest');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new RefusedError(400, 'InvalidRequest');
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(value));
}
