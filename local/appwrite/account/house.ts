/**
 * What the identity side (account, users, teams, projects, console) shares beyond the public
 * services: its stores, and the secret its tokens are signed with.
 */
import type { ProjectStore } from '../projects/project-store.ts';
import type { TeamStore } from '../teams/team-store.ts';
import type { UserStore } from '../users/user-store.ts';
import type { Services } from '../kernel/types.ts';
import type { SessionStore } from './session-store.ts';

export interface House {
  readonly services: Services;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly teams: TeamStore;
  readonly projects: ProjectStore;
  readonly jwtSecret: string;
  /** Lets every part forget what it keeps for a project. */
  readonly forgetProject: (projectId: string) => void;
}
