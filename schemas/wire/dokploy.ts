/**
 * Dokploy's REST payloads, v0.30.2, as a client sends and picks them.
 * Guarantees: an answer schema names only fields a client needs and drops every other key, so the
 * decrypted `env` that Dokploy repeats in whole rows never enters our types. Request schemas are
 * strict where Dokploy coerces: a boolean is a JSON boolean, because `"false"` means true there.
 * Source: recordings of a running v0.30.2 (fact sheet §2, §12).
 */
import * as z from 'zod/mini';

/** Largest request body Dokploy takes, bytes; above it answers 413 in plain text. */
export const dokployBodyLimitBytes = 1024 * 1024;
/** Dokploy closes an idle connection after this time: keep pooled sockets for less. */
export const dokployKeepAliveMs = 5_000;

const id = z.string().check(z.minLength(1));
const nullableText = z.nullable(z.string());

export const composeStatus = z.enum(['idle', 'running', 'done', 'error']);
/** In answers any word: newer versions add some (`paused`), and we decide nothing by it. */
const shownComposeStatus = z.string();
/** A word we do not know is no end: the client's own deadline decides. */
export const deploymentStatus = z.catch(
  z.enum(['running', 'done', 'error', 'cancelled']),
  'running',
);
export type DeploymentStatus = z.infer<typeof deploymentStatus>;

/* ---- requests ---- */

export const projectCreateBody = z.object({ name: id, description: z.optional(z.string()) });
export const projectOneQuery = z.object({ projectId: id });

export const environmentCreateBody = z.object({
  name: id,
  projectId: id,
  description: z.optional(z.string()),
});
export const environmentByProjectIdQuery = projectOneQuery;

export const composeCreateBody = z.object({
  name: id,
  environmentId: id,
  appName: z.optional(z.string().check(z.regex(/^[a-zA-Z0-9._-]{1,63}$/))),
  description: z.optional(z.string()),
  composeType: z.optional(z.enum(['docker-compose', 'stack'])),
  sourceType: z.optional(z.literal('raw')),
  composeFile: z.optional(z.string()),
  serverId: z.optional(nullableText),
});

/** `appName` and `serverId` are left out: Dokploy ignores them silently. */
export const composeUpdateBody = z.object({
  composeId: id,
  name: z.optional(id),
  description: z.optional(nullableText),
  composeFile: z.optional(z.string()),
  sourceType: z.optional(z.literal('raw')),
  composeType: z.optional(z.enum(['docker-compose', 'stack'])),
  command: z.optional(z.string()),
  autoDeploy: z.optional(z.boolean()),
  createEnvFile: z.optional(z.boolean()),
  isolatedDeployment: z.optional(z.boolean()),
  composeStatus: z.optional(composeStatus),
});

export const composeIdBody = z.object({ composeId: id });
export const composeSaveEnvironmentBody = z.object({ composeId: id, env: nullableText });
/** `title` is the only handle on the deployment made by the call: make it unique. */
export const composeDeployBody = z.object({
  composeId: id,
  title: z.string(),
  description: z.optional(z.string()),
});
/** Both required here: Dokploy reads an omitted `deleteVolumes` as false. */
export const composeDeleteBody = z.object({ composeId: id, deleteVolumes: z.boolean() });
export const composeLoadServicesQuery = z.object({
  composeId: id,
  type: z.optional(z.enum(['cache', 'fetch'])),
});
const tail = z.number().check(z.int(), z.gte(1), z.lte(10_000));
export const composeReadLogsQuery = z.object({
  composeId: id,
  containerId: z.string().check(z.regex(/^[a-zA-Z0-9._-]+$/)),
  tail: z.optional(tail),
  since: z.optional(z.string().check(z.regex(/^(all|\d+[smhd])$/))),
  search: z.optional(z.string().check(z.regex(/^[a-zA-Z0-9 ._-]{0,500}$/))),
});

export const deploymentIdBody = z.object({ deploymentId: id });
export const deploymentReadLogsQuery = z.object({ deploymentId: id, tail: z.optional(tail) });

const domainFields = {
  host: id,
  port: z.number().check(z.int(), z.gte(1), z.lte(65_535)),
  serviceName: id,
  https: z.boolean(),
  certificateType: z.enum(['none', 'letsencrypt', 'custom']),
  path: z.optional(z.string()),
};
export const domainCreateBody = z.object({
  ...domainFields,
  composeId: id,
  domainType: z.literal('compose'),
});
export const domainUpdateBody = z.object({
  ...domainFields,
  domainId: id,
  enabled: z.optional(z.boolean()),
});
export const domainIdBody = z.object({ domainId: id });
export const domainValidateBody = z.object({ domain: id, serverIp: z.optional(z.string()) });

