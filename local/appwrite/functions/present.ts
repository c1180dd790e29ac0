/** Stored records as the API answers them, in the field order and spelling of 1.9.6. */
import type { Json } from '../kernel/types.ts';
import { formatTime } from '../kernel/time.ts';
import type { Stored } from './documents.ts';
import type {
  DeploymentRecord,
  ExecutionRecord,
  FunctionRecord,
  RuleRecord,
  SiteRecord,
  SourceRecord,
  VariableRecord,
} from './model.ts';

function times(document: Stored<object>): Json {
  return {
    $id: document.id,
    $createdAt: formatTime(document.createdAtMs),
    $updatedAt: formatTime(document.updatedAtMs),
  };
}

const REPOSITORY = {
  installationId: '',
  providerRepositoryId: '',
  providerBranch: '',
  providerRootDirectory: '',
  providerSilentMode: false,
  providerBranches: [],
  providerPaths: [],
};

/** Formats before 1.9.0 know one specification instead of two. */
export function hasOneSpecification(format: string): boolean {
  const [major = 0, minor = 0] = format.split('.').map(Number);
  return format !== '' && (major < 1 || (major === 1 && minor < 9));
}

function specifications(data: SourceRecord, format: string): Json {
  if (hasOneSpecification(format)) return { specification: data.runtimeSpecification };
  return {
    buildSpecification: data.buildSpecification,
    runtimeSpecification: data.runtimeSpecification,
  };
}

function deploymentFields(data: SourceRecord): Json {
  return {
    deploymentRetention: data.deploymentRetention,
    deploymentId: data.deploymentId,
    deploymentCreatedAt: data.deploymentCreatedAt,
    latestDeploymentId: data.latestDeploymentId,
    latestDeploymentCreatedAt: data.latestDeploymentCreatedAt,
    latestDeploymentStatus: data.latestDeploymentStatus,
  };
}

export function presentFunction(
  document: Stored<FunctionRecord>,
  variables: readonly Stored<VariableRecord>[],
  format: string,
): Json {
  const data = document.data;
  return {
    ...times(document),
    execute: data.execute,
    name: data.name,
    enabled: data.enabled,
    live: data.live,
    logging: data.logging,
    runtime: data.runtime,
    ...deploymentFields(data),
    scopes: data.scopes,
    vars: variables.map(presentVariable),
    events: data.events,
    schedule: data.schedule,
    timeout: data.timeout,
    entrypoint: data.entrypoint,
    commands: data.commands,
    version: 'v5',
    ...REPOSITORY,
    ...specifications(data, format),
  };
}

/** The CLI waits up to 30 s for pictures of a site; these names tell it not to. */
const SCREENSHOT = 'not-taken-locally';

export function presentSite(
  document: Stored<SiteRecord>,
  variables: readonly Stored<VariableRecord>[],
  format: string,
): Json {
  const data = document.data;
  const screenshot = data.deploymentId === '' ? '' : SCREENSHOT;
  return {
    ...times(document),
    name: data.name,
    enabled: data.enabled,
    live: data.live,
    logging: data.logging,
    framework: data.framework,
    ...deploymentFields(data),
    deploymentScreenshotLight: screenshot,
    deploymentScreenshotDark: screenshot,
    vars: variables.map(presentVariable),
    timeout: data.timeout,
    installCommand: data.installCommand,
    buildCommand: data.buildCommand,
    startCommand: data.startCommand,
    outputDirectory: data.outputDirectory,
    ...REPOSITORY,
    buildRuntime: data.buildRuntime,
    adapter: data.adapter,
    fallbackFile: data.fallbackFile,
    ...specifications(data, format),
  };
}

export function presentDeployment(document: Stored<DeploymentRecord>): Json {
  const data = document.data;
  const pictured = data.resourceType === 'sites' && data.status === 'ready';
  return {
    ...times(document),
    type: 'manual',
    resourceId: data.resourceId,
    resourceType: data.resourceType,
    entrypoint: data.entrypoint,
    sourceSize: data.sourceSize,
    buildSize: data.buildSize,
    totalSize: data.sourceSize + data.buildSize,
    buildId: '',
    activate: data.activate,
    screenshotLight: pictured ? SCREENSHOT : '',
    screenshotDark: pictured ? SCREENSHOT : '',
    status: data.status,
    buildLogs: data.buildLogs,
    buildDuration: data.buildDuration,
    providerRepositoryName: '',
    providerRepositoryOwner: '',
    providerRepositoryUrl: '',
    providerCommitHash: '',
    providerCommitAuthorUrl: '',
    providerCommitAuthor: '',
    providerCommitMessage: '',
    providerCommitUrl: '',
    providerBranch: '',
    providerBranchUrl: '',
  };
}

export function presentVariable(document: Stored<VariableRecord>): Json {
  const { key, value, secret, resourceType, resourceId } = document.data;
  return { ...times(document), key, value: secret ? '' : value, secret, resourceType, resourceId };
}

/** `answer` is what only the synchronous caller gets: body and all headers, never stored. */
export function presentExecution(
  document: Stored<ExecutionRecord>,
  functionId: string,
  view: { readonly logs: boolean; readonly answer?: { body: string; headers: unknown } },
): Json {
  const data = document.data;
  return {
    ...times(document),
    $permissions: data.permissions,
    functionId,
    deploymentId: data.deploymentId,
    trigger: data.trigger,
    status: data.status,
    requestMethod: data.requestMethod,
    requestPath: data.requestPath,
    requestHeaders: data.requestHeaders,
    responseStatusCode: data.responseStatusCode,
    responseBody: view.answer?.body ?? '',
    responseHeaders: view.answer?.headers ?? data.responseHeaders,
    logs: view.logs ? data.logs : '',
    errors: view.logs ? data.errors : '',
    duration: data.duration,
    scheduledAt: data.scheduledAt,
  };
}

export function presentRule(document: Stored<RuleRecord>): Json {
  const data = document.data;
  return {
    ...times(document),
    domain: data.domain,
    type: data.type,
    trigger: data.trigger,
    redirectUrl: data.redirectUrl,
    redirectStatusCode: data.redirectStatusCode,
    deploymentId: data.deploymentId,
    deploymentResourceType: data.deploymentResourceType,
    deploymentResourceId: data.deploymentResourceId,
    deploymentVcsProviderBranch: '',
    status: 'verified',
    logs: '',
    renewAt: '',
  };
}
