/**
 * Containers as the engine describes them, reduced to what is used here. Environment and mounts of
 * a container are in the engine's answer; they are dropped at this edge and never seen again.
 */
import * as z from 'zod/mini';
import type { Docker } from './cli.ts';

const inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Config: z.object({
    StopTimeout: z.optional(z.nullable(z.number())),
    Labels: z.nullable(z.record(z.string(), z.string())),
  }),
  HostConfig: z.object({ RestartPolicy: z.object({ Name: z.string() }) }),
  State: z.object({
    Status: z.string(),
    Health: z.optional(z.nullable(z.object({ Status: z.string() }))),
  }),
  NetworkSettings: z.object({
    Networks: z.nullable(z.record(z.string(), z.object({ IPAddress: z.string() }))),
  }),
});

export interface EngineContainer {
  readonly containerId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `running`, `restarting`, `exited`, `created`, `paused`, `dead`. */
  readonly state: string;
  /** `healthy`, `unhealthy`, `starting`; undefined without a healthcheck. */
  readonly health: string | undefined;
  readonly restart: string;
  /** From SIGTERM to SIGKILL. */
  readonly stopGraceSeconds: number;
  /** Network → address; stopped ones have none. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** Docker's own. */
const defaultGraceSeconds = 10;
const maxContainers = 5_000;
/** Ids of one call: the answer for these stays well below the limit on output. */
const idsPerCall = 200;

/** Those that match the filters, running or not. One that vanishes meanwhile is left out. */
export async function listContainers(
  docker: Docker,
  filters: readonly string[],
): Promise<readonly EngineContainer[]> {
  const flags = filters.flatMap((filter) => ['--filter', filter]);
  const listed = await docker({ args: ['ps', '-aq', '--no-trunc', ...flags] });
  if (listed.exitCode !== 0) throw new Error(lastLine(listed.stderr));
  const ids = linesOf(listed.stdout).slice(0, maxContainers);
  const found: EngineContainer[] = [];
  for (let at = 0; at < ids.length; at += idsPerCall) {
    found.push(...(await inspect(docker, ids.slice(at, at + idsPerCall))));
  }
  return found;
}

async function inspect(docker: Docker, ids: readonly string[]): Promise<EngineContainer[]> {
  // Fails as a whole when one of them is gone, and still prints the others.
  const { stdout } = await docker({ args: ['container', 'inspect', ...ids] });
  return z.parse(z.array(inspected), JSON.parse(stdout === '' ? '[]' : stdout)).map(picked);
}

function picked(each: z.infer<typeof inspected>): EngineContainer {
  const networks = Object.entries(each.NetworkSettings.Networks ?? {});
  const reachable = networks.filter(([, { IPAddress }]) => IPAddress !== '');
  return {
    containerId: each.Id,
    name: each.Name.replace(/^\//, ''),
    labels: each.Config.Labels ?? {},
    state: each.State.Status,
    health: each.State.Health?.Status,
    stopGraceSeconds: each.Config.StopTimeout ?? defaultGraceSeconds,
    restart: each.HostConfig.RestartPolicy.Name,
    addresses: Object.fromEntries(reachable.map(([name, { IPAddress }]) => [name, IPAddress])),
  };
}

export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** What a failed call ends with; the rest of its output is not repeated. */
export function lastLine(text: string): string {
  return linesOf(text).at(-1)?.slice(0, 500) ?? 'docker said nothing';
}
