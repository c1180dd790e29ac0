/** New rows and the shapes rows take in answers, key for key as recorded. */
import { inventedName, newId, withSuffix } from './ids.ts';
import type { Compose, Deployment, Environment, Project, Store } from './store.ts';

/** Columns of a compose row for Git sources and other things this stand-in never uses. */
const unusedColumns = {
  repository: null,
  owner: null,
  branch: null,
  gitlabProjectId: null,
  gitlabRepository: null,
  gitlabOwner: null,
  gitlabBranch: null,
  gitlabPathNamespace: null,
  bitbucketRepository: null,
  bitbucketRepositorySlug: null,
  bitbucketOwner: null,
  bitbucketBranch: null,
  giteaRepository: null,
  giteaOwner: null,
  giteaBranch: null,
  customGitUrl: null,
  customGitBranch: null,
  customGitSSHKeyId: null,
  enableSubmodules: false,
  composePath: './docker-compose.yml',
  suffix: '',
  randomize: false,
  isolatedDeploymentsVolume: false,
  triggerType: 'push',
  icon: null,
  watchPaths: null,
  githubId: null,
  gitlabId: null,
  bitbucketId: null,
  giteaId: null,
  serviceNetworks: [],
};

export interface NewCompose {
  readonly name: string;
  readonly environmentId: string;
  readonly appName?: string | undefined;
  readonly description?: string | null | undefined;
  readonly composeType?: string | undefined;
  readonly sourceType?: string | undefined;
  readonly composeFile?: string | undefined;
  readonly serverId?: string | null | undefined;
}

export function newCompose(input: NewCompose): Compose {
  return {
    ...unusedColumns,
    composeId: newId(),
    name: input.name,
    appName: input.appName === undefined ? inventedName('compose') : withSuffix(input.appName),
    description: input.description ?? null,
    env: null,
    composeFile: input.composeFile ?? '',
    refreshToken: newId(),
    sourceType: input.sourceType ?? 'github',
    composeType: input.composeType ?? 'docker-compose',
    autoDeploy: true,
    command: '',
    createEnvFile: true,
    isolatedDeployment: false,
    composeStatus: 'idle',
    environmentId: input.environmentId,
    createdAt: new Date().toISOString(),
    serverId: input.serverId ?? null,
  };
}

export function newDeployment(input: {
  readonly compose: Compose;
  readonly title: string;
  readonly description: string;
}): Deployment {
  const now = new Date().toISOString();
  return {
    deploymentId: newId(),
    title: input.title,
    description: input.description,
    status: 'running',
    logPath: logPath(input.compose.appName, now),
    pid: null,
    applicationId: null,
    composeId: input.compose.composeId,
    serverId: null,
    isPreviewDeployment: false,
    previewDeploymentId: null,
    createdAt: now,
    startedAt: now,
    finishedAt: null,
    errorMessage: null,
    scheduleId: null,
    backupId: null,
    rollbackId: null,
    volumeBackupId: null,
    buildServerId: null,
  };
}

/** The path Dokploy reports; the file lies at the same path below the data folder. */
function logPath(appName: string, iso: string): string {
  const stamp = iso.slice(0, 19).replace('T', ':');
  return `/etc/dokploy/logs/${appName}/${appName}-${stamp}.log`;
}

export function listedCompose(row: Compose): Record<string, unknown> {
  return {
    name: row.name,
    description: row.description,
    appName: row.appName,
    createdAt: row.createdAt,
    serverId: row.serverId,
    composeId: row.composeId,
    composeStatus: row.composeStatus,
    icon: row['icon'],
    server: null,
  };
}

const otherServices = {
  applications: [],
  mariadb: [],
  mongo: [],
  mysql: [],
  postgres: [],
  redis: [],
  libsql: [],
};

export function environmentListed(store: Store, row: Environment): Record<string, unknown> {
  return {
    name: row.name,
    description: row.description,
    environmentId: row.environmentId,
    isDefault: row.isDefault,
    ...otherServices,
    compose: composesIn(store, row.environmentId).map(listedCompose),
    project: store.project(row.projectId),
  };
}

export function projectListed(store: Store, row: Project): Record<string, unknown> {
  const environments = environmentsOf(store, row).map((environment) => ({
    name: environment.name,
    environmentId: environment.environmentId,
    isDefault: environment.isDefault,
    ...otherServices,
    compose: composesIn(store, environment.environmentId).map(listedCompose),
  }));
  return { ...row, environments, projectTags: [] };
}

export function projectOne(store: Store, row: Project): Record<string, unknown> {
  const environments = environmentsOf(store, row).map((environment) => ({
    ...environment,
    ...otherServices,
    compose: composesIn(store, environment.environmentId),
  }));
  return { ...row, environments, projectTags: [] };
}

/** compose.delete answers this; compose.one adds two keys about Git providers. */
export function composeWhole(store: Store, row: Compose): Record<string, unknown> {
  const environment = store.environment(row.environmentId);
  const project = store.project(environment?.projectId ?? '');
  const server = store.state.servers.find((each) => each.serverId === row.serverId) ?? null;
  return {
    ...row,
    environment: { ...environment, project },
    deployments: store.deploymentsOf(row.composeId),
    mounts: [],
    domains: store.domainsOf(row.composeId),
    github: null,
    gitlab: null,
    bitbucket: null,
    gitea: null,
    server,
    backups: [],
  };
}

export function deploymentCentral(store: Store, row: Deployment): Record<string, unknown> {
  const compose = store.compose(row.composeId);
  const environment = store.environment(compose?.environmentId ?? '');
  const project = store.project(environment?.projectId ?? '');
  const server = store.state.servers.find((each) => each.serverId === compose?.serverId);
  return {
    ...row,
    application: null,
    compose: {
      composeId: row.composeId,
      name: compose?.name,
      appName: compose?.appName,
      icon: null,
      environment: {
        environmentId: environment?.environmentId,
        name: environment?.name,
        project: { projectId: project?.projectId, name: project?.name },
      },
      server: server === undefined ? null : { serverId: server.serverId, name: server.name },
    },
    server: null,
    buildServer: null,
  };
}

function environmentsOf(store: Store, project: Project): Environment[] {
  return store.state.environments.filter((row) => row.projectId === project.projectId);
}

function composesIn(store: Store, environmentId: string): Compose[] {
  return store.state.composes.filter((row) => row.environmentId === environmentId);
}
