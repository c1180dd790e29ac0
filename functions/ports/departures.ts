/**
 * What it takes to end an account, beyond reading it. Everything here may be done twice: what is
 * gone already counts as done.
 */
import type { Role } from './accounts.ts';

export interface Membership {
  readonly teamId: string;
  readonly membershipId: string;
  readonly userId: string;
  readonly role: Role | null;
  /** False: asked to come, and has not answered yet. */
  readonly confirmed: boolean;
}

export interface Departures {
  /** Whether this is the account's password now. Leaves no session behind. */
  passwordFits(account: {
    readonly userId: string;
    readonly email: string;
    readonly password: string;
  }): Promise<boolean>;
  /** Out at once and everywhere, and not in again. `missing`: there is no such account. */
  shut(userId: string): Promise<'shut' | 'missing'>;
  /** Takes `shut` back, but for the sessions. */
  reopen(userId: string): Promise<void>;
  remove(userId: string): Promise<void>;
  /** At most a hundred; asked again when those are done with. Nobody's: empty. */
  membershipsOf(userId: string): Promise<readonly Membership[]>;
  /** Everybody in the team; nobody where there is no such team. Rejects beyond `membersAtMost`. */
  membersOf(teamId: string): Promise<readonly Membership[]>;
  leave(membership: Pick<Membership, 'teamId' | 'membershipId'>): Promise<void>;
  removeTeam(teamId: string): Promise<void>;
}

export const membersAtMost = 1_000;
