/** Makes the parts of the server out of a store and settings; nothing listens or runs yet. */
import { createFunctions, type FunctionsOptions } from '#local/appwrite/functions/module.ts';
import { createRealtime } from '#local/appwrite/realtime/module.ts';
import { createSites } from '#local/appwrite/sites/module.ts';
import { createTablesDb } from '#local/appwrite/tablesdb/module.ts';
import type { House } from './account/house.ts';
import { createIdentity, type IdentityParts } from './account/identity.ts';
import { createAccount } from './account/module.ts';
import { SESSIONS_SCHEMA, SessionStore } from './account/session-store.ts';
import { createConsole } from './console/module.ts';
import { healthModule } from './health/module.ts';
import { createChangeBus } from './kernel/changes.ts';
import { newSecret } from './kernel/ids.ts';
import type {
  DomainHandler,
  Module,
  RealtimeHandler,
  ServerClock,
  ServerSettings,
  Store,
} from './kernel/types.ts';
import { createMessaging } from './messaging/module.ts';
import type { Mailbox } from './messaging/mailbox.ts';
import { createProjects } from './projects/module.ts';
import { ProjectStore } from './projects/project-store.ts';
import { PROJECTS_SCHEMA } from './projects/records.ts';
import { createTeams } from './teams/module.ts';
import { TEAMS_SCHEMA, TeamStore } from './teams/team-store.ts';
import { createUsers } from './users/module.ts';
import { USERS_SCHEMA, UserStore } from './users/user-store.ts';

const KERNEL_SCHEMA = `
CREATE TABLE IF NOT EXISTS server_secrets (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;

export interface Assembly {
  readonly modules: readonly Module[];
  readonly house: House;
  readonly identity: IdentityParts;
  readonly domains: DomainHandler;
  readonly realtime: RealtimeHandler;
  readonly mailbox: Mailbox;
}

export interface Ground {
  readonly store: Store;
  readonly clock: ServerClock;
  readonly settings: ServerSettings;
  readonly report: (error: unknown) => void;
  readonly functions: FunctionsOptions;
  readonly rateLimits: boolean;
}

/** Tokens stay good over a restart. */
function jwtSecret(store: Store): string {
  store
    .prepare('INSERT OR IGNORE INTO server_secrets (name, value) VALUES (?, ?)')
    .run('jwt', newSecret(64));
  const row = store.prepare('SELECT value FROM server_secrets WHERE name = ?').get('jwt');
  return String(row?.['value']);
}

export function assemble(ground: Ground): Assembly {
  const { store, clock, settings, report, functions: run, rateLimits } = ground;
  store.raw.exec(
    [KERNEL_SCHEMA, PROJECTS_SCHEMA, USERS_SCHEMA, SESSIONS_SCHEMA, TEAMS_SCHEMA].join(''),
  );
  const users = new UserStore(store, clock);
  const sessions = new SessionStore(store, clock);
  const teams = new TeamStore(store, clock);
  const projects = new ProjectStore(store, clock);
  const parts = { clock, users, sessions, teams, projects, jwtSecret: jwtSecret(store) };
  const changes = createChangeBus(report, () => store.durable());
  const services = { store, clock, changes, identity: createIdentity(parts), settings };
  const modules: Module[] = [];
  const forgetProject = (projectId: string): void => {
    for (const module of modules) module.forgetProject?.(projectId);
  };
  const house: House = { ...parts, services, forgetProject };
  const functions = createFunctions(services, run);
  const realtime = createRealtime(services, { rateLimits });
  const messaging = createMessaging(house, report);
  modules.push(healthModule, createAccount(house), createUsers(house), createTeams(house));
  modules.push(messaging);
  modules.push(createProjects(house), createConsole(house), createTablesDb(services));
  modules.push(createSites(services), functions, realtime);
  for (const module of modules) store.raw.exec(module.schema);
  return {
    modules,
    house,
    identity: parts,
    domains: functions.domains,
    realtime: realtime.realtime,
    mailbox: messaging.mailbox,
  };
}
