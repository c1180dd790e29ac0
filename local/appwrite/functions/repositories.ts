/** The tables behind functions, sites and rules, one object for all of them. */
import type { Services } from '../kernel/types.ts';
import { DocumentTable, documentSchema } from './documents.ts';
import {
  deploymentDefaults,
  executionDefaults,
  functionDefaults,
  ruleDefaults,
  siteDefaults,
  variableDefaults,
} from './model.ts';
import type {
  DeploymentRecord,
  ExecutionRecord,
  FunctionRecord,
  RuleRecord,
  SiteRecord,
  VariableRecord,
} from './model.ts';

const TABLES = [
  'functions',
  'function_executions',
  'compute_deployments',
  'compute_variables',
  'sites',
  'proxy_rules',
] as const;

/** Safe to run at every start, also twice. */
export const COMPUTE_SCHEMA = `${TABLES.map(documentSchema).join('\n')}
  CREATE UNIQUE INDEX IF NOT EXISTS proxy_rules_domain
    ON proxy_rules (json_extract(doc, '$.domain'));`;

export interface Repositories {
  readonly functions: DocumentTable<FunctionRecord>;
  readonly executions: DocumentTable<ExecutionRecord>;
  readonly deployments: DocumentTable<DeploymentRecord>;
  readonly variables: DocumentTable<VariableRecord>;
  readonly sites: DocumentTable<SiteRecord>;
  readonly rules: DocumentTable<RuleRecord>;
}

export function createRepositories(services: Services): Repositories {
  const table = <T extends object>(name: string, defaults: () => T): DocumentTable<T> =>
    new DocumentTable(services.store, { table: name, defaults, now: () => services.clock.now() });
  return {
    functions: table('functions', functionDefaults),
    executions: table('function_executions', executionDefaults),
    deployments: table('compute_deployments', deploymentDefaults),
    variables: table('compute_variables', variableDefaults),
    sites: table('sites', siteDefaults),
    rules: table('proxy_rules', ruleDefaults),
  };
}

/** Parents: a function and a site may carry the same id. */
export const functionParent = (id: string): string => `functions/${id}`;
export const siteParent = (id: string): string => `sites/${id}`;
export const projectParent = 'project';

export function forgetProject(repositories: Repositories, projectId: string): void {
  for (const table of Object.values(repositories) as DocumentTable<object>[]) {
    table.removeProject(projectId);
  }
}
