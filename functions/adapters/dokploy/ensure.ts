/**
 * Find-or-create by our own name. Dokploy takes the same name twice, so a create is followed by a
 * second look: of racing creates the oldest is used by everyone, and younger ones are reported,
 * never deleted by guess. Idempotent by name.
 */
import type { Deployer, DeployerOutcome } from '#ports/runtime.ts';
import type { Log } from '#ports/system.ts';
import type { DokployAnswer } from '#schemas/wire/dokploy.ts';
import type { DokployCall } from './client.ts';
import { byAge, failed, lookAfterUnknown, ok } from './outcome.ts';

type ProjectIds = { readonly projectId: string; readonly environmentId: string };
type ComposeIds = {
  readonly composeId: string;
  readonly composeStatus: string;
  readonly duplicates: readonly string[];
};

const defaultEnvironment = async (
  call: DokployCall,
  projectId: string,
): Promise<DeployerOutcome<ProjectIds>> => {
  const environments = await call('environment.byProjectId', { projectId });
  if (environments.kind !== 'ok') return environments;
  const environment = environments.value.find((candidate) => candidate.isDefault);
  return environment === undefined
    ? failed
    : ok({ projectId, environmentId: environment.environmentId });
};

const findProject = async (
  use: { readonly call: DokployCall; readonly log: Log },
  name: string,
): Promise<DeployerOutcome<ProjectIds | null>> => {
  const projects = await use.call('project.all', {});
  if (projects.kind !== 'ok') return projects;
  const ours = projects.value.filter((project) => project.name === name);
  const [oldest, ...younger] = byAge(ours, (project) => project.projectId);
  for (const { projectId } of younger) use.log.warn('dokploy.duplicate_project', { projectId });
  return oldest === undefined ? ok(null) : defaultEnvironment(use.call, oldest.projectId);
};

export const ensureProject =
  (call: DokployCall, log: Log): Deployer['ensureProject'] =>
  async (name) => {
    const look = (): Promise<DeployerOutcome<ProjectIds | null>> =>
      findProject({ call, log }, name);
    const found = await look();
    if (found.kind !== 'ok') return found;
    if (found.value !== null) return ok(found.value);
    const created = await call('project.create', { name });
    if (created.kind !== 'ok') return lookAfterUnknown<ProjectIds>(created, look);
    const again = await look();
    if (again.kind === 'ok' && again.value !== null) return ok(again.value);
    return again.kind === 'ok' ? failed : again;
  };

type Listed = DokployAnswer<'environment.byProjectId'>[number]['compose'][number];

interface Place {
  readonly projectId: string;
  readonly name: string;
}

const composesOf = async (
  call: DokployCall,
  projectId: string,
): Promise<DeployerOutcome<readonly Listed[]>> => {
  const environments = await call('environment.byProjectId', { projectId });
  if (environments.kind !== 'ok') return environments;
  return ok(environments.value.flatMap((environment) => environment.compose));
};

const oldestNamed = async (
  use: { readonly call: DokployCall; readonly log: Log },
  { projectId, name }: Place,
): Promise<DeployerOutcome<ComposeIds | null>> => {
  const services = await composesOf(use.call, projectId);
  if (services.kind !== 'ok') return services;
  const ours = services.value.filter((compose) => compose.name === name);
  const [oldest, ...younger] = byAge(ours, (compose) => compose.composeId);
  if (oldest === undefined) return ok(null);
  const duplicates = younger.map(({ composeId }) => composeId);
  for (const composeId of duplicates)
    use.log.warn('dokploy.duplicate_compose', { composeId, name });
  return ok({ composeId: oldest.composeId, composeStatus: oldest.composeStatus, duplicates });
};

export const ensureCompose =
  (call: DokployCall, log: Log): Deployer['ensureCompose'] =>
  async ({ projectId, environmentId, name, serverId = null }) => {
    const look = (): Promise<DeployerOutcome<ComposeIds | null>> =>
      oldestNamed({ call, log }, { projectId, name });
    const found = await look();
    if (found.kind !== 'ok') return found;
    if (found.value !== null) return ok(found.value);
    const created = await call('compose.create', {
      name,
      environmentId,
      appName: name,
      composeType: 'docker-compose',
      sourceType: 'raw',
      serverId,
    });
    if (created.kind !== 'ok') return lookAfterUnknown<ComposeIds>(created, look);
    const again = await look();
    if (again.kind === 'ok' && again.value !== null) return ok(again.value);
    return again.kind === 'ok' ? failed : again;
  };

export const findCompose =
  (call: DokployCall, log: Log): Deployer['findCompose'] =>
  async ({ projectName, name }) => {
    const project = await findProject({ call, log }, projectName);
    if (project.kind !== 'ok') return project;
    if (project.value === null) return ok(null);
    const { projectId } = project.value;
    const found = await oldestNamed({ call, log }, { projectId, name });
    return found.kind === 'ok' ? ok(found.value?.composeId ?? null) : found;
  };

export const listComposes =
  (call: DokployCall, log: Log): Deployer['listComposes'] =>
  async (projectName) => {
    const project = await findProject({ call, log }, projectName);
    if (project.kind !== 'ok') return project;
    if (project.value === null) return { kind: 'not_found' };
    const services = await composesOf(call, project.value.projectId);
    if (services.kind !== 'ok') return services;
    const oldestFirst = byAge(services.value, ({ composeId }) => composeId);
    return ok(
      oldestFirst.map(({ composeId, name, serverId, createdAt }) => ({
        composeId,
        name,
        serverId,
        createdAt,
      })),
    );
  };
