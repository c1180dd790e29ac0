/** The machines: Dokploy as a deployer, and the tenant's agent. */
import type { RestoreReport, RestoreRequest } from '#schemas/contract/agent-restore.ts';
import type { BackupReport } from '#schemas/contract/agent-backup.ts';
import type {
  AgentErrorCode,
  AgentScope,
  CheckReport,
  CodexStartAnswer,
  ExposureReport,
  SmokeReport,
  StateAnswer,
  VerifyAnswer,
} from '#schemas/contract/agent.ts';

export type DeployerRefusal =
  /** The key has never worked in this process: wrong, revoked, expired, or used up before. */
  | 'unauthorized'
  /** The key worked in this process and does not now: used up, revoked or expired. */
  | 'rate_limited_or_unauthorized'
  /** Too many calls just now; the key itself is good. */
  | 'rate_limited'
  /** The key is good, but not for this. */
  | 'forbidden'
  /** The deployer's version lacks something this adapter relies on. */
  | 'version_too_old'
  | 'invalid'
  | 'failed';

/** `unknown`: the call may or may not have had its effect; look before repeating it. */
export type DeployerOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly code: DeployerRefusal }
  | { readonly kind: 'unknown' };

export interface ComposeConfig {
  readonly file: string;
  readonly host: string;
  readonly https: boolean;
  readonly serviceName: string;
  readonly servicePort: number;
  /** Seconds `docker compose up --wait` may take. */
  readonly waitSeconds: number;
}

/** `stalled`: written down as running, but nobody works on it any more. */
export type DeploymentStatus =
  'queued' | 'running' | 'stalled' | 'done' | 'error' | 'cancelled' | 'absent';

export interface DeploymentSummary {
  readonly deploymentId: string;
  readonly title: string;
  readonly status: 'running' | 'done' | 'error' | 'cancelled';
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly logPath: string;
}

export interface ContainerHealth {
  readonly name: string;
  readonly state: 'running' | 'restarting' | 'paused' | 'created' | 'exited' | 'other';
  /** `none`: the container has no healthcheck, or does not run. */
  readonly health: 'healthy' | 'unhealthy' | 'starting' | 'none';
}

export interface RunningImage {
  readonly container: string;
  readonly image: string;
}

/** Whether it is there and not down: paused, restarting and unheard-of states count as up. */
export const isUp = ({ state }: ContainerHealth): boolean =>
  state !== 'exited' && state !== 'created';

export interface Deployer {
  /** Find-or-create by our own name. */
  ensureProject(
    name: string,
  ): Promise<DeployerOutcome<{ readonly projectId: string; readonly environmentId: string }>>;
  /** Find-or-create the compose service by our own name. */
  ensureCompose(place: {
    readonly projectId: string;
    readonly environmentId: string;
    readonly name: string;
    /** Where it is to run; cannot be changed later. Left out: the deployer's own machine. */
    readonly serverId?: string | null;
  }): Promise<
    DeployerOutcome<{
      readonly composeId: string;
      readonly composeStatus: string;
      /** Younger services of the same name (racing creates): never used, never deleted by guess. */
      readonly duplicates?: readonly string[];
    }>
  >;
  /** Writes file, command, isolation, and the one domain. Idempotent. */
  configure(
    composeId: string,
    config: ComposeConfig,
  ): Promise<DeployerOutcome<{ readonly domainId: string }>>;
  deploy(composeId: string, title: string): Promise<DeployerOutcome<null>>;
  /** By unique title: the row if there is one, else whether it is still queued. */
  deploymentStatus(
    composeId: string,
    title: string,
  ): Promise<
    DeployerOutcome<{ readonly status: DeploymentStatus; readonly finishedAt: string | null }>
  >;
  recentDeployments(composeId: string): Promise<DeployerOutcome<readonly DeploymentSummary[]>>;
  composeStatus(
    composeId: string,
  ): Promise<DeployerOutcome<{ readonly name: string; readonly composeStatus: string }>>;
  /**
   * Phase one of taking down: idempotent, blocks until the containers are down or time is up.
   * `stopped` is proof that nothing runs and nothing is queued; anything less is `still_running`
   * (call again later) or `unknown`.
   */
  stop(
    composeId: string,
  ): Promise<DeployerOutcome<{ readonly state: 'stopped' | 'still_running' }>>;
  /**
   * Phase two: refuses by answering `still_running` while anything runs. `containers` names what
   * was left behind. `not_found`: there is no such service (any more).
   */
  remove(
    composeId: string,
    options: { readonly volumes: boolean },
  ): Promise<
    DeployerOutcome<{
      readonly state: 'gone' | 'still_running';
      readonly containers: readonly string[];
    }>
  >;
  /** Where Docker knows a service: to be noted before it is removed, for nobody can say it later. */
  locate(composeId: string): Promise<DeployerOutcome<ServicePlace>>;
  /**
   * What Docker still lists of a service that was removed. `not_found`: its server is not known (any
   * more). Two empty lists are true where `reachable` stands beside them.
   */
  remains(place: ServicePlace): Promise<DeployerOutcome<Remains>>;
  /** What the machine shows now. An empty list is "nothing seen", never proof of anything. */
  health(composeId: string): Promise<DeployerOutcome<readonly ContainerHealth[]>>;
  /** Last lines of a deployment's log, redacted and shortened for an operator. */
  failureLog(composeId: string, title: string): Promise<DeployerOutcome<string>>;
  /**
   * What docker says that each container of the service runs, as its compose file named it. Null:
   * this deployer does not show it (our key may not ask).
   */
  runningImages(composeId: string): Promise<DeployerOutcome<readonly RunningImage[] | null>>;
  /** The service as it is written down, and what runs of it: compare with what we left there. */
  inspect(composeId: string): Promise<DeployerOutcome<Inspection>>;
  /** The `hash` that `inspect` answers when nothing has drifted from this configuration. */
  configHash(config: ComposeConfig): string;
  /** Brings up what a stop or a crash left down, with the files of the last deployment. */
  start(composeId: string): Promise<DeployerOutcome<null>>;
  /** Looks for a service by our own name and creates nothing. Null: there is none. */
  findCompose(place: {
    readonly projectName: string;
    readonly name: string;
  }): Promise<DeployerOutcome<string | null>>;
  /** Every service of the project; `not_found` when there is no such project. */
  listComposes(projectName: string): Promise<DeployerOutcome<readonly ComposeSummary[]>>;
  /** Can the deployer reach this server? Null is its own machine. */
  serverStatus(serverId: string | null): Promise<DeployerOutcome<'reachable' | 'unreachable'>>;
}

