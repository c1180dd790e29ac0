/** Routes of deployments of functions and sites: upload, build again, list, get, download, delete. */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
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

class DeploymentHandlers {
  readonly #options: DeploymentRoutes;

  constructor(options: DeploymentRoutes) {
    this.#options = options;
  }

  #resourceId(context: RequestContext): string {
    return context.params[this.#options.idParam] ?? '';
  }

  #find(context: RequestContext): Stored<DeploymentRecord> {
    this.#options.source(context);
    const at = { resourceId: this.#resourceId(context), id: context.params['deploymentId'] ?? '' };
    return this.#options.deployments.require(this.#options.kind, context.project.id, at);
  }

  #begin(context: RequestContext, sourceSize: number): Stored<DeploymentRecord> {
    const activate = params.optional(context.body, 'activate', params.boolean, false);
    return this.#insert(context, { activate, sourceSize, uploadTotal: sourceSize });
  }

  #insert(context: RequestContext, given: Partial<DeploymentRecord>): Stored<DeploymentRecord> {
    const source = this.#options.source(context);
    const document = this.#options.repositories.deployments.insert({
      projectId: context.project.id,
      parentId: parentOf(this.#options.kind, this.#resourceId(context)),
      id: newId(),
      data: {
        ...deploymentDefaults(),
        ...source,
        resourceType: this.#options.kind,
        resourceId: this.#resourceId(context),
        ...given,
      },
    });
    this.#options.deployments.announce(document);
    return document;
  }

  async #upload(context: RequestContext): Promise<Answer> {
    this.#options.source(context);
    const chunk = readChunk(context);
    const present =
      chunk.uploadId === ''
        ? this.#begin(context, chunk.total)
        : this.#options.deployments.require(this.#options.kind, context.project.id, {
            resourceId: this.#resourceId(context),
            id: chunk.uploadId,
          });
    if (isComplete(present.data.chunks, present.data.uploadTotal)) {
      throw new AppwriteError('build_already_completed');
    }
    if (present.data.uploadTotal !== chunk.total) {
      throw new AppwriteError('storage_invalid_content_range');
    }
    await storeChunk(this.#options.deployments.archive(present), chunk);
    return { status: 202, body: presentDeployment(this.#received(present, chunk)) };
  }

  /** Reads the record again: chunks of one upload may be stored side by side. */
  #received(present: Stored<DeploymentRecord>, chunk: Chunk): Stored<DeploymentRecord> {
    const { projectId, id } = present;
    const before = this.#options.repositories.deployments.get(projectId, id);
    if (before === undefined) throw new AppwriteError('deployment_not_found');
    const chunks = withChunk(before.data.chunks, chunk);
    const updated =
      this.#options.repositories.deployments.update(projectId, id, { chunks }) ?? before;
    const wasComplete = isComplete(before.data.chunks, chunk.total);
    if (!wasComplete && isComplete(chunks, chunk.total)) this.#options.deployments.build(updated);
    return updated;
  }

  /** The same code built again with what its resource says now, active as soon as it is ready. */
  async #duplicate(context: RequestContext): Promise<Answer> {
    const { kind, deployments } = this.#options;
    const id = params.required(context.body, 'deploymentId', params.uid);
    this.#options.source(context);
    const at = { resourceId: this.#resourceId(context), id };
    const { data, ...old } = deployments.require(kind, context.project.id, at);
    if (!isComplete(data.chunks, data.uploadTotal)) throw new AppwriteError('deployment_not_found');
    const { chunks, sourceSize, uploadTotal } = data;
    const made = this.#insert(context, { activate: true, chunks, sourceSize, uploadTotal });
    const archive = deployments.archive(made);
    await mkdir(path.dirname(archive), { recursive: true });
    await copyFile(deployments.archive({ data, ...old }), archive);
    deployments.build(made);
    return { status: 202, body: presentDeployment(made) };
  }

  #list(context: RequestContext): Answer {
    this.#options.source(context);
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const scope = {
      projectId: context.project.id,
      parentId: parentOf(this.#options.kind, this.#resourceId(context)),
    };
    const search = searchCondition(context.query.get('search') ?? '');
    const found = this.#options.repositories.deployments.list(scope, listing, [search]);
    const body = { total: found.total, deployments: found.documents.map(presentDeployment) };
    return { status: 200, body };
  }

  async #download(context: RequestContext): Promise<Answer> {
    const deployment = this.#find(context);
    await this.#options.deployments.archiveSize(deployment);
    return {
      status: 200,
      body: await readFile(this.#options.deployments.archive(deployment)),
      headers: {
        'content-type': 'application/gzip',
        'content-disposition': `attachment; filename="${deployment.id}-source.tar.gz"`,
        'cache-control': 'private, max-age=3888000',
      },
    };
  }

  async #show(context: RequestContext): Promise<Answer> {
    await this.#options.deployments.settle(this.#find(context).id);
    return { status: 200, body: presentDeployment(this.#find(context)) };
  }

  async #remove(context: RequestContext): Promise<Answer> {
    await this.#options.deployments.remove(this.#find(context));
    return { status: 204 };
  }

  routes(): readonly Route[] {
    const { kind, idParam, read, write } = this.#options;
    const all = `/${kind}/:${idParam}/deployments`;
    const one = `${all}/:deploymentId`;
    const download = (context: RequestContext): Promise<Answer> => this.#download(context);
    const duplicate = (context: RequestContext): Promise<Answer> => this.#duplicate(context);
    return [
      { method: 'POST', path: all, scope: write, handler: (context) => this.#upload(context) },
      { method: 'POST', path: `${all}/duplicate`, scope: write, handler: duplicate },
      { method: 'GET', path: all, scope: read, handler: (context) => this.#list(context) },
      { method: 'GET', path: one, scope: read, handler: (context) => this.#show(context) },
      { method: 'GET', path: `${one}/download`, scope: read, handler: download },
      { method: 'DELETE', path: one, scope: write, handler: (context) => this.#remove(context) },
    ];
  }
}

export function createDeploymentRoutes(options: DeploymentRoutes): readonly Route[] {
  return new DeploymentHandlers(options).routes();
}