export const serverIdQuery = z.object({ serverId: id });
export const containersQuery = z.object({
  appName: z.string().check(z.regex(/^[a-zA-Z0-9.\-_]+$/)),
  appType: z.literal('docker-compose'),
  serverId: z.optional(z.string()),
});
export const volumesQuery = z.object({ serverId: z.optional(z.string()) });
export const containerConfigQuery = z.object({
  containerId: id,
  serverId: z.optional(z.string()),
});
const noInput = z.object({});

/* ---- answers: picked fields only ---- */

export const project = z.object({ projectId: id, name: z.string(), createdAt: z.string() });
export const environment = z.object({
  environmentId: id,
  name: z.string(),
  isDefault: z.boolean(),
});
export const projectCreated = z.object({ project, environment });

const listedCompose = z.object({
  composeId: id,
  name: z.string(),
  /** Present in environment.byProjectId, missing in project.one and environment.one. */
  appName: z.optional(z.string()),
  description: z.optional(nullableText),
  composeStatus: shownComposeStatus,
  createdAt: z.string(),
  serverId: nullableText,
});
export const environmentListed = z.extend(environment, { compose: z.array(listedCompose) });
export const projectOne = z.extend(project, {
  environments: z.array(z.extend(environment, { compose: z.array(z.unknown()) })),
});

/** Bookkeeping, not observation: a crashed container does not change `composeStatus`. */
export const compose = z.object({
  composeId: id,
  name: z.string(),
  appName: z.string(),
  description: nullableText,
  environmentId: id,
  composeStatus: shownComposeStatus,
  sourceType: z.string(),
  composeFile: z.string(),
  command: z.string(),
  autoDeploy: z.nullable(z.boolean()),
  isolatedDeployment: z.boolean(),
  serverId: nullableText,
  createdAt: z.string(),
});

export const deployment = z.object({
  deploymentId: id,
  title: z.string(),
  description: nullableText,
  status: deploymentStatus,
  logPath: z.string(),
  composeId: nullableText,
  createdAt: z.string(),
  startedAt: nullableText,
  /** null for `running`, and for `cancelled` after a restart of Dokploy. */
  finishedAt: nullableText,
  /** Set only when the row could not be prepared; otherwise the reason is in the log. */
  errorMessage: nullableText,
});
export const deploymentCentral = z.extend(deployment, {
  compose: z.nullable(z.object({ composeId: id, name: z.string(), appName: z.string() })),
});

export const domain = z.object({
  domainId: id,
  host: z.string(),
  https: z.boolean(),
  port: z.nullable(z.number()),
  path: nullableText,
  serviceName: nullableText,
  composeId: nullableText,
  certificateType: z.string(),
  /** Counts up: the order in which domains were made. */
  uniqueConfigKey: z.number(),
  enabled: z.boolean(),
});

export const composeOne = z.extend(compose, {
  /** Whether any env is set; its text is dropped right here. */
  env: z.pipe(
    z.nullish(z.string()),
    z.transform((text) => text != null && text.trim() !== ''),
  ),
  deployments: z.array(deployment),
  domains: z.array(domain),
});

export const deployQueued = z.object({
  success: z.literal(true),
  message: z.string(),
  composeId: id,
});
export const queuesCleaned = z.object({ success: z.literal(true), message: z.string() });

export const queueJob = z.object({
  id: z.string(),
  data: z.object({
    composeId: z.optional(z.string()),
    titleLog: z.string(),
    type: z.string(),
    applicationType: z.string(),
  }),
  timestamp: z.number(),
  processedOn: z.optional(z.number()),
  state: z.enum(['active', 'waiting']),
});

export const domainValidity = z.object({
  isValid: z.boolean(),
  resolvedIp: z.optional(z.string()),
  error: z.optional(z.string()),
});

export const server = z.object({
  serverId: id,
  name: z.string(),
  ipAddress: z.string(),
  serverStatus: z.string(),
});

/** `status` reads `Up 2 seconds (healthy)`: the only word on health over REST. */
export const container = z.object({
  containerId: id,
  name: z.string(),
  state: z.string(),
  status: z.string(),
});

/** Of docker's own inspect; the rest of it (environment, paths) is never looked at. */
export const containerConfig = z.object({ Config: z.object({ Image: z.string() }) });

/** One line of `docker volume ls`; read in its source (v0.30.2), not recorded. */
export const dockerVolume = z.object({ Name: z.string() });

/** Errors of tRPC; the 401 of a missing, wrong or rate-limited key carries `message` alone. */
export const dokployError = z.object({ message: z.string(), code: z.optional(z.string()) });

