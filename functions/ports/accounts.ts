/** Accounts and teams of the project. */
import type { Result } from '#schemas/contract/errors.ts';
import type { WorkspaceRole } from '#schemas/contract/vocabulary.ts';

export interface Account {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly labels: readonly string[];
}

export interface Accounts {
  /** `exists`: the id or the e-mail is taken; `get` tells which. */
  create(account: {
    readonly userId: string;
    readonly email: string;
    readonly password: string;
    readonly name: string;
  }): Promise<Result<'created' | 'exists'>>;
  get(userId: string): Promise<Account | null>;
}

export type Role = WorkspaceRole;

export interface TeamMember {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

export interface Membership {
  readonly teamId: string;
  readonly userId: string;
  readonly role: Role;
}

/** Who is in a workspace, and as what: the only place that decides it. */
export interface Teams {
  /** Team with one confirmed owner. Idempotent by (teamId, ownerId). */
  ensure(team: {
    readonly teamId: string;
    readonly name: string;
    readonly ownerId: string;
  }): Promise<void>;
  /** Role of a confirmed member, or null. */
  roleOf(teamId: string, userId: string): Promise<Role | null>;
  /** The confirmed members with a role; nobody where there is no such team. */
  membersOf(teamId: string): Promise<readonly TeamMember[]>;
  /** One who is in the team already keeps the role. `missing`: no such team, or no such account. */
  join(member: Membership): Promise<'joined' | 'missing'>;
  setRole(member: Membership): Promise<'set' | 'missing'>;
  /** What the team alone may read is closed to the one taken out with the very next request. */
  remove(member: Pick<Membership, 'teamId' | 'userId'>): Promise<'removed' | 'missing'>;
}

/** Who is calling, proven by the user JWT that Appwrite made for this execution. */
export interface Callers {
  verify(userJwt: string): Promise<Account | null>;
}
