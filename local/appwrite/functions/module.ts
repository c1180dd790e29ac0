/**
 * Functions, their variables, deployments and executions, proxy rules, and the domains of
 * functions and sites. Nothing runs before `start`; after `stop` no process of a function lives.
 */
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DomainHandler, Module, RequestContext, Services } from '../kernel/types.ts';
import { createDomains } from '../proxy/domains.ts';
import { createRuleRoutes } from '../proxy/rules.ts';
import type { ExecutorStyle } from '../runtime/contract.ts';
import { DEFAULT_IDLE_MS, createPool } from '../runtime/pool.ts';
import type { RuntimePool } from '../runtime/pool.ts';
import { functionCatalogue } from './catalogue-routes.ts';
import { runsHere } from './catalogue.ts';
import { createFunctionRoutes, requireFunction } from './crud.ts';
import { createDeploymentRoutes } from './deployment-routes.ts';
import { Deployments } from './deployments.ts';
import { runtimeEnv } from './environment.ts';
import { createExecutionRoutes } from './execution-routes.ts';
import { Executor, SYNC_LIMIT_MS } from './executor.ts';
import * as params from '../kernel/params.ts';
import { AppwriteError } from '../kernel/errors.ts';
import {
  COMPUTE_SCHEMA,
  createRepositories,
  forgetProject,
  functionParent,
  projectParent,
} from './repositories.ts';
import type { Repositories } from './repositories.ts';
import { createVariableRoutes } from './variables.ts';
import { Worker } from './worker.ts';

/** A build command may call the API with the function's scopes for this long. */
const BUILD_KEY_SECONDS = 900;

export interface FunctionsOptions {
  /** How long an unused function process stays warm; APPWRITE_LOCAL_IDLE_MS, else 60 s. */
  readonly idleMs?: number;
  /** Which executor is imitated; `open-runtimes` unless APPWRITE_LOCAL_EXECUTOR says `recorded`. */
  readonly style?: ExecutorStyle;
  /** When a synchronous call and a domain give up; 30 s. */
  readonly syncLimitMs?: number;
}

export interface FunctionsModule extends Module {
  readonly domains: DomainHandler;
  /** Process ids of the functions now warm. */
  readonly runningPids: () => readonly number[];
}

function chosenStyle(): ExecutorStyle {
  return process.env['APPWRITE_LOCAL_EXECUTOR'] === 'recorded' ? 'recorded' : 'open-runtimes';
}

function chosenIdleMs(): number {
  const given = Number(process.env['APPWRITE_LOCAL_IDLE_MS'] ?? '');
  return Number.isInteger(given) && given > 0 ? given : DEFAULT_IDLE_MS;
}

function variableRoutes(repositories: Repositories) {
  return [
    ...createVariableRoutes({
      path: '/functions/:functionId/variables',
      read: 'functions.read',
      write: 'functions.write',
      repositories,
      owner(context) {
        const id = context.params['functionId'] ?? '';
        const owner = requireFunction(repositories, context.project.id, id);
        return {
          resourceType: 'function',
          resourceId: owner.id,
          parentId: functionParent(owner.id),
          changed: () => void repositories.functions.update(owner.projectId, id, { live: false }),
        };
      },
    }),
    ...createVariableRoutes({
      path: '/project/variables',
      read: 'project.read',
      write: 'project.write',
      repositories,
      owner: () => ({
        resourceType: 'project',
        resourceId: '',
        parentId: projectParent,
        changed: () => undefined,
      }),
    }),
  ];
}

function deploymentSource(repositories: Repositories, pool: RuntimePool) {
  return (context: RequestContext) => {
    const id = context.params['functionId'] ?? '';
    const owner = requireFunction(repositories, context.project.id, id);
    // Reading and deleting works for every runtime; code is taken for those that run here.
    const uploads = context.method === 'POST';
    if (uploads && !runsHere(owner.data.runtime))
      throw new AppwriteError('function_runtime_unsupported');
    // Whoever uploads will call it.
    if (uploads) pool.prepare();
    const { body } = context;
    const text = params.text(8192, 0);
    return {
      entrypoint: params.optional(body, 'entrypoint', text, '') || owner.data.entrypoint,
      commands: params.optional(body, 'commands', text, owner.data.commands),
    };
  };
}

/** About 50 kB each. */
const MAX_COMPILED_FILES = 1_000;
/** The start of the server itself comes first. */
const PREPARE_AFTER_MS = 500;

/** Compiled code is by deployment and never expires: dropped when there is too much of it. */
async function limitFolder(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  if (names.length > MAX_COMPILED_FILES) await rm(folder, { recursive: true, force: true });
}

function createDeployments(
  services: Services,
  repositories: Repositories,
  pool: RuntimePool,
): Deployments {
  return new Deployments({
    services,
    repositories,
    buildEnv(deployment) {
      const owner = repositories.functions.get(deployment.projectId, deployment.data.resourceId);
      if (owner === undefined) return {};
      const { projectId, data } = owner;
      const key = services.identity.ephemeralKey(projectId, data.scopes, BUILD_KEY_SECONDS);
      const env = runtimeEnv(services, repositories, owner, deployment.id);
      return { ...env, APPWRITE_FUNCTION_API_KEY: key };
    },
    released: (deploymentId) => pool.drop(deploymentId),
  });
}

export function createFunctions(
  services: Services,
  options: FunctionsOptions = {},
): FunctionsModule {
  const { idleMs = chosenIdleMs(), style = chosenStyle(), syncLimitMs = SYNC_LIMIT_MS } = options;
  const repositories = createRepositories(services);
  const compileCache = path.resolve(services.settings.dataDir, 'compile-cache');
  const pool = createPool({ clock: services.clock, idleMs, compileCache });
  const deployments = createDeployments(services, repositories, pool);
  const executor = new Executor({
    services,
    repositories,
    deployments,
    pool,
    style,
    compileCache,
    syncLimitMs,
  });
  let cancelPrepare = (): void => undefined;
  const worker = new Worker({ services, repositories, executor });
  return {
    schema: COMPUTE_SCHEMA,
    routes: [
      ...functionCatalogue,
      ...createFunctionRoutes(repositories, deployments),
      ...variableRoutes(repositories),
      ...createDeploymentRoutes({
        kind: 'functions',
        idParam: 'functionId',
        read: 'functions.read',
        write: 'functions.write',
        repositories,
        deployments,
        source: deploymentSource(repositories, pool),
      }),
      ...createExecutionRoutes({ repositories, executor, worker }),
      ...createRuleRoutes(services, repositories),
    ],
    lifecycle: {
      async start() {
        await limitFolder(compileCache);
        await deployments.start();
        worker.start();
        cancelPrepare = services.clock.after(PREPARE_AFTER_MS, () => pool.prepare());
      },
      async stop() {
        cancelPrepare();
        await worker.stop(() => pool.stop());
        await deployments.stop();
      },
    },
    forgetProject(projectId) {
      forgetProject(repositories, projectId);
      void deployments.removeProject(projectId);
    },
    domains: createDomains({ services, repositories, deployments, executor }),
    runningPids: () => pool.pids(),
  };
}
