/**
 * What is stored of functions, their deployments, variables, executions, and of sites and rules,
 * with a default for every field. Ids, parents and times are kept beside these records.
 */
import type { HeaderPair } from '../runtime/wire.ts';
import { DEFAULT_SPECIFICATION } from './catalogue.ts';

export interface SourceRecord {
  readonly name: string;
  readonly enabled: boolean;
  readonly live: boolean;
  readonly logging: boolean;
  readonly timeout: number;
  readonly deploymentRetention: number;
  readonly deploymentId: string;
  readonly deploymentCreatedAt: string;
  readonly latestDeploymentId: string;
  readonly latestDeploymentCreatedAt: string;
  readonly latestDeploymentStatus: string;
  readonly buildSpecification: string;
  readonly runtimeSpecification: string;
}

export interface FunctionRecord extends SourceRecord {
  readonly execute: readonly string[];
  readonly runtime: string;
  readonly scopes: readonly string[];
  readonly events: readonly string[];
  readonly schedule: string;
  readonly entrypoint: string;
  readonly commands: string;
}

export interface SiteRecord extends SourceRecord {
  readonly framework: string;
  readonly installCommand: string;
  readonly buildCommand: string;
  readonly startCommand: string;
  readonly outputDirectory: string;
  readonly buildRuntime: string;
  readonly adapter: string;
  readonly fallbackFile: string;
}

export type DeploymentStatus = 'waiting' | 'processing' | 'building' | 'ready' | 'failed';

export interface DeploymentRecord {
  readonly resourceType: 'functions' | 'sites';
  readonly resourceId: string;
  readonly entrypoint: string;
  readonly commands: string;
  readonly outputDirectory: string;
  readonly activate: boolean;
  readonly status: DeploymentStatus;
  readonly sourceSize: number;
  readonly buildSize: number;
  readonly buildLogs: string;
  readonly buildDuration: number;
  /** Bytes expected of the upload, and the chunks received as start → bytes. */
  readonly uploadTotal: number;
  readonly chunks: Readonly<Record<string, number>>;
}

export interface VariableRecord {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
  readonly resourceType: 'function' | 'site' | 'project';
  readonly resourceId: string;
}

export type ExecutionStatus = 'waiting' | 'processing' | 'completed' | 'failed' | 'scheduled';
export type Trigger = 'http' | 'schedule' | 'event';

export interface ExecutionRecord {
  readonly permissions: readonly string[];
  readonly deploymentId: string;
  readonly trigger: Trigger;
  readonly status: ExecutionStatus;
  readonly requestMethod: string;
  readonly requestPath: string;
  readonly requestHeaders: readonly HeaderPair[];
  readonly responseStatusCode: number;
  readonly responseHeaders: readonly HeaderPair[];
  readonly logs: string;
  readonly errors: string;
  readonly duration: number;
  readonly scheduledAt: string | null;
  /** What a later run needs; emptied when it has run. */
  readonly pending: PendingRequest | null;
}

export interface PendingRequest {
  readonly dueAtMs: number;
  readonly body: string;
  readonly headers: readonly HeaderPair[];
  readonly userId: string;
}

export interface RuleRecord {
  readonly domain: string;
  readonly type: 'deployment' | 'api' | 'redirect';
  readonly trigger: 'manual' | 'deployment';
  readonly deploymentId: string;
  readonly deploymentResourceType: 'function' | 'site' | '';
  readonly deploymentResourceId: string;
  readonly redirectUrl: string;
  readonly redirectStatusCode: number;
}

function sourceDefaults(): SourceRecord {
  return {
    name: '',
    enabled: true,
    live: true,
    logging: true,
    timeout: 15,
    deploymentRetention: 0,
    deploymentId: '',
    deploymentCreatedAt: '',
    latestDeploymentId: '',
    latestDeploymentCreatedAt: '',
    latestDeploymentStatus: '',
    buildSpecification: DEFAULT_SPECIFICATION,
    runtimeSpecification: DEFAULT_SPECIFICATION,
  };
}

export function functionDefaults(): FunctionRecord {
  return {
    ...sourceDefaults(),
    execute: [],
    runtime: 'node-22',
    scopes: [],
    events: [],
    schedule: '',
    entrypoint: '',
    commands: '',
  };
}

export function siteDefaults(): SiteRecord {
  return {
    ...sourceDefaults(),
    timeout: 30,
    framework: 'other',
    installCommand: '',
    buildCommand: '',
    startCommand: '',
    outputDirectory: '',
    buildRuntime: 'node-22',
    adapter: 'static',
    fallbackFile: '',
  };
}

export function deploymentDefaults(): DeploymentRecord {
  return {
    resourceType: 'functions',
    resourceId: '',
    entrypoint: '',
    commands: '',
    outputDirectory: '',
    activate: false,
    status: 'waiting',
    sourceSize: 0,
    buildSize: 0,
    buildLogs: '',
    buildDuration: 0,
    uploadTotal: 0,
    chunks: {},
  };
}

export function variableDefaults(): VariableRecord {
  return { key: '', value: '', secret: true, resourceType: 'function', resourceId: '' };
}

export function executionDefaults(): ExecutionRecord {
  return {
    permissions: [],
    deploymentId: '',
    trigger: 'http',
    status: 'waiting',
    requestMethod: 'POST',
    requestPath: '/',
    requestHeaders: [],
    responseStatusCode: 0,
    responseHeaders: [],
    logs: '',
    errors: '',
    duration: 0,
    scheduledAt: null,
    pending: null,
  };
}

export function ruleDefaults(): RuleRecord {
  return {
    domain: '',
    type: 'deployment',
    trigger: 'manual',
    deploymentId: '',
    deploymentResourceType: '',
    deploymentResourceId: '',
    redirectUrl: '',
    redirectStatusCode: 301,
  };
}
