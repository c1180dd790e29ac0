/**
 * Which project a console route is about. `/projects/:projectId` and `/organization/…` are the
 * console project's and take the id from the path; `/project/…` means the project of the request.
 */
import type { House } from '../account/house.ts';
import { AppwriteError } from '../kernel/errors.ts';
import type { Answer, Project, ProjectSettings, RequestContext } from '../kernel/types.ts';
import { CONSOLE_PROJECT } from './project-store.ts';
import { projectJson } from './project-json.ts';

/** Console operators only; users of other projects hold `projects.read` as well. */
export function requireOperator(context: RequestContext): void {
  const { caller, project } = context;
  if (caller.kind === 'admin') return;
  if (caller.kind === 'user' && project.id === CONSOLE_PROJECT) return;
  throw new AppwriteError('user_unauthorized');
}

export function projectOfPath(house: House, context: RequestContext): Project {
  requireOperator(context);
  const id = context.params['projectId'] ?? '';
  const project = id === CONSOLE_PROJECT ? undefined : house.projects.get(id);
  if (project === undefined) throw new AppwriteError('project_not_found');
  return project;
}

/** The console itself has no settings to change. */
export function projectOfRequest(_house: House, context: RequestContext): Project {
  if (context.project.id === CONSOLE_PROJECT) throw new AppwriteError('project_not_found');
  return context.project;
}

export type FindProject = (house: House, context: RequestContext) => Project;

export function answerProject(house: House, projectId: string, status = 200): Answer {
  const row = house.projects.row(projectId);
  const project = house.projects.get(projectId);
  if (row === undefined || project === undefined) throw new AppwriteError('project_not_found');
  return { status, body: projectJson(row, project, house.projects) };
}

export function configure(
  house: House,
  project: Project,
  change: (settings: ProjectSettings) => ProjectSettings,
): Answer {
  house.projects.configure(project.id, change);
  return answerProject(house, project.id);
}
