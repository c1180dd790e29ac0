/**
 * The Deployer port over Dokploy. Nothing there is idempotent, so every create looks first, by our
 * own name; deployments are told apart by their unique title; an update is sent only when
 * something differs. Source of the quirks: Dokploy v0.30.2 as observed.
 */
import type {
  ComposeConfig,
  Deployer,
  DeployerOutcome,
  DeploymentSummary,
} from '#ports/runtime.ts';
import type { DokployDeployment, DokployDomain } from '#schemas/wire/dokploy.ts';
import type { DokployCall } from './client.ts';

const ok = <T>(value: T): DeployerOutcome<T> => ({ kind: 'ok', value });

const byAge = <T extends { readonly createdAt: string }>(items: readonly T[]): readonly T[] =>
  items.toSorted((left, right) => left.createdAt.localeCompare(right.createdAt));

const ensureProject =
  (call: DokployCall): Deployer['ensureProject'] =>
  async (name) => {
    const projects = await call('project.all', {});
    if (projects.kind !== 'ok') return projects;
    // Two racing creates both succeed there: everyone settles on the oldest.
    const found = byAge(projects.value.filter((project) => project.name === name))[0];
    if (found === undefined) {
      const created = await call('project.create', { name });
      if (created.kind !== 'ok') return created;
      const { project, environment } = created.value;
      return ok({ projectId: project.projectId, environmentId: environment.environmentId });
    }
    const environments = await call('environment.byProjectId', { projectId: found.projectId });
    if (environments.kind !== 'ok') return environments;
    const environment = environments.value.find((candidate) => candidate.isDefault);
    if (environment === undefined) return { kind: 'refused', code: 'failed' };
    return ok({ projectId: found.projectId, environmentId: environment.environmentId });
  };

const ensureCompose =
  (call: DokployCall): Deployer['ensureCompose'] =>
  async ({ projectId, environmentId, name }) => {
    const environments = await call('environment.byProjectId', { projectId });
    if (environments.kind !== 'ok') return environments;
    const services = environments.value.flatMap((environment) => environment.compose);
    const found = byAge(services.filter((compose) => compose.name === name))[0];
    if (found !== undefined) {
      return ok({ composeId: found.composeId, composeStatus: found.composeStatus });
    }
    const created = await call('compose.create', {
      name,
      environmentId,
      appName: name,
      composeType: 'docker-compose',
      sourceType: 'raw',
    });
    if (created.kind !== 'ok') return created;
    const { composeId, composeStatus } = created.value;
    return ok({ composeId, composeStatus });
  };

/** `--wait` lets health decide: without it `done` only says that containers were started. */
const upCommand = (appName: string, waitSeconds: number): string =>
  `compose -p ${appName} -f docker-compose.yml up -d --remove-orphans --wait ` +
  `--wait-timeout ${waitSeconds}`;

const ensureDomain = async (
  call: DokployCall,
  composeId: string,
  wanted: { readonly config: ComposeConfig; readonly domains: readonly DokployDomain[] },
): Promise<DeployerOutcome<{ readonly domainId: string }>> => {
  const { config, domains } = wanted;
  const fields = {
    host: config.host,
    port: config.servicePort,
    serviceName: config.serviceName,
    https: config.https,
    certificateType: config.https ? ('letsencrypt' as const) : ('none' as const),
    path: '/',
  };
  const found = domains.find((domain) => domain.host === config.host);
  if (found === undefined) {
    const created = await call('domain.create', { ...fields, composeId, domainType: 'compose' });
    return created.kind === 'ok' ? ok({ domainId: created.value.domainId }) : created;
  }
  const same =
    found.port === fields.port &&
    found.serviceName === fields.serviceName &&
    found.https === fields.https;
  if (same) return ok({ domainId: found.domainId });
  const updated = await call('domain.update', { ...fields, domainId: found.domainId });
  return updated.kind === 'ok' ? ok({ domainId: found.domainId }) : updated;
};

const configure =
  (call: DokployCall): Deployer['configure'] =>
  async (composeId, config) => {
    const current = await call('compose.one', { composeId });
    if (current.kind !== 'ok') return current;
    const { appName, domains } = current.value;
    const wanted = {
      sourceType: 'raw' as const,
      composeFile: config.file,
      command: upCommand(appName, config.waitSeconds),
      isolatedDeployment: true,
      autoDeploy: false,
    };
    const differs = Object.entries(wanted).some(
      ([name, value]) => current.value[name as keyof typeof wanted] !== value,
    );
    if (differs) {
      const updated = await call('compose.update', { composeId, ...wanted });
      if (updated.kind !== 'ok') return updated;
      // 200 with an empty body is Dokploy's answer for an id it does not know.
      if (updated.value === undefined) return { kind: 'not_found' };
    }
    return ensureDomain(call, composeId, { config, domains });
  };

const deploymentStatus =
  (call: DokployCall): Deployer['deploymentStatus'] =>
  async (composeId, title) => {
    const rows = await call('deployment.allByCompose', { composeId });
    if (rows.kind !== 'ok') return rows;
    const row = rows.value.find((deployment) => deployment.title === title);
    if (row !== undefined) return ok({ status: row.status, finishedAt: row.finishedAt });
    const queue = await call('deployment.queueList', {});
    if (queue.kind !== 'ok') return queue;
    const queued = queue.value.some((job) => job.data.titleLog === title);
    return ok({ status: queued ? ('queued' as const) : ('absent' as const), finishedAt: null });
  };

/** Looks for the title first: a repeated call never makes a second deployment. */
const deploy =
  (call: DokployCall): Deployer['deploy'] =>
  async (composeId, title) => {
    const seen = await deploymentStatus(call)(composeId, title);
    if (seen.kind !== 'ok') return seen;
    if (seen.value.status !== 'absent') return ok(null);
    const queued = await call('compose.deploy', { composeId, title });
    return queued.kind === 'ok' ? ok(null) : queued;
  };

const summaryOf = (row: DokployDeployment): DeploymentSummary => ({
  deploymentId: row.deploymentId,
  title: row.title,
  status: row.status,
  createdAt: row.createdAt,
  finishedAt: row.finishedAt,
  logPath: row.logPath,
});

export const createDeployer = (call: DokployCall): Deployer => ({
  ensureProject: ensureProject(call),
  ensureCompose: ensureCompose(call),
  configure: configure(call),
  deploy: deploy(call),
  deploymentStatus: deploymentStatus(call),
  recentDeployments: async (composeId) => {
    const rows = await call('deployment.allByCompose', { composeId });
    return rows.kind === 'ok' ? ok(rows.value.map(summaryOf)) : rows;
  },
  composeStatus: async (composeId) => {
    const row = await call('compose.one', { composeId });
    if (row.kind !== 'ok') return row;
    return ok({ name: row.value.appName, composeStatus: row.value.composeStatus });
  },
});
