/** The users of a project as keys and the console manage them. */
import type { House } from '../account/house.ts';
import type { Module } from '../kernel/types.ts';
import { PASSWORD_HISTORY_SCHEMA, forgetPasswords } from './password-rules.ts';
import { userRoutes } from './routes.ts';
import { credentialRoutes } from './credentials.ts';

export function createUsers(house: House): Module {
  return {
    schema: PASSWORD_HISTORY_SCHEMA,
    routes: [...userRoutes(house), ...credentialRoutes(house)],
    forgetProject(projectId) {
      house.users.forgetProject(projectId);
      forgetPasswords(house, projectId, null);
    },
  };
}
