/** Answers requests for a site's host from the files of its active deployment. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { AppwriteError } from '../kernel/errors.ts';
import type { Deployments } from '../functions/deployments.ts';
import type { Repositories } from '../functions/repositories.ts';
import type { DomainTarget } from '../proxy/domains.ts';
import {
  cacheControl,
  chooseVariant,
  contentTypeOf,
  etagOf,
  findFile,
  indexSite,
  readSiteFile,
} from './files.ts';
import type { Found, SiteIndex, Variant } from './files.ts';

export interface SiteServerOptions {
  readonly repositories: Repositories;
  readonly deployments: Deployments;
}

/** Indexes of deployments that were asked for lately. */
const MAX_INDEXES = 16;

/** The output folder, or the build folder where the given one would leave it. */
export function outputRoot(folder: string, outputDirectory: string): string {
  const root = path.resolve(folder, outputDirectory === '' ? '.' : `./${outputDirectory}`);
  return root === folder || root.startsWith(folder + path.sep) ? root : folder;
}

function matchesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: { readonly found: Exclude<Found, { status: 308 }>; readonly variant: Variant },
): Promise<void> {
  const { found, variant } = answer;
  const bytes = await readSiteFile(variant.entry);
  const etag = await etagOf(variant.entry, bytes);
  response.setHeader('content-type', contentTypeOf(found.urlPath));
  response.setHeader('cache-control', cacheControl(found.urlPath));
  response.setHeader('etag', etag);
  response.setHeader('x-content-type-options', 'nosniff');
  if (variant.varies) response.setHeader('vary', 'accept-encoding');
  if (found.status === 200 && matchesTag(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  if (variant.encoding !== undefined) response.setHeader('content-encoding', variant.encoding);
  response.setHeader('content-length', bytes.length);
  response.writeHead(found.status);
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

export function createSiteServer(
  options: SiteServerOptions,
): (request: IncomingMessage, response: ServerResponse, target: DomainTarget) => Promise<void> {
  const { repositories, deployments } = options;
  const indexes = new Map<string, Promise<SiteIndex>>();

  function indexOf(root: string): Promise<SiteIndex> {
    const present = indexes.get(root);
    if (present !== undefined) return present;
    const made = indexSite(root);
    indexes.set(root, made);
    const [oldest] = indexes.keys();
    if (indexes.size > MAX_INDEXES && oldest !== undefined) indexes.delete(oldest);
    return made;
  }

  return async (request, response, target) => {
    const site = repositories.sites.get(target.projectId, target.resourceId);
    if (site?.data.enabled !== true) throw new AppwriteError('rule_not_found');
    const deployment = repositories.deployments.get(site.projectId, site.data.deploymentId);
    if (deployment?.data.status !== 'ready') throw new AppwriteError('deployment_not_found');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const folder = deployments.folder(deployment);
    const index = await indexOf(outputRoot(folder, deployment.data.outputDirectory));
    const found = findFile(index, request.url ?? '/', site.data.fallbackFile);
    if (found?.status === 308) {
      response.writeHead(308, { location: found.location }).end();
      return;
    }
    const acceptEncoding = request.headers['accept-encoding'] ?? '';
    const variant = found && chooseVariant(index, found.urlPath, acceptEncoding);
    if (found === undefined || variant === undefined) {
      throw new AppwriteError('general_route_not_found', 'There is no such page.', 404);
    }
    await send(request, response, { found, variant });
  };
}
