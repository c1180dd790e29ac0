/** Routes of deployments, the same for functions and sites: upload, list, get, download, delete. */
import { readFile } from 'node:fs/promises';
import { AppwriteError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import * as params from '../kernel/params.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import type { Deployments, ResourceKind } from './deployments.ts';
import { parentOf } from './deployments.ts';
import type { Stored } from './documents.ts';
import { parseListing, searchCondition } from './listing.ts';
import { deploymentDefaults } from './model.ts';
import type { DeploymentRecord } from './model.ts';
import { presentDeployment } from './present.ts';
import type { Repositories } from './repositories.ts';
import { isComplete, readChunk, storeChunk, withChunk } from './uploads.ts';
import type { Chunk } from './uploads.ts';

const LIST_ATTRIBUTES = [
  'status',
  'activate',
  'buildSize',
  'sourceSize',
  'buildDuration',
  'entrypoint',
  'resourceId',
];

export interface DeploymentRoutes {
  readonly kind: ResourceKind;
  readonly idParam: string;
  readonly read: string;
  readonly write: string;
  readonly repositories: Repositories;
  readonly deployments: Deployments;
  /** What the upload's fields and the resource make of it; throws without such a resource. */
  readonly source: (context: RequestContext) => Partial<DeploymentRecord>;
}

export function createDeploymentRoutes(options: DeploymentRoutes): readonly Route[] {
  const { kind, repositories, deployments } = options;
  const all = `/${kind}/:${options.idParam}/deployments`;
  const one = `${all}/:deploymentId`;
  const resourceId = (context: RequestContext): string => context.params[options.idParam] ?? '';

  function find(context: RequestContext): Stored<DeploymentRecord> {
    options.source(context);
    const at = { resourceId: resourceId(context), id: context.params['deploymentId'] ?? '' };
    return deployments.require(kind, context.project.id, at);
  }

  function begin(context: RequestContext, chunk: Chunk): Stored<DeploymentRecord> {
    const source = options.source(context);
    const document = repositories.deployments.insert({
      projectId: context.project.id,
      parentId: parentOf(kind, resourceId(context)),
      id: newId(),
      data: {
        ...deploymentDefaults(),
        ...source,
        resourceType: kind,
        resourceId: resourceId(context),
        activate: params.optional(context.body, 'activate', params.boolean, false),
        sourceSize: chunk.total,
        uploadTotal: chunk.total,
      },
    });
    deployments.announce(document);
    return document;
  }

  async function upload(context: RequestContext): Promise<Answer> {
    options.source(context);
    const chunk = readChunk(context);
    const present =
      chunk.uploadId === ''
        ? begin(context, chunk)
        : deployments.require(kind, context.project.id, {
            resourceId: resourceId(context),
            id: chunk.uploadId,
          });
    if (isComplete(present.data.chunks, present.data.uploadTotal)) {
      throw new AppwriteError('build_already_completed');
    }
    if (present.data.uploadTotal !== chunk.total) {
      throw new AppwriteError('storage_invalid_content_range');
    }
    await storeChunk(deployments.archive(present), chunk);
    return { status: 202, body: presentDeployment(received(present, chunk)) };
  }

  /** Reads the record again: chunks of one upload may be stored side by side. */
  function received(present: Stored<DeploymentRecord>, chunk: Chunk): Stored<DeploymentRecord> {
    const { projectId, id } = present;
    const before = repositories.deployments.get(projectId, id);
    if (before === undefined) throw new AppwriteError('deployment_not_found');
    const chunks = withChunk(before.data.chunks, chunk);
    const updated = repositories.deployments.update(projectId, id, { chunks }) ?? before;
    const wasComplete = isComplete(before.data.chunks, chunk.total);
    if (!wasComplete && isComplete(chunks, chunk.total)) deployments.build(updated);
    return updated;
  }

  function list(context: RequestContext): Answer {
    options.source(context);
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const scope = {
      projectId: context.project.id,
      parentId: parentOf(kind, resourceId(context)),
    };
    const search = searchCondition(context.query.get('search') ?? '');
    const found = repositories.deployments.list(scope, listing, [search]);
    const body = { total: found.total, deployments: found.documents.map(presentDeployment) };
    return { status: 200, body };
  }

  async function download(context: RequestContext): Promise<Answer> {
    const deployment = find(context);
    await deployments.archiveSize(deployment);
    return {
      status: 200,
      body: await readFile(deployments.archive(deployment)),
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': `attachment; filename="${deployment.id}-source.tar.gz"`,
        'cache-control': 'private, max-age=3888000',
      },
    };
  }

  return [
    { method: 'POST', path: all, scope: options.write, handler: upload },
    { method: 'GET', path: all, scope: options.read, handler: list },
    {
      method: 'GET',
      path: one,
      scope: options.read,
      async handler(context) {
        await deployments.settle(find(context).id);
        return { status: 200, body: presentDeployment(find(context)) };
      },
    },
    { method: 'GET', path: `${one}/download`, scope: options.read, handler: download },
    {
      method: 'DELETE',
      path: one,
      scope: options.write,
      async handler(context) {
        await deployments.remove(find(context));
        return { status: 204 };
      },
    },
  ];
}
