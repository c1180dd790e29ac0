/** Projects as console operators and the CLI manage them. */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { listRows } from '../kernel/lists.ts';
import { customId, required, text, uid } from '../kernel/params.ts';
import type { Answer, Module, RequestContext, Route } from '../kernel/types.ts';
import { answerProject, projectOfPath, projectOfRequest, requireOperator } from './access.ts';
import { keyRoutes, platformRoutes } from './keys.ts';
import { legacySettingRoutes } from './legacy.ts';
import { mockPhoneRoutes } from './mock-phones.ts';
import { policySettingRoutes } from './policies.ts';
import { CONSOLE_PROJECT } from './project-store.ts';

const NAME_CHARS = 128;

function create(house: House, context: RequestContext): Answer {
  requireOperator(context);
  const { body } = context;
  const id = idOrNew(required(body, 'projectId', customId));
  const name = required(body, 'name', text(NAME_CHARS));
  const header = context.headers['x-appwrite-organization'];
  const source = typeof header === 'string' ? { teamId: header, ...body } : body;
  const teamId = required(source, 'teamId', uid);
  if (house.teams.find(CONSOLE_PROJECT, teamId) === undefined) {
    throw new AppwriteError('team_not_found');
  }
  house.projects.create({ id, name, teamId });
  return answerProject(house, id, 201);
}

function list(house: House, context: RequestContext): Answer {
  requireOperator(context);
  const page = listRows(context.services.store, {
    table: 'projects',
    where: 'id <> ?',
    args: [CONSOLE_PROJECT],
    attributes: { name: { sql: 'name', kind: 'text' }, teamId: { sql: 'team_id', kind: 'text' } },
    queries: context.queries,
    search: context.query.get('search') ?? '',
    searchColumns: ['name', 'id'],
    noun: 'Project',
  });
  const projects = page.rows.map((row) => answerProject(house, String(row['id'])).body);
  return { status: 200, body: { total: page.total, projects } };
}

function rename(house: House, context: RequestContext): Answer {
  const project = projectOfPath(house, context);
  house.projects.rename(project.id, required(context.body, 'name', text(NAME_CHARS)));
  return answerProject(house, project.id);
}

/** Gone for callers at once; what the parts keep for it goes right after. */
function remove(house: House, context: RequestContext): Answer {
  const project = projectOfPath(house, context);
  house.projects.remove(project.id);
  house.forgetProject(project.id);
  return { status: 204 };
}

function projectRoutes(house: House, base: string): Route[] {
  return [
    {
      method: 'POST',
      path: base,
      scope: 'projects.write',
      handler: (context) => create(house, context),
    },
    {
      method: 'GET',
      path: base,
      scope: 'projects.read',
      handler: (context) => list(house, context),
    },
    {
      method: 'GET',
      path: `${base}/:projectId`,
      scope: 'projects.read',
      handler: (context) => answerProject(house, projectOfPath(house, context).id),
    },
    {
      method: 'PATCH',
      path: `${base}/:projectId`,
      scope: 'projects.write',
      handler: (context) => rename(house, context),
    },
    {
      method: 'DELETE',
      path: `${base}/:projectId`,
      scope: 'projects.write',
      handler: (context) => remove(house, context),
    },
  ];
}

export function createProjects(house: House): Module {
  return {
    schema: '',
    routes: [
      ...projectRoutes(house, '/projects'),
      ...projectRoutes(house, '/organization/projects'),
      {
        method: 'GET',
        path: '/project',
        scope: 'project.read',
        handler: (context) => answerProject(house, projectOfRequest(house, context).id),
      },
      ...keyRoutes(house),
      ...platformRoutes(house),
      ...legacySettingRoutes(house),
      ...policySettingRoutes(house),
      ...mockPhoneRoutes(house),
    ],
  };
}