export interface ServicePlace {
  /** Docker's name of the project. */
  readonly appName: string;
  /** Null: the deployer's own machine. */
  readonly serverId: string | null;
}

export interface Remains {
  readonly machine: 'reachable' | 'unreachable';
  readonly containers: readonly string[];
  /** Null: this deployer does not show volumes (its version, or what our key may see). */
  readonly volumes: readonly string[] | null;
}

export interface ComposeSummary {
  readonly composeId: string;
  readonly name: string;
  readonly serverId: string | null;
  readonly createdAt: string;
}

export interface Inspection {
  /** Of file, command, settings and domains. */
  readonly hash: string;
  readonly serverId: string | null;
  /** Title of the newest deployment: another than ours was asked for by hand. */
  readonly latestTitle: string | null;
  /** As `health` answers. */
  readonly containers: readonly ContainerHealth[];
}

/** `unreachable` says nothing about what happened; `refused` carries the agent's own code. */
export type AgentOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: AgentErrorCode }
  | { readonly kind: 'unreachable' };

export interface RuntimeAddress {
  readonly runtimeId: string;
  readonly host: string;
}

export type Rung = VerifyAnswer['rungs'][number];

export interface OutsideView {
  readonly rungs: readonly Rung[];
  /** The tenant's clock less ours, milliseconds; null = a rung below it failed. */
  readonly skewMs: number | null;
}

export interface TenantAgent {
  state(at: RuntimeAddress): Promise<AgentOutcome<StateAnswer>>;
  verify(at: RuntimeAddress, versionFloor: string): Promise<AgentOutcome<VerifyAnswer>>;
  startCodex(at: RuntimeAddress): Promise<AgentOutcome<CodexStartAnswer>>;
  startSmoke(
    at: RuntimeAddress,
    smoke: { readonly smokeId: string; readonly nonce: string },
  ): Promise<AgentOutcome<SmokeReport>>;
  /** Asks the model once, without a turn; its end is read from `state`. Idempotent by `checkId`. */
  startCheck(at: RuntimeAddress, checkId: string): Promise<AgentOutcome<CheckReport>>;
  /** Copies, seals and proves; its end is read from `state`. Idempotent by `backupId`. */
  startBackup(at: RuntimeAddress, backupId: string): Promise<AgentOutcome<BackupReport>>;
  /** Orders a restore, or decides on one; how it goes is read from `state`. Idempotent. */
  restore(at: RuntimeAddress, request: RestoreRequest): Promise<AgentOutcome<RestoreReport>>;
  /** Ends the sessions of everybody else; how many ended. Idempotent. */
  limitAccess(at: RuntimeAddress, allow: readonly string[]): Promise<AgentOutcome<number>>;
  /** The ladder's rungs from `dns` to `clock`; the first that fails is the last. */
  outside(at: RuntimeAddress): Promise<AgentOutcome<OutsideView>>;
  /** Who answers at its address: an agent of ours, somebody else, nobody. Certificates do not matter. */
  whoAnswers(at: RuntimeAddress): Promise<'agent' | 'other' | 'nobody'>;
  /** Tries as a stranger what must not work. `unreachable`: nothing was shown either way. */
  exposure(at: RuntimeAddress): Promise<AgentOutcome<ExposureReport>>;
}

/** Mints the short-lived tokens the agent accepts. */
export interface Tickets {
  mint(ticket: {
    readonly runtimeId: string;
    readonly subject: string;
    readonly scope: AgentScope;
    readonly attempt?: string;
    readonly lifeSeconds: number;
  }): Promise<{ readonly token: string; readonly expiresAt: Date }>;
}
