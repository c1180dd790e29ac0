/**
 * Deployments of functions and sites: files on disk, builds one after the other, activation.
 * A deployment becomes `ready` only when its unpacked code is complete on disk; one that was
 * being built when the server ended is `failed` after the next start.
 */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppwriteError } from '../kernel/errors.ts';
import { formatTime } from '../kernel/time.ts';
import type { Services } from '../kernel/types.ts';
import { BundleError, unpackBundle } from './bundle.ts';
import { runCommand } from './command.ts';
import type { Stored } from './documents.ts';
import type { DeploymentRecord, DeploymentStatus, FunctionRecord, SiteRecord } from './model.ts';
import { functionParent, siteParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';

export type ResourceKind = 'functions' | 'sites';
type Deployment = Stored<DeploymentRecord>;
type Source = Stored<FunctionRecord> | Stored<SiteRecord>;

const BUILD_TIMEOUT_MS = 900_000;
/** Beside the active one. The server keeps all of them by default. */
const KEPT_DEPLOYMENTS = 20;
const SETTLE_MS = 400;
const BUILD_FOLDER = 'build';
const ARCHIVE = 'code.tar.gz';

export const parentOf = (kind: ResourceKind, id: string): string =>
  kind === 'functions' ? functionParent(id) : siteParent(id);

export interface DeploymentsOptions {
  readonly services: Services;
  readonly repositories: Repositories;
  /** Variables a build command sees. */
  readonly buildEnv: (deployment: Deployment) => Record<string, string>;
  /** The deployment's code goes away: nothing may run from it any more. */
  readonly released: (deploymentId: string) => Promise<void>;
}

export class Deployments {
  readonly #options: DeploymentsOptions;
  readonly #root: string;
  readonly #building = new Map<string, Promise<void>>();
  #builds: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(options: DeploymentsOptions) {
    this.#options = options;
    this.#root = path.resolve(options.services.settings.dataDir, 'deployments');
  }

  /** `.js` files are CommonJS here unless their own package.json says otherwise. */
  async start(): Promise<void> {
    await mkdir(this.#root, { recursive: true });
    await writeFile(path.join(this.#root, 'package.json'), '{"type":"commonjs"}\n');
    const interrupted = this.#options.repositories.deployments.where({
      sql: "json_extract(doc, '$.status') IN ('waiting', 'processing', 'building')",
      values: [],
    });
    for (const deployment of interrupted) {
      this.#set(deployment, 'failed', { buildLogs: 'The server ended during the build.' });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#builds;
  }

  folder(deployment: Deployment): string {
    return path.join(this.#home(deployment), BUILD_FOLDER);
  }

  archive(deployment: Deployment): string {
    return path.join(this.#home(deployment), ARCHIVE);
  }

  #home(deployment: Deployment): string {
    return path.join(this.#root, deployment.projectId, deployment.id);
  }

  require(kind: ResourceKind, projectId: string, at: DeploymentKey): Deployment {
    const found = this.#options.repositories.deployments.get(projectId, at.id);
    if (found?.parentId !== parentOf(kind, at.resourceId)) {
      throw new AppwriteError('deployment_not_found');
    }
    return found;
  }

  /** Queues the build; the answer to the upload does not wait for it. */
  build(deployment: Deployment): void {
    const done = this.#builds.then(async () => {
      if (this.#stopping.signal.aborted) return;
      try {
        await this.#build(deployment);
      } catch (error) {
        const reason = error instanceof BundleError ? error.message : 'The build failed.';
        this.#set(deployment, 'failed', { buildLogs: reason });
      }
      this.#building.delete(deployment.id);
    });
    this.#building.set(deployment.id, done);
    this.#builds = done;
  }

  /** Waits a moment for a build under way: who polls every three seconds then needs no second poll. */
  async settle(deploymentId: string): Promise<void> {
    const building = this.#building.get(deploymentId);
    if (building === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SETTLE_MS);
    });
    await Promise.race([building, limit]);
    clearTimeout(timer);
  }

  async #build(deployment: Deployment): Promise<void> {
    const startedAtMs = performance.now();
    this.#set(deployment, 'processing', {});
    const folder = this.folder(deployment);
    const buildSize = await unpackBundle(this.archive(deployment), folder);
    this.#set(deployment, 'building', { buildSize });
    const buildLogs = await this.#command(deployment, folder);
    const buildDuration = Math.ceil((performance.now() - startedAtMs) / 1000);
    const ready = this.#set(deployment, 'ready', { buildLogs, buildDuration });
    if (ready?.data.activate === true) this.#activate(ready);
    await this.#prune(deployment);
  }

  /** Every start of the product deploys again; without this the disk would fill. */
  async #prune(deployment: Deployment): Promise<void> {
    const { deployments } = this.#options.repositories;
    const active = this.#source(deployment)?.data.deploymentId;
    const old = deployments
      .children(deployment.projectId, deployment.parentId)
      .filter((one) => one.id !== active)
      .filter((one) => one.id === deployment.id || !this.#building.has(one.id))
      .slice(0, -KEPT_DEPLOYMENTS);
    for (const one of old) await this.remove(one);
  }

  async #command(deployment: Deployment, folder: string): Promise<string> {
    const command = deployment.data.commands.trim();
    if (command === '' || command === 'true') return '';
    const env = this.#options.buildEnv(deployment);
    const signal = this.#stopping.signal;
    const result = await runCommand({ command, folder, env, timeoutMs: BUILD_TIMEOUT_MS, signal });
    if (!result.ok) throw new BundleError(`${result.log}\nThe build command failed.`);
    return result.log;
  }

  #set(
    deployment: Deployment,
    status: DeploymentStatus,
    change: Partial<DeploymentRecord>,
  ): Deployment | undefined {
    const { repositories } = this.#options;
    const { projectId, id } = deployment;
    const updated = repositories.deployments.update(projectId, id, { ...change, status });
    const source = this.#source(deployment);
    if (source?.data.latestDeploymentId === id) {
      this.#updateSource(deployment, { latestDeploymentStatus: status });
    }
    return updated;
  }

  #source(deployment: Deployment): Source | undefined {
    const { functions, sites } = this.#options.repositories;
    const { resourceType, resourceId } = deployment.data;
    return (resourceType === 'functions' ? functions : sites).get(deployment.projectId, resourceId);
  }

  #updateSource(deployment: Deployment, change: Partial<FunctionRecord & SiteRecord>): void {
    const { functions, sites } = this.#options.repositories;
    const { resourceType, resourceId } = deployment.data;
    const table = resourceType === 'functions' ? functions : sites;
    table.update(deployment.projectId, resourceId, change);
  }

  /** Says that this is the newest deployment of its resource, whatever becomes of it. */
  announce(deployment: Deployment): void {
    this.#updateSource(deployment, {
      latestDeploymentId: deployment.id,
      latestDeploymentCreatedAt: formatTime(deployment.createdAtMs),
      latestDeploymentStatus: deployment.data.status,
    });
  }

  activate(kind: ResourceKind, projectId: string, at: DeploymentKey): void {
    const deployment = this.require(kind, projectId, at);
    if (deployment.data.status !== 'ready') throw new AppwriteError('build_not_ready');
    this.#activate(deployment);
  }

  #activate(deployment: Deployment): void {
    const { rules } = this.#options.repositories;
    this.#updateSource(deployment, {
      deploymentId: deployment.id,
      deploymentCreatedAt: formatTime(deployment.createdAtMs),
      live: true,
    });
    for (const rule of this.#rulesOf(deployment)) {
      rules.update(rule.projectId, rule.id, { deploymentId: deployment.id });
    }
  }

  #rulesOf(deployment: Deployment): readonly { readonly projectId: string; readonly id: string }[] {
    const type = deployment.data.resourceType === 'functions' ? 'function' : 'site';
    return this.#options.repositories.rules.where(
      ruleCondition(type, deployment.projectId, deployment.data.resourceId),
    );
  }

  removeRules(type: 'function' | 'site', projectId: string, resourceId: string): void {
    const { rules } = this.#options.repositories;
    for (const rule of rules.where(ruleCondition(type, projectId, resourceId))) {
      rules.remove(rule.projectId, rule.id);
    }
  }

  /** The active one may go too; its function then has none. */
  async remove(deployment: Deployment): Promise<void> {
    const source = this.#source(deployment);
    if (source?.data.deploymentId === deployment.id) {
      this.#updateSource(deployment, { deploymentId: '', deploymentCreatedAt: '' });
    }
    this.#options.repositories.deployments.remove(deployment.projectId, deployment.id);
    if (source?.data.latestDeploymentId === deployment.id) this.#announceNewest(deployment);
    await this.#options.released(deployment.id);
    await rm(this.#home(deployment), { recursive: true, force: true });
  }

  #announceNewest(gone: Deployment): void {
    const { deployments } = this.#options.repositories;
    const newest = deployments.children(gone.projectId, gone.parentId).at(-1);
    if (newest !== undefined) this.announce(newest);
    else {
      this.#updateSource(gone, {
        latestDeploymentId: '',
        latestDeploymentCreatedAt: '',
        latestDeploymentStatus: '',
      });
    }
  }

  async removeAll(kind: ResourceKind, projectId: string, resourceId: string): Promise<void> {
    const { deployments } = this.#options.repositories;
    for (const deployment of deployments.children(projectId, parentOf(kind, resourceId))) {
      await this.remove(deployment);
    }
  }

  /** Every file of a deleted project. */
  async removeProject(projectId: string): Promise<void> {
    await rm(path.join(this.#root, projectId), { recursive: true, force: true });
  }

  async archiveSize(deployment: Deployment): Promise<number> {
    const found = await stat(this.archive(deployment)).catch(() => undefined);
    if (found === undefined) throw new AppwriteError('deployment_not_found');
    return found.size;
  }
}

export interface DeploymentKey {
  readonly resourceId: string;
  readonly id: string;
}

function ruleCondition(
  type: 'function' | 'site',
  projectId: string,
  resourceId: string,
): { sql: string; values: string[] } {
  return {
    sql: `project_id = ? AND json_extract(doc, '$.deploymentResourceType') = ?
      AND json_extract(doc, '$.deploymentResourceId') = ?`,
    values: [projectId, type, resourceId],
  };
}