/** Every operation we use: method, what is sent, what is picked from the answer. */
export const dokployOperations = {
  'project.create': { method: 'POST', input: projectCreateBody, answer: projectCreated },
  'project.all': { method: 'GET', input: noInput, answer: z.array(project) },
  'project.one': { method: 'GET', input: projectOneQuery, answer: projectOne },
  'environment.create': { method: 'POST', input: environmentCreateBody, answer: environment },
  'environment.byProjectId': {
    method: 'GET',
    input: environmentByProjectIdQuery,
    answer: z.array(environmentListed),
  },
  'compose.create': { method: 'POST', input: composeCreateBody, answer: compose },
  /** 200 with an empty body when the id is unknown. */
  'compose.update': { method: 'POST', input: composeUpdateBody, answer: z.optional(compose) },
  'compose.saveEnvironment': {
    method: 'POST',
    input: composeSaveEnvironmentBody,
    answer: z.literal(true),
  },
  'compose.deploy': { method: 'POST', input: composeDeployBody, answer: deployQueued },
  'compose.redeploy': { method: 'POST', input: composeDeployBody, answer: deployQueued },
  'compose.start': { method: 'POST', input: composeIdBody, answer: z.literal(true) },
  'compose.stop': { method: 'POST', input: composeIdBody, answer: z.literal(true) },
  'compose.delete': { method: 'POST', input: composeDeleteBody, answer: compose },
  'compose.one': { method: 'GET', input: composeIdBody, answer: composeOne },
  'compose.cleanQueues': { method: 'POST', input: composeIdBody, answer: queuesCleaned },
  'compose.loadServices': {
    method: 'GET',
    input: composeLoadServicesQuery,
    answer: z.array(z.string()),
  },
  'compose.getConvertedCompose': { method: 'GET', input: composeIdBody, answer: z.string() },
  'compose.getDefaultCommand': { method: 'GET', input: composeIdBody, answer: z.string() },
  'compose.readLogs': { method: 'GET', input: composeReadLogsQuery, answer: z.string() },
  'deployment.allByCompose': {
    method: 'GET',
    input: composeIdBody,
    answer: z.array(deployment),
  },
  'deployment.allCentralized': {
    method: 'GET',
    input: noInput,
    answer: z.array(deploymentCentral),
  },
  'deployment.queueList': { method: 'GET', input: noInput, answer: z.array(queueJob) },
  'deployment.readLogs': { method: 'GET', input: deploymentReadLogsQuery, answer: z.string() },
  'deployment.removeDeployment': {
    method: 'POST',
    input: deploymentIdBody,
    answer: z.nullish(deployment),
  },
  'domain.create': { method: 'POST', input: domainCreateBody, answer: domain },
  'domain.byComposeId': { method: 'GET', input: composeIdBody, answer: z.array(domain) },
  'domain.update': { method: 'POST', input: domainUpdateBody, answer: domain },
  'domain.delete': { method: 'POST', input: domainIdBody, answer: domain },
  'domain.validateDomain': {
    method: 'POST',
    input: domainValidateBody,
    answer: domainValidity,
  },
  'server.all': { method: 'GET', input: noInput, answer: z.array(server) },
  /** 400 when the server cannot be reached by SSH. Of what it lists, only docker is of interest. */
  'server.validate': {
    method: 'GET',
    input: serverIdQuery,
    answer: z.object({ docker: z.object({ enabled: z.boolean() }) }),
  },
  'server.one': { method: 'GET', input: serverIdQuery, answer: server },
  'docker.getContainersByAppNameMatch': {
    method: 'GET',
    input: containersQuery,
    answer: z.array(container),
  },
  /** Needs docker permission, which a key of least privilege has not. */
  'docker.getConfig': { method: 'GET', input: containerConfigQuery, answer: containerConfig },
  /**
   * Every volume on the server, an empty list also where Docker could not be asked. Since v0.30.0;
   * needs docker permission, which a key of least privilege has not.
   */
  'dockerVolume.getVolumes': { method: 'GET', input: volumesQuery, answer: z.array(dockerVolume) },
  'settings.getDokployVersion': { method: 'GET', input: noInput, answer: z.string() },
} as const;

export type DokployOperation = keyof typeof dokployOperations;
export type DokployInput<O extends DokployOperation> = z.infer<
  (typeof dokployOperations)[O]['input']
>;
export type DokployAnswer<O extends DokployOperation> = z.infer<
  (typeof dokployOperations)[O]['answer']
>;
export type DokployCompose = z.infer<typeof compose>;
export type DokployDeployment = z.infer<typeof deployment>;
export type DokployDomain = z.infer<typeof domain>;
export type DokployContainer = z.infer<typeof container>;
export type DokployQueueJob = z.infer<typeof queueJob>;
