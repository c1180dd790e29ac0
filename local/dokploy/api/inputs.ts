/**
 * What Dokploy takes: request schemas as they really behave, coercion of booleans included
 * (`"false"` is true, 0 is false, a missing `deleteVolumes` is false). Unknown keys are ignored.
 */
import * as z from 'zod/mini';

const id = z.string().check(z.minLength(1));
const text = z.string();
const nullableText = z.nullable(z.string());
const boolean = z.optional(z.coerce.boolean());
const appName = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(63),
    z.regex(
      /^[a-zA-Z0-9._-]+$/,
      'App name can only contain letters, numbers, dots, underscores and hyphens',
    ),
  );
const containerName = z.string().check(z.regex(/^[a-zA-Z0-9.\-_]+$/));
const tail = z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(10_000)), 100);
const sourceType = z.enum(['git', 'github', 'gitlab', 'bitbucket', 'gitea', 'raw']);
const composeType = z.enum(['docker-compose', 'stack']);

export const nothing = z.object({});
export const projectCreate = z.object({
  name: id,
  description: z.optional(nullableText),
  env: z.optional(text),
});
export const projectId = z.object({ projectId: id });
export const environmentCreate = z.object({
  name: id,
  description: z.optional(text),
  projectId: id,
});
export const environmentByProjectId = z.object({ projectId: text });

export const composeCreate = z.object({
  name: id,
  description: z.optional(nullableText),
  environmentId: text,
  composeType: z.optional(composeType),
  appName: z.optional(appName),
  serverId: z.optional(nullableText),
  composeFile: z.optional(text),
  sourceType: z.optional(sourceType),
});
export const composeUpdate = z.object({
  composeId: text,
  name: z.optional(id),
  description: z.optional(nullableText),
  env: z.optional(nullableText),
  composeFile: z.optional(text),
  sourceType: z.optional(sourceType),
  composeType: z.optional(composeType),
  autoDeploy: boolean,
  command: z.optional(text),
  createEnvFile: boolean,
  composePath: z.optional(id),
  suffix: z.optional(text),
  randomize: boolean,
  isolatedDeployment: boolean,
  isolatedDeploymentsVolume: boolean,
  composeStatus: z.optional(z.enum(['idle', 'running', 'done', 'error'])),
});
export const composeId = z.object({ composeId: id });
export const composeSaveEnvironment = z.object({
  composeId: text,
  env: nullableText,
  createEnvFile: boolean,
});
export const composeDeploy = z.object({
  composeId: id,
  title: z.optional(text),
  description: z.optional(text),
});
export const composeDelete = z.object({
  composeId: id,
  deleteVolumes: z._default(z.coerce.boolean(), false),
});
export const composeLoadServices = z.object({
  composeId: id,
  type: z._default(z.enum(['fetch', 'cache']), 'cache'),
});
export const composeReadLogs = z.object({
  composeId: id,
  containerId: containerName,
  tail,
  since: z._default(z.string().check(z.regex(/^(all|\d+[smhd])$/)), 'all'),
  search: z.optional(z.string().check(z.regex(/^[a-zA-Z0-9 ._-]{0,500}$/))),
});

export const deploymentId = z.object({ deploymentId: id });
export const deploymentReadLogs = z.object({ deploymentId: id, tail });

const host = z.string().check(z.minLength(1, 'Add a hostname'));
const domainFields = {
  path: z.optional(z.nullable(id)),
  port: z.optional(z.nullable(z.number().check(z.gte(1), z.lte(65_535)))),
  customEntrypoint: z.optional(nullableText),
  https: boolean,
  certificateType: z.optional(z.enum(['letsencrypt', 'none', 'custom'])),
  customCertResolver: z.optional(nullableText),
  serviceName: z.optional(nullableText),
  domainType: z.optional(z.nullable(z.enum(['compose', 'application', 'preview']))),
  internalPath: z.optional(nullableText),
  stripPath: boolean,
  middlewares: z.optional(z.nullable(z.array(text))),
  forwardAuthEnabled: boolean,
};
export const domainCreate = z.object({
  host,
  ...domainFields,
  composeId: z.optional(nullableText),
});
export const domainUpdate = z.object({ host, ...domainFields, enabled: boolean, domainId: text });
export const domainId = z.object({ domainId: id });
export const domainValidate = z.object({ domain: text, serverIp: z.optional(text) });

export const volumes = z.object({ serverId: z.optional(text) });
export const serverId = z.object({ serverId: id });
export const containers = z.object({
  appType: z.optional(z.enum(['stack', 'docker-compose'])),
  appName: containerName,
  serverId: z.optional(text),
});
