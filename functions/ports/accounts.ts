/** Accounts and teams of the project. */
import type { Result } from '#schemas/contract/errors.ts';

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

export type Role = 'owner' | 'member' | 'billing';

export interface Teams {
  /** Team with one confirmed owner. Idempotent by (teamId, ownerId). */
  ensure(team: {
    readonly teamId: string;
    readonly name: string;
    readonly ownerId: string;
  }): Promise<void>;
  /** Role of a confirmed member, or null. */
  roleOf(teamId: string, userId: string): Promise<Role | null>;
  /** User ids of the confirmed owners; nobody where there is no such team. */
  ownersOf(teamId: string): Promise<readonly string[]>;
}

/** Who is calling, proven by the user JWT that Appwrite made for this execution. */
export interface Callers {
  verify(userJwt: string): Promise<Account | null>;
}
