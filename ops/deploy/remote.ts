/** What a project holds now, read page by page through the API and parsed. Changes nothing. */
import * as z from 'zod/mini';
import type { Api, Query } from './api.ts';
import { isMissing } from './api.ts';
import { tableConfig } from './config.ts';
import type { ConsoleSession, Target } from './connect.ts';
import { archiveDigest } from './files.ts';

const database = z.object({ $id: z.string(), name: z.string(), enabled: z.boolean() });

export type RemoteTable = z.infer<typeof tableConfig>;

const variable = z.object({
  $id: z.string(),
  $updatedAt: z.string(),
  key: z.string(),
  /** Always empty where it is secret. */
  value: z.string(),
});
export type RemoteVariable = z.infer<typeof variable>;

const deployable = {
  $id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  live: z._default(z.boolean(), true),
  logging: z.boolean(),
  timeout: z.number(),
  deploymentId: z._default(z.string(), ''),
  latestDeploymentId: z._default(z.string(), ''),
  latestDeploymentStatus: z._default(z.string(), ''),
};

const functionShape = z.looseObject({
  ...deployable,
  runtime: z.string(),
  execute: z.array(z.string()),
  events: z.array(z.string()),
  schedule: z.string(),
  entrypoint: z.string(),
  commands: z.string(),
  scopes: z.array(z.string()),
});

const siteShape = z.looseObject({
  ...deployable,
  framework: z.string(),
  adapter: z._default(z.string(), ''),
  buildRuntime: z.string(),
  installCommand: z.string(),
  buildCommand: z.string(),
  outputDirectory: z.string(),
  fallbackFile: z._default(z.string(), ''),
});

export type RemoteFunction = z.infer<typeof functionShape> & {
  readonly variables: readonly RemoteVariable[];
  /** Of the active deployment's source; null = there is none. */
  readonly codeDigest: string | null;
};
export type RemoteSite = z.infer<typeof siteShape> & { readonly codeDigest: string | null };

const rule = z.object({
  $id: z.string(),
  domain: z.string(),
  deploymentResourceType: z._default(z.string(), ''),
  deploymentResourceId: z._default(z.string(), ''),
  status: z._default(z.string(), ''),
});
export type RemoteRule = z.infer<typeof rule>;

const team = z.object({ $id: z.string(), name: z.string() });
const platform = z.object({ hostname: z._default(z.string(), '') });

export interface RemoteState {
  /** The console's project document; settings are fields of it. */
  readonly project: Readonly<Record<string, unknown>>;
  readonly platforms: readonly string[];
  readonly databases: readonly z.infer<typeof database>[];
  readonly tables: readonly RemoteTable[];
  readonly teams: readonly z.infer<typeof team>[];
  readonly functions: readonly RemoteFunction[];
  readonly sites: readonly RemoteSite[];
  readonly rules: readonly RemoteRule[];
}

const pageSize = 100;
const pagesAtMost = 100;

export const limit = (count: number): Query => ({ method: 'limit', values: [count] });

/** Every entry of a listing; `name` is the field that holds the page. */
export const listAll = async <S extends z.ZodMiniType>(
  api: Api,
  place: { readonly path: string; readonly name: string },
  shape: S,
): Promise<readonly z.infer<S>[]> => {
  const found: z.infer<S>[] = [];
  for (let page = 0; page < pagesAtMost; page += 1) {
    const offset = { method: 'offset', values: [page * pageSize] };
    const answer = await api.get(place.path, [limit(pageSize), offset]);
    const entries = z.array(shape).parse((answer as Record<string, unknown>)[place.name]);
    found.push(...entries);
    if (entries.length < pageSize) return found;
  }
  throw new Error(`${place.path} holds more than ${String(pagesAtMost * pageSize)} entries.`);
};

export const tablesOf = async (api: Api): Promise<Pick<RemoteState, 'databases' | 'tables'>> => {
  const databases = await listAll(api, { path: '/tablesdb', name: 'databases' }, database);
  const tables = await Promise.all(
    databases.map(({ $id }) =>
      listAll(api, { path: `/tablesdb/${$id}/tables`, name: 'tables' }, tableConfig),
    ),
  );
  return { databases, tables: tables.flat() };
};

export const variablesOf = async (
  api: Api,
  functionId: string,
): Promise<readonly RemoteVariable[]> => {
  const answer = await api.get(`/functions/${functionId}/variables`);
  return z.object({ variables: z.array(variable) }).parse(answer).variables;
};

/** A deployment whose archive is gone (retention) cannot be compared: it is pushed again. */
const codeOf = async (
  api: Api,
  place: 'functions' | 'sites',
  { $id, deploymentId }: { readonly $id: string; readonly deploymentId: string },
): Promise<string | null> => {
  if (deploymentId === '') return null;
  const path = `/${place}/${$id}/deployments/${deploymentId}/download?type=source`;
  try {
    return await archiveDigest(await api.download(path));
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

/** Without looking into their code. */
export const listFunctions = (api: Api): Promise<readonly z.infer<typeof functionShape>[]> =>
  listAll(api, { path: '/functions', name: 'functions' }, functionShape);

const functionsOf = async (api: Api): Promise<readonly RemoteFunction[]> => {
  const found = await listFunctions(api);
  return Promise.all(
    found.map(async (each) => ({
      ...each,
      variables: await variablesOf(api, each.$id),
      codeDigest: await codeOf(api, 'functions', each),
    })),
  );
};

const sitesOf = async (api: Api): Promise<readonly RemoteSite[]> => {
  const found = await listAll(api, { path: '/sites', name: 'sites' }, siteShape);
  return Promise.all(
    found.map(async (each) => ({ ...each, codeDigest: await codeOf(api, 'sites', each) })),
  );
};

export const rulesOf = (api: Api): Promise<readonly RemoteRule[]> =>
  listAll(api, { path: '/proxy/rules', name: 'rules' }, rule);

const projectOf = async (
  console: Api,
  { projectId }: Pick<Target, 'projectId'>,
): Promise<Pick<RemoteState, 'project' | 'platforms'>> => {
  const project = z
    .record(z.string(), z.unknown())
    .parse(await console.get(`/projects/${projectId}`));
  const listed = z.safeParse(z.array(platform), project['platforms'] ?? []);
  return { project, platforms: (listed.data ?? []).map(({ hostname }) => hostname) };
};

export const readRemote = async (
  api: Api,
  session: ConsoleSession,
  target: Pick<Target, 'projectId'>,
): Promise<RemoteState> => {
  const [project, tables, teams, functions, sites, rules] = await Promise.all([
    projectOf(session.console, target),
    tablesOf(api),
    listAll(api, { path: '/teams', name: 'teams' }, team),
    functionsOf(api),
    sitesOf(api),
    rulesOf(api),
  ]);
  return { ...project, ...tables, teams, functions, sites, rules };
};

export const rowCount = async (api: Api, databaseId: string, tableId: string): Promise<number> => {
  const path = `/tablesdb/${databaseId}/tables/${tableId}/rows`;
  return z.object({ total: z.number() }).parse(await api.get(path, [limit(1)])).total;
};
