/** A compose file after parsing: what the process backend needs to know, nothing else. */

/** A fault of the compose file; `message` reads as `docker compose` would print it. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
}

export type DependencyCondition =
  'service_started' | 'service_healthy' | 'service_completed_successfully';

export interface VolumeMount {
  /** Key below the file's top-level `volumes`. */
  readonly volume: string;
  /** Path inside the container. */
  readonly target: string;
}

export interface Healthcheck {
  readonly test: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startPeriodMs: number;
  readonly retries: number;
}

export interface RestartPolicy {
  readonly kind: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** Only for `on-failure:N`; 0 means no limit of its own. */
  readonly maxAttempts: number;
}

export interface ComposeService {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly VolumeMount[];
  readonly dependsOn: ReadonlyMap<string, DependencyCondition>;
  readonly healthcheck: Healthcheck | null;
  readonly restart: RestartPolicy;
  readonly stopGraceMs: number;
  readonly hostname: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Container ports named by `expose`, then by `ports`. */
  readonly exposedPorts: readonly number[];
}

export interface ComposeProject {
  /** In start order: a service stands after everything it depends on. */
  readonly services: readonly ComposeService[];
  /** Declared volume → name on the host (`<appName>_<key>` unless the file names it). */
  readonly volumes: ReadonlyMap<string, string>;
}

export type Variables = Readonly<Record<string, string>>;
