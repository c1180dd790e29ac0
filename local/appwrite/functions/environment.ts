/** Environment of a function's process: variables first, Appwrite's own names win. */
import type { Services } from '../kernel/types.ts';
import type { Stored } from './documents.ts';
import type { FunctionRecord } from './model.ts';
import { functionParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';
import { variableValues } from './variables.ts';

const VCS_NAMES = [
  'REPOSITORY_ID',
  'REPOSITORY_NAME',
  'REPOSITORY_OWNER',
  'REPOSITORY_URL',
  'REPOSITORY_BRANCH',
  'REPOSITORY_BRANCH_URL',
  'COMMIT_HASH',
  'COMMIT_MESSAGE',
  'COMMIT_URL',
  'COMMIT_AUTHOR_NAME',
  'COMMIT_AUTHOR_URL',
  'ROOT_DIRECTORY',
];

export function apiEndpoint(services: Services): string {
  const { host, port } = services.settings;
  // A function runs on this machine; every address includes loopback.
  const near = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${near.includes(':') ? `[${near}]` : near}:${String(port)}/v1`;
}

export function runtimeEnv(
  services: Services,
  repositories: Repositories,
  owner: Stored<FunctionRecord>,
  deploymentId: string,
): Record<string, string> {
  const version = owner.data.runtime.replace(/^[a-z-]+-/, '');
  return {
    ...variableValues(repositories, owner.projectId, functionParent(owner.id)),
    APPWRITE_FUNCTION_API_ENDPOINT: apiEndpoint(services),
    APPWRITE_FUNCTION_ID: owner.id,
    APPWRITE_FUNCTION_NAME: owner.data.name,
    APPWRITE_FUNCTION_DEPLOYMENT: deploymentId,
    APPWRITE_FUNCTION_PROJECT_ID: owner.projectId,
    APPWRITE_FUNCTION_RUNTIME_NAME: 'Node.js',
    APPWRITE_FUNCTION_RUNTIME_VERSION: version,
    APPWRITE_FUNCTION_CPUS: '1',
    APPWRITE_FUNCTION_MEMORY: '512',
    APPWRITE_VERSION: services.settings.version,
    APPWRITE_REGION: 'default',
    APPWRITE_DEPLOYMENT_TYPE: 'manual',
    ...Object.fromEntries(VCS_NAMES.map((name) => [`APPWRITE_VCS_${name}`, ''])),
  };
}
