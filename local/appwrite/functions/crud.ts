/** Routes of functions themselves: create, list, get, update, delete, active deployment. */
import { AppwriteError } from '../kernel/errors.ts';
import { idOrNew } from '../kernel/ids.ts';
import { roles } from '../kernel/permissions.ts';
import * as params from '../kernel/params.ts';
import type { Validator } from '../kernel/params.ts';
import type { Answer, Json, RequestContext, Route } from '../kernel/types.ts';
import { RUNTIMES, SCOPES } from './catalogue.ts';
import { isSchedule } from './cron.ts';
import type { Deployments } from './deployments.ts';
import type { Stored } from './documents.ts';
import { isEventPattern } from './events.ts';
import { parseListing, searchCondition } from './listing.ts';
import { functionDefaults } from './model.ts';
import type { FunctionRecord } from './model.ts';
import { presentFunction } from './present.ts';
import { functionParent } from './repositories.ts';
import type { Repositories } from './repositories.ts';
import { variablesOf } from './variables.ts';

const MAX_TIMEOUT_SECONDS = 900;
const MAX_ITEMS = 100;
const LIST_ATTRIBUTES = [
  'name',
  'enabled',
  'runtime',
  'deploymentId',
  'schedule',
  'timeout',
  'entrypoint',
  'commands',
];

const eventPattern: Validator<string> = (value) => {
  if (typeof value === 'string' && isEventPattern(value)) return value;
  throw new params.Unfit('Event is not valid.');
};

const schedule: Validator<string> = (value) => {
  if (typeof value === 'string' && isSchedule(value)) return value;
  throw new params.Unfit('String must be a valid cron expression');
};

const specification: Validator<string> = params.text(64);

function specifications(body: Json, present: FunctionRecord): Partial<FunctionRecord> {
  const both = params.optional(body, 'specification', specification, '');
  const chosen = (name: 'buildSpecification' | 'runtimeSpecification'): string => {
    const given = params.optional(body, name, specification, both);
    return given === '' ? present[name] : given;
  };
  return {
    buildSpecification: chosen('buildSpecification'),
    runtimeSpecification: chosen('runtimeSpecification'),
  };
}

/** A PUT sets what it leaves out back to its default, except the runtime. */
function readFunction(body: Json, present: FunctionRecord): Partial<FunctionRecord> {
  const none: readonly string[] = [];
  const runtime = params.oneOf(RUNTIMES);
  return {
    name: params.required(body, 'name', params.text(128)),
    runtime: params.optional(body, 'runtime', runtime, '') || present.runtime,
    execute: params.optional(body, 'execute', roles, none),
    events: params.optional(body, 'events', params.arrayOf(eventPattern, MAX_ITEMS), none),
    schedule: params.optional(body, 'schedule', schedule, ''),
    timeout: params.optional(body, 'timeout', params.range(1, MAX_TIMEOUT_SECONDS), 15),
    enabled: params.optional(body, 'enabled', params.boolean, true),
    logging: params.optional(body, 'logging', params.boolean, true),
    entrypoint: params.optional(body, 'entrypoint', params.text(1028, 0), ''),
    commands: params.optional(body, 'commands', params.text(8192, 0), ''),
    scopes: params.optional(body, 'scopes', params.arrayOf(params.oneOf(SCOPES), MAX_ITEMS), none),
    deploymentRetention: params.optional(body, 'deploymentRetention', params.range(0, 365), 0),
    ...specifications(body, present),
  };
}

export function requireFunction(
  repositories: Repositories,
  projectId: string,
  id: string,
): Stored<FunctionRecord> {
  const found = repositories.functions.get(projectId, id);
  if (found === undefined) throw new AppwriteError('function_not_found');
  return found;
}

class FunctionHandlers {
  readonly #repositories: Repositories;
  readonly #deployments: Deployments;

  constructor(repositories: Repositories, deployments: Deployments) {
    this.#repositories = repositories;
    this.#deployments = deployments;
  }

  #show(context: RequestContext, document: Stored<FunctionRecord>): Json {
    const { projectId, id } = document;
    const variables = variablesOf(this.#repositories, projectId, functionParent(id));
    return presentFunction(document, variables, context.format);
  }

  #find(context: RequestContext): Stored<FunctionRecord> {
    const id = context.params['functionId'] ?? '';
    return requireFunction(this.#repositories, context.project.id, id);
  }

  #create(context: RequestContext): Answer {
    const asked = params.required(context.body, 'functionId', params.customId);
    params.required(context.body, 'runtime', params.oneOf(RUNTIMES));
    const data = { ...functionDefaults(), ...readFunction(context.body, functionDefaults()) };
    const id = idOrNew(asked);
    const projectId = context.project.id;
    if (this.#repositories.functions.get(projectId, id) !== undefined) {
      throw new AppwriteError('function_already_exists');
    }
    const document = this.#repositories.functions.insert({ projectId, parentId: '', id, data });
    return { status: 201, body: this.#show(context, document) };
  }

  #list(context: RequestContext): Answer {
    const listing = parseListing(context.queries, LIST_ATTRIBUTES);
    const search = searchCondition(context.query.get('search') ?? '');
    const found = this.#repositories.functions.list({ projectId: context.project.id }, listing, [
      search,
    ]);
    const functions = found.documents.map((document) => this.#show(context, document));
    return { status: 200, body: { total: found.total, functions } };
  }

  #update(context: RequestContext): Answer {
    const present = this.#find(context);
    const change = { ...readFunction(context.body, present.data), live: false };
    const document = this.#repositories.functions.update(present.projectId, present.id, change);
    return { status: 200, body: this.#show(context, document ?? present) };
  }

  async #remove(context: RequestContext): Promise<Answer> {
    const present = this.#find(context);
    await this.#deployments.removeAll('functions', present.projectId, present.id);
    const parent = functionParent(present.id);
    this.#repositories.executions.removeChildren(present.projectId, parent);
    this.#repositories.variables.removeChildren(present.projectId, parent);
    this.#deployments.removeRules('function', present.projectId, present.id);
    this.#repositories.functions.remove(present.projectId, present.id);
    return { status: 204 };
  }

  #get(context: RequestContext): Answer {
    return { status: 200, body: this.#show(context, this.#find(context)) };
  }

  #activate(context: RequestContext): Answer {
    const id = params.required(context.body, 'deploymentId', params.uid);
    const present = this.#find(context);
    this.#deployments.activate('functions', present.projectId, { resourceId: present.id, id });
    return this.#get(context);
  }

  routes(): readonly Route[] {
    const [read, write] = ['functions.read', 'functions.write'];
    const all = '/functions';
    const one = `${all}/:functionId`;
    const active = `${one}/deployment`;
    return [
      { method: 'POST', path: all, scope: write, handler: (context) => this.#create(context) },
      { method: 'GET', path: all, scope: read, handler: (context) => this.#list(context) },
      { method: 'GET', path: one, scope: read, handler: (context) => this.#get(context) },
      { method: 'PUT', path: one, scope: write, handler: (context) => this.#update(context) },
      { method: 'DELETE', path: one, scope: write, handler: (context) => this.#remove(context) },
      {
        method: 'PATCH',
        path: active,
        scope: write,
        handler: (context) => this.#activate(context),
      },
    ];
  }
}

export function createFunctionRoutes(
  repositories: Repositories,
  deployments: Deployments,
): readonly Route[] {
  return new FunctionHandlers(repositories, deployments).routes();
}
