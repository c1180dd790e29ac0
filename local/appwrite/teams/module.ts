/** Teams, their preferences and members. */
import type { House } from '../account/house.ts';
import type { Module } from '../kernel/types.ts';
import { membershipRoutes } from './memberships.ts';
import { teamRoutes } from './routes.ts';

export function createTeams(house: House): Module {
  return {
    schema: '',
    routes: [...teamRoutes(house), ...membershipRoutes(house)],
    forgetProject(projectId) {
      house.teams.forgetProject(projectId);
    },
  };
}
