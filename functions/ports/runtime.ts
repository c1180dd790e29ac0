/** The machines: Dokploy as a deployer, and the tenant's agent. */
import type {
  AgentErrorCode,
  AgentScope,
  CodexStartAnswer,
  SmokeReport,
  StateAnswer,
  VerifyAnswer,
} from '#schemas/contract/agent.ts';

/** `unknown`: the call may or may not have had its effect; look before repeating it. */
export type DeployerOutcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'refused'; readonly code: 'unauthorized' | 'invalid' | 'failed' }
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

export type DeploymentStatus = 'queued' | 'running' | 'done' | 'error' | 'cancelled' | 'absent';

export interface DeploymentSummary {
  readonly deploymentId: string;
  readonly title: string;
  readonly status: 'running' | 'done' | 'error' | 'cancelled';
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly logPath: string;
}

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
  }): Promise<DeployerOutcome<{ readonly composeId: string; readonly composeStatus: string }>>;
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

export interface TenantAgent {
  state(at: RuntimeAddress): Promise<AgentOutcome<StateAnswer>>;
  verify(at: RuntimeAddress, versionFloor: string): Promise<AgentOutcome<VerifyAnswer>>;
  startCodex(at: RuntimeAddress): Promise<AgentOutcome<CodexStartAnswer>>;
  startSmoke(
    at: RuntimeAddress,
    smoke: { readonly smokeId: string; readonly nonce: string },
  ): Promise<AgentOutcome<SmokeReport>>;
  /** True when a call without a ticket is refused as it must be. */
  refusesStrangers(at: RuntimeAddress): Promise<AgentOutcome<boolean>>;
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
