/**
 * The rows of this Dokploy, in one JSON file.
 * Guarantees: what was answered is on disk (whole file, written beside and renamed); a restart
 * turns running deployments into `cancelled` and their composes `idle`, as the real one does.
 */
import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJson, writeJson } from './files.ts';
import { inventedName, newId } from './ids.ts';

const text = z.nullable(z.string());
const project = z.object({
  projectId: z.string(),
  name: z.string(),
  description: text,
  createdAt: z.string(),
  organizationId: z.string(),
  env: z.string(),
});
const environment = z.object({
  environmentId: z.string(),
  name: z.string(),
  description: text,
  createdAt: z.string(),
  env: z.string(),
  projectId: z.string(),
  isDefault: z.boolean(),
});
/** The columns nobody here uses are carried along, so that answers have every key. */
const compose = z.looseObject({
  composeId: z.string(),
  name: z.string(),
  appName: z.string(),
  description: text,
  env: text,
  composeFile: z.string(),
  sourceType: z.string(),
  command: z.string(),
  createEnvFile: z.boolean(),
  isolatedDeployment: z.boolean(),
  composeStatus: z.enum(['idle', 'running', 'done', 'error']),
  environmentId: z.string(),
  createdAt: z.string(),
  serverId: text,
});
const deployment = z.object({
  deploymentId: z.string(),
  title: z.string(),
  description: z.string(),
  status: z.enum(['running', 'done', 'error', 'cancelled']),
  logPath: z.string(),
  pid: z.null(),
  applicationId: z.null(),
  composeId: z.string(),
  serverId: z.null(),
  isPreviewDeployment: z.boolean(),
  previewDeploymentId: z.null(),
  createdAt: z.string(),
  startedAt: z.string(),
  finishedAt: text,
  errorMessage: text,
  scheduleId: z.null(),
  backupId: z.null(),
  rollbackId: z.null(),
  volumeBackupId: z.null(),
  buildServerId: z.null(),
});
const domain = z.object({
  domainId: z.string(),
  host: z.string(),
  https: z.boolean(),
  port: z.nullable(z.number()),
  customEntrypoint: text,
  path: text,
  serviceName: text,
  domainType: text,
  uniqueConfigKey: z.number(),
  createdAt: z.string(),
  composeId: text,
  customCertResolver: text,
  applicationId: text,
  previewDeploymentId: text,
  certificateType: z.string(),
  internalPath: text,
  stripPath: z.boolean(),
  middlewares: z.nullable(z.array(z.string())),
  forwardAuthEnabled: z.boolean(),
  enabled: z.boolean(),
});
const server = z.looseObject({ serverId: z.string(), name: z.string(), createdAt: z.string() });

const stateFile = z.object({
  organizationId: z.string(),
  projects: z.array(project),
  environments: z.array(environment),
  composes: z.array(compose),
  deployments: z.array(deployment),
  domains: z.array(domain),
  servers: z.array(server),
  nextDomainKey: z.number(),
});
export type Project = z.infer<typeof project>;
export type Environment = z.infer<typeof environment>;
export type Compose = z.infer<typeof compose>;
export type Deployment = z.infer<typeof deployment>;
export type Domain = z.infer<typeof domain>;
export type Server = z.infer<typeof server>;
export type State = z.infer<typeof stateFile>;

/** Rows of each kind at most: a runaway client fails instead of filling the disk. */
export const maxRows = 5_000;

export class Store {
  readonly state: State;
  readonly #path: string;

  constructor(dataDir: string, serverNames: readonly string[]) {
    this.#path = join(dataDir, 'state.json');
    const stored = readJson(this.#path);
    this.state = stored === undefined ? emptyState() : z.parse(stateFile, stored);
    this.#forgetRunning();
    for (const name of serverNames) this.#ensureServer(name);
    this.save();
  }

  save(): void {
    writeJson(this.#path, this.state);
  }

  compose(composeId: string): Compose | undefined {
    return this.state.composes.find((row) => row.composeId === composeId);
  }

  environment(environmentId: string): Environment | undefined {
    return this.state.environments.find((row) => row.environmentId === environmentId);
  }

  project(projectId: string): Project | undefined {
    return this.state.projects.find((row) => row.projectId === projectId);
  }

  /** Oldest first. */
  deploymentsOf(composeId: string): Deployment[] {
    return this.state.deployments.filter((row) => row.composeId === composeId);
  }

  domainsOf(composeId: string): Domain[] {
    return this.state.domains.filter((row) => row.composeId === composeId);
  }

  /** The project's rows and all below it. */
  forgetProject(projectId: string): void {
    const { state } = this;
    const environments = state.environments.filter((row) => row.projectId === projectId);
    const environmentIds = new Set(environments.map((row) => row.environmentId));
    const composes = state.composes.filter((row) => environmentIds.has(row.environmentId));
    const composeIds = new Set<string | null>(composes.map((row) => row.composeId));
    state.projects = state.projects.filter((row) => row.projectId !== projectId);
    state.environments = state.environments.filter((row) => row.projectId !== projectId);
    state.composes = state.composes.filter((row) => !composeIds.has(row.composeId));
    state.deployments = state.deployments.filter((row) => !composeIds.has(row.composeId));
    state.domains = state.domains.filter((row) => !composeIds.has(row.composeId));
    this.save();
  }

  #forgetRunning(): void {
    for (const row of this.state.deployments) {
      if (row.status !== 'running') continue;
      row.status = 'cancelled';
      const owner = this.compose(row.composeId);
      if (owner !== undefined) owner.composeStatus = 'idle';
    }
    for (const row of this.state.composes) {
      if (row.composeStatus === 'running') row.composeStatus = 'idle';
    }
  }

  #ensureServer(name: string): void {
    if (this.state.servers.some((row) => row.name === name)) return;
    this.state.servers.push(newServer(name, this.state.organizationId));
  }
}

function emptyState(): State {
  return {
    organizationId: newId(),
    projects: [],
    environments: [],
    composes: [],
    deployments: [],
    domains: [],
    servers: [],
    nextDomainKey: 1,
  };
}

/** A further queue on this machine that looks like a remote server; there is no SSH behind it. */
function newServer(name: string, organizationId: string): Server {
  const thresholds = { cpu: 0, memory: 0 };
  const service = { port: 4500, type: 'Remote', token: '', cronJob: '', thresholds };
  return {
    serverId: newId(),
    name,
    description: 'stand-in: runs on this machine',
    ipAddress: '127.0.0.1',
    port: 22,
    username: 'root',
    appName: inventedName('server'),
    enableDockerCleanup: false,
    buildsConcurrency: 1,
    createdAt: new Date().toISOString(),
    organizationId,
    serverStatus: 'active',
    serverType: 'deploy',
    command: '',
    sshKeyId: null,
    metricsConfig: {
      server: { ...service, refreshRate: 60, urlCallback: '', retentionDays: 2 },
      containers: { services: { exclude: [], include: [] }, refreshRate: 60 },
    },
  };
}
