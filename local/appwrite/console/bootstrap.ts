/**
 * What a fresh server is given at its first start and keeps: a console account with its
 * organization, a project, and the key its caller already knows. Running it again changes
 * nothing but a new password, key or platform.
 */
import type { House } from '../account/house.ts';
import { newId } from '../kernel/ids.ts';
import { ADMIN_SCOPES } from '../kernel/scopes.ts';
import { CONSOLE_PROJECT } from '../projects/project-store.ts';
import { hashPassword, passwordMatches } from '../users/password.ts';
import type { UserRow } from '../users/user-store.ts';

export interface BootstrapOptions {
  readonly console?: { readonly email: string; readonly password: string };
  readonly project?: {
    readonly id: string;
    readonly name?: string;
    /** `standard_…`, with all scopes. */
    readonly key?: string;
    readonly platforms?: readonly string[];
  };
}

async function consoleUser(house: House, email: string, password: string): Promise<UserRow> {
  const known = house.users.findByEmail(CONSOLE_PROJECT, email);
  if (known === undefined) {
    const passwordHash = await hashPassword(password);
    const user = { id: newId(), name: 'Operator', email, phone: null, passwordHash };
    return house.users.create(CONSOLE_PROJECT, user);
  }
  if (await passwordMatches(password, known.password)) return known;
  return house.users.update(known, { password: await hashPassword(password) });
}

/** The organization all projects made here belong to. */
function organization(house: House, owner: UserRow | undefined): string {
  const id = 'organization';
  const team =
    house.teams.find(CONSOLE_PROJECT, id) ??
    house.teams.create(CONSOLE_PROJECT, { id, name: 'Organization' });
  if (owner !== undefined) {
    const member = house.teams.membershipOf(CONSOLE_PROJECT, id, owner.id);
    if (member === undefined) house.teams.join(team, owner.id, ['owner']);
  }
  return team.id;
}

function bootstrapProject(house: House, options: BootstrapOptions, teamId: string): void {
  const { project } = options;
  if (project === undefined) return;
  const { projects } = house;
  if (projects.get(project.id) === undefined) {
    projects.create({ id: project.id, name: project.name ?? project.id, teamId });
  }
  const { key } = project;
  if (key !== undefined && projects.keyBySecret(project.id, key) === undefined) {
    const scopes = [...ADMIN_SCOPES];
    projects.createKey(project.id, {
      id: newId(),
      name: 'Bootstrap',
      scopes,
      expiresAt: '',
      secret: key,
    });
  }
  const known = new Set(projects.platforms(project.id).map((platform) => platform.hostname));
  for (const hostname of project.platforms ?? []) {
    if (known.has(hostname)) continue;
    const platform = { id: newId(), type: 'web', name: hostname, key: '', hostname };
    projects.createPlatform(project.id, platform);
  }
}

export async function bootstrap(house: House, options: BootstrapOptions): Promise<void> {
  const { projects } = house;
  if (projects.get(CONSOLE_PROJECT) === undefined) {
    projects.create({ id: CONSOLE_PROJECT, name: 'Console', teamId: '' });
  }
  const account = options.console;
  const owner =
    account === undefined
      ? undefined
      : await consoleUser(house, account.email.toLowerCase(), account.password);
  bootstrapProject(house, options, organization(house, owner));
}
