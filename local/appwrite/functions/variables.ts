/**
 * Variables of a function, of a site, and of the whole project. A secret one never shows its
 * value again; secret is the default. A change reaches a function with its next process.
 */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import * as params from '../kernel/params.ts';
import type { Answer, RequestContext, Route } from '../kernel/types.ts';
import type { Stored } from './documents.ts';
import { parseListing } from './listing.ts';
import type { VariableRecord } from './model.ts';
import { presentVariable } from './present.ts';
import { projectParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';

const MAX_KEY_CHARS = 255;
const MAX_VALUE_CHARS = 8192;

export function variablesOf(
  repositories: Repositories,
  projectId: string,
  parentId: string,
): readonly Stored<VariableRecord>[] {
  return repositories.variables.children(projectId, parentId);
}

/** Project-wide values under those of the function or site. */
export function variableValues(
  repositories: Repositories,
  projectId: string,
  parentId: string,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const parent of [projectParent, parentId]) {
    for (const variable of variablesOf(repositories, projectId, parent)) {
      values[variable.data.key] = variable.data.value;
    }
  }
  return values;
}

export interface VariableOwner {
  readonly resourceType: VariableRecord['resourceType'];
  readonly resourceId: string;
  readonly parentId: string;
  /** Called after every change: the resource is no longer what runs. */
  readonly changed: () => void;
}

export interface VariableRoutes {
  readonly path: string;
  readonly read: string;
  readonly write: string;
  readonly repositories: Repositories;
  /** Throws when there is no such function or site. */
  readonly owner: (context: RequestContext) => VariableOwner;
}

class VariableHandlers {
  readonly #options: VariableRoutes;

  constructor(options: VariableRoutes) {
    this.#options = options;
  }

  #find(context: RequestContext): Stored<VariableRecord> {
    const { parentId } = this.#options.owner(context);
    const id = context.params['variableId'] ?? '';
    const found = this.#options.repositories.variables.get(context.project.id, id);
    if (found?.parentId !== parentId) throw new AppwriteError('variable_not_found');
    return found;
  }

  #refuseTaken(context: RequestContext, parentId: string, key: string, id?: string): void {
    const siblings = variablesOf(this.#options.repositories, context.project.id, parentId);
    if (siblings.some((other) => other.data.key === key && other.id !== id)) {
      throw new AppwriteError('variable_already_exists');
    }
  }

  #create(context: RequestContext): Answer {
    const { parentId, resourceType, resourceId, changed } = this.#options.owner(context);
    const body = context.body;
    const id = idOrNew(params.optional(body, 'variableId', params.customId, 'unique()'));
    const key = params.required(body, 'key', params.text(MAX_KEY_CHARS));
    const value = params.optional(body, 'value', params.text(MAX_VALUE_CHARS, 0), '');
    const secret = params.optional(body, 'secret', params.boolean, true);
    this.#refuseTaken(context, parentId, key);
    if (this.#options.repositories.variables.get(context.project.id, id) !== undefined) {
      throw new AppwriteError('variable_already_exists');
    }
    const data = { key, value, secret, resourceType, resourceId };
    const projectId = context.project.id;
    const document = this.#options.repositories.variables.insert({ projectId, parentId, id, data });
    changed();
    return { status: 201, body: presentVariable(document) };
  }

  #list(context: RequestContext): Answer {
    const { parentId } = this.#options.owner(context);
    const listing = parseListing(context.queries, ['key', 'secret']);
    const scope = { projectId: context.project.id, parentId };
    // The server lists all of them unless a limit is asked for.
    const limit = context.queries.some((query) => query.includes('"limit"')) ? listing.limit : 5000;
    const found = this.#options.repositories.variables.list(scope, { ...listing, limit });
    const variables = found.documents.map(presentVariable);
    return { status: 200, body: { total: found.total, variables } };
  }

  #update(context: RequestContext): Answer {
    const present = this.#find(context);
    const { parentId, changed } = this.#options.owner(context);
    const key = params.optional(context.body, 'key', params.text(MAX_KEY_CHARS), present.data.key);
    const valueRule = params.text(MAX_VALUE_CHARS, 0);
    const value = params.optional(context.body, 'value', valueRule, present.data.value);
    const secret = params.optional(context.body, 'secret', params.boolean, present.data.secret);
    if (present.data.secret && !secret) {
      throw new AppwriteError(
        'general_argument_invalid',
        'Secret variables cannot be made public.',
      );
    }
    this.#refuseTaken(context, parentId, key, present.id);
    const change = { key, value, secret };
    const document = this.#options.repositories.variables.update(
      present.projectId,
      present.id,
      change,
    );
    changed();
    return { status: 200, body: presentVariable(document ?? present) };
  }

  #remove(context: RequestContext): Answer {
    const present = this.#find(context);
    this.#options.repositories.variables.remove(present.projectId, present.id);
    this.#options.owner(context).changed();
    return { status: 204 };
  }

  routes(): readonly Route[] {
    const { path, read, write } = this.#options;
    const one = `${path}/:variableId`;
    const show = (context: RequestContext): Answer => ({
      status: 200,
      body: presentVariable(this.#find(context)),
    });
    return [
      { method: 'POST', path, scope: write, handler: (context) => this.#create(context) },
      { method: 'GET', path, scope: read, handler: (context) => this.#list(context) },
      { method: 'GET', path: one, scope: read, handler: show },
      { method: 'PUT', path: one, scope: write, handler: (context) => this.#update(context) },
      { method: 'DELETE', path: one, scope: write, handler: (context) => this.#remove(context) },
    ];
  }
}

export function createVariableRoutes(options: VariableRoutes): readonly Route[] {
  return new VariableHandlers(options).routes();
}
