/**
 * A container as data: all that is needed to start its process again after a restart.
 * Stored in the project's record, so every field added later needs a default.
 */
import * as z from 'zod/mini';

const healthcheck = z.object({
  test: z.array(z.string()),
  intervalMs: z.number(),
  timeoutMs: z.number(),
  startPeriodMs: z.number(),
  retries: z.number(),
});

export const containerSpec = z.object({
  service: z.string(),
  /** `<appName>-<service>-1`, as Compose names it. */
  name: z.string(),
  /** 12 hexadecimal digits. */
  containerId: z.string(),
  /** Of everything below: an equal hash means `up` leaves the container alone. */
  hash: z.string(),
  argv: z.array(z.string()),
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  restart: z.object({
    kind: z.enum(['no', 'always', 'unless-stopped', 'on-failure']),
    maxAttempts: z.number(),
  }),
  stopGraceMs: z.number(),
  /** Already translated to loopback ports; null test: an address could not be translated. */
  healthcheck: z.nullable(z.extend(healthcheck, { test: z.nullable(z.array(z.string())) })),
  /** The service's one loopback port and the container ports it stands for. */
  port: z.number(),
  containerPorts: z.array(z.number()),
  labels: z.record(z.string(), z.string()),
});
export type ContainerSpec = z.infer<typeof containerSpec>;

export const projectRecord = z.object({
  ports: z.record(z.string(), z.number()),
  volumes: z.array(z.string()),
  containers: z.array(
    z.object({
      spec: containerSpec,
      /** What was last asked for: decides whether a restart of the stand-in starts it. */
      wanted: z.enum(['running', 'stopped']),
      exitCode: z.nullable(z.number()),
      finishedAt: z.nullable(z.number()),
    }),
  ),
});
export type ProjectRecord = z.infer<typeof projectRecord>;
