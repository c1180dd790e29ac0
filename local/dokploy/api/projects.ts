/** project.* , environment.* , server.* , settings.* */
import { newId } from '../ids.ts';
import { environmentListed, projectListed, projectOne } from '../rows.ts';
import type { Environment, Project } from '../store.ts';
import { ApiError } from './errors.ts';
import * as inputs from './inputs.ts';
import { mutation, type Operations, query, refuseFull, type World } from './operation.ts';

/** The version whose recordings the answers follow. */
export const dokployVersion = 'v0.30.2';

export const projectOperations: Operations = {
  'project.create': mutation(inputs.projectCreate, (input, { store }) => {
    refuseFull(store.state.projects);
    const project: Project = {
      projectId: newId(),
      name: input.name,
      description: input.description ?? null,
      createdAt: new Date().toISOString(),
      organizationId: store.state.organizationId,
      env: input.env ?? '',
    };
    const environment = newEnvironment({
      name: 'production',
      description: 'Production environment',
      projectId: project.projectId,
      isDefault: true,
    });
    store.state.projects.push(project);
    store.state.environments.push(environment);
    store.save();
    return { project, environment };
  }),
  'project.all': query(inputs.nothing, (_input, { store }) =>
    store.state.projects.map((row) => projectListed(store, row)),
  ),
  'project.one': query(inputs.projectId, (input, world) =>
    projectOne(world.store, projectOf(world, input.projectId)),
  ),
  /** Rows only: what runs goes on, and nobody can stop it any more. */
  'project.remove': mutation(inputs.projectId, (input, world) => {
    const row = projectOf(world, input.projectId);
    world.store.forgetProject(row.projectId);
    return row;
  }),
  'environment.create': mutation(inputs.environmentCreate, (input, world) => {
    const { store } = world;
    refuseFull(store.state.environments);
    if (input.name.toLowerCase() === 'production') {
      throw new ApiError(
        'BAD_REQUEST',
        "You cannot create a environment with the name 'production'",
      );
    }
    projectOf(world, input.projectId);
    const description = input.description ?? null;
    const row = newEnvironment({ ...input, description, isDefault: false });
    store.state.environments.push(row);
    store.save();
    return row;
  }),
  'environment.byProjectId': query(inputs.environmentByProjectId, (input, { store }) =>
    store.state.environments
      .filter((row) => row.projectId === input.projectId)
      .map((row) => environmentListed(store, row)),
  ),
  'server.all': query(inputs.nothing, (_input, { store }) =>
    store.state.servers.map((row) => ({
      ...row,
      totalSum: store.state.composes.filter((each) => each.serverId === row.serverId).length,
    })),
  ),
  'server.one': query(inputs.serverId, (input, { store }) => {
    const row = store.state.servers.find((each) => each.serverId === input.serverId);
    if (row === undefined) throw new ApiError('NOT_FOUND', 'Server not found');
    return { ...row, deployments: [], sshKey: null };
  }),
  'server.validate': query(inputs.serverId, (input, world) => {
    const row = world.store.state.servers.find((each) => each.serverId === input.serverId);
    if (row === undefined) throw new ApiError('NOT_FOUND', 'Server not found');
    const problem = world.deployer.unreachable(row.serverId);
    if (problem !== undefined) throw new ApiError('BAD_REQUEST', problem);
    return reachedServer;
  }),
  'settings.getDokployVersion': query(inputs.nothing, () => dokployVersion),
  'settings.health': query(inputs.nothing, () => ({ status: 'ok' })),
};

const absent = { version: '0.0.0', enabled: false };
/** Everything a deployment needs is there, as recorded. */
const reachedServer = {
  docker: { version: '28.2.2', enabled: true },
  rclone: absent,
  nixpacks: absent,
  buildpacks: absent,
  railpack: absent,
  isDokployNetworkInstalled: true,
  isSwarmInstalled: true,
  isMainDirectoryInstalled: true,
  privilegeMode: 'root',
  dockerGroupMember: false,
};

function projectOf(world: World, projectId: string): Project {
  const row = world.store.project(projectId);
  if (row === undefined) throw new ApiError('NOT_FOUND', 'Project not found');
  return row;
}

function newEnvironment(
  input: Pick<Environment, 'name' | 'description' | 'projectId' | 'isDefault'>,
): Environment {
  return {
    environmentId: newId(),
    name: input.name,
    description: input.description,
    createdAt: new Date().toISOString(),
    env: '',
    projectId: input.projectId,
    isDefault: input.isDefault,
  };
}
