/**
 * What carries out compose projects, as the API and the deployer know it. Definition only: processes
 * of this machine (`process/`) or a Docker engine (`docker/`) are the behaviour.
 */
import type { UpCommand } from './compose/text.ts';

/** One line of `docker ps -a`. */
export interface ShownContainer {
  /** 12 hexadecimal digits. */
  readonly containerId: string;
  /** `<appName>-<service>-1`, as Compose names it. */
  readonly name: string;
  readonly state: string;
  /** `Up 2 seconds (healthy)`, `Exited (0) 3 minutes ago`. */
  readonly status: string;
}

export interface ProjectNetwork {
  readonly appName: string;
  /** A network of its own; otherwise `dokploy-network`, which all such projects share. */
  readonly isolated: boolean;
  /** Receives each line the command would print. */
  readonly print: (line: string) => void;
}

export interface UpInput {
  readonly appName: string;
  readonly command: UpCommand;
  /** Receives each line `docker compose` prints but the last one of a failure. */
  readonly print: (line: string) => void;
  /** Asked only when an image is needed that is not on the machine. */
  readonly pullFails: () => boolean;
}

export interface LogQuery {
  /** Lines at most. */
  readonly tail: number;
  /** Oldest line wanted, epoch milliseconds. */
  readonly sinceMs?: number;
  readonly search?: string;
}

/** Where a request goes to. */
export interface Upstream {
  readonly host: string;
  readonly port: number;
}

export interface RoutedRequest {
  readonly host: string | undefined;
  readonly path: string;
}

export interface Backend {
  /** Before the first `up`: a network that is already there is left alone. */
  ensureNetwork(input: ProjectNetwork): Promise<void>;
  /** The files on disk are what runs. Throws ComposeError with the last line of a failure. */
  up(input: UpInput): Promise<void>;
  /** Returns when nothing of the project runs any more. Throws ComposeError. */
  stop(appName: string): Promise<void>;
  /** Containers go, volumes only when asked. Throws ComposeError. */
  down(appName: string, options: { readonly deleteVolumes: boolean }): Promise<void>;
  containers(appName: string): Promise<readonly ShownContainer[]>;
  /** Names of all volumes on the machine. */
  volumes(): Promise<readonly string[]>;
  /** undefined: the project has no container of that id or name. */
  readLogs(
    container: { readonly appName: string; readonly idOrName: string },
    query: LogQuery,
  ): Promise<string | undefined>;
  /** The nightly clean-up: what does not run goes, and images nothing uses. Volumes stay. */
  prune(): Promise<{ readonly containers: number; readonly images: number }>;
  /** Removes everything this data folder ever started, orphans, volumes and networks included. */
  purge(): Promise<{ readonly projects: number }>;
  /** undefined: no router says so; a port of 0: the service is wanted and has no such port. */
  route(request: RoutedRequest): Promise<Upstream | undefined>;
  /** Starts what ran with `always` or `unless-stopped` when the last run was closed. */
  resume(): Promise<void>;
  /** Stops everything that runs. */
  close(): Promise<void>;
}
