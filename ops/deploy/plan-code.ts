/** What a deploy would change in functions and site: their settings, and the code that is active. */
import type { Change } from './change.ts';
import { fieldDifferences } from './change.ts';
import type { AppwriteConfig, FunctionConfig, SiteConfig } from './config.ts';
import type { RemoteFunction, RemoteSite, RemoteState } from './remote.ts';

export const functionFields = [
  ...['name', 'execute', 'events', 'schedule', 'timeout', 'enabled', 'logging'],
  ...['entrypoint', 'commands', 'scopes', 'runtime'],
];

const siteFields = [
  ...['name', 'framework', 'adapter', 'buildRuntime', 'installCommand', 'buildCommand'],
  ...['outputDirectory', 'fallbackFile', 'enabled', 'timeout', 'logging'],
];

/** Digest of what would be pushed, by path of the config. */
export type Digests = ReadonlyMap<string, string>;

const codeDifference = (
  found: RemoteFunction | RemoteSite,
  digest: string | undefined,
): readonly string[] => {
  if (found.deploymentId === '') return ['code: none is active'];
  if (found.codeDigest !== digest) return ['code'];
  if (found.latestDeploymentStatus !== 'ready') {
    return [`the last deployment is ${found.latestDeploymentStatus}`];
  }
  return found.live ? [] : ['deployed anew, to run with what was set since'];
};

const planOne = (
  kind: 'function' | 'site',
  wanted: FunctionConfig | SiteConfig,
  against: {
    readonly found: RemoteFunction | RemoteSite | undefined;
    readonly fields: readonly string[];
    readonly digests: Digests;
  },
): readonly Change[] => {
  const { found, fields, digests } = against;
  const { $id: name } = wanted;
  if (found === undefined) return [{ sign: 'create', kind, name, detail: '' }];
  const detail = [
    ...fieldDifferences(fields, found, wanted),
    ...codeDifference(found, digests.get(wanted.path)),
  ];
  return detail.length === 0 ? [] : [{ sign: 'change', kind, name, detail: detail.join(', ') }];
};

export const planCode = (
  config: AppwriteConfig,
  remote: Pick<RemoteState, 'functions' | 'sites'>,
  digests: Digests,
): readonly Change[] => [
  ...config.functions.flatMap((each) => {
    const found = remote.functions.find(({ $id }) => $id === each.$id);
    return planOne('function', each, { found, fields: functionFields, digests });
  }),
  ...config.sites.flatMap((each) => {
    const found = remote.sites.find(({ $id }) => $id === each.$id);
    return planOne('site', each, { found, fields: siteFields, digests });
  }),
];
